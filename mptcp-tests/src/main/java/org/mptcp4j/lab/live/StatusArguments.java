package org.mptcp4j.lab.live;

import java.io.IOException;
import java.nio.file.Path;
import org.mptcp4j.lab.console.LabException;
import org.mptcp4j.netty.MptcpHost;
import org.mptcp4j.netty.StatusSocket;
import picocli.CommandLine.Option;

/** The option with which a command lets {@code ss} and {@code nstat} look at its stack. */
final class StatusArguments {
  @Option(
      names = "--status",
      paramLabel = "PATH",
      description =
          "Let 'mptcp-lab ss PATH' and 'mptcp-lab nstat PATH' of the same user see connections and"
              + " counters, through a Unix domain socket at PATH.")
  private Path path;

  StatusArguments() {}

  /**
   * Opens the socket where one was asked for.
   *
   * @return to be closed before the host
   */
  Open open(MptcpHost host) {
    if (path == null) {
      return () -> {};
    }
    try {
      return StatusSocket.open(host, path)::close;
    } catch (IOException e) {
      throw LabException.failed("--status " + path + ": " + e, e);
    }
  }

  /** A socket that is open, or none. */
  interface Open extends AutoCloseable {
    @Override
    void close();
  }
}
