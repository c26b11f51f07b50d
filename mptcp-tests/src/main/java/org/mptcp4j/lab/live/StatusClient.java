package org.mptcp4j.lab.live;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.mptcp4j.lab.console.LabException;

/** Asks a running stack through the socket that {@code --status} opened. */
final class StatusClient {
  private StatusClient() {}

  /**
   * Asks.
   *
   * @param path of the socket
   * @param request one line
   * @return the answer
   * @throws LabException when nobody answers there
   */
  static String ask(Path path, String request) {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(path));
      channel.write(ByteBuffer.wrap((request + "\n").getBytes(StandardCharsets.US_ASCII)));
      byte[] all = Channels.newInputStream(channel).readAllBytes();
      return new String(all, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw LabException.failed(
          path + ": " + e.getMessage() + "; is a stack running with --status " + path + "?", e);
    }
  }
}
