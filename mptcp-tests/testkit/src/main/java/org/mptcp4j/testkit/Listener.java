package org.mptcp4j.testkit;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.mptcp4j.api.MptcpServerSocket;
import org.mptcp4j.api.MptcpSocket;

/**
 * A server socket, on every stack of its host, that accepts every connection as an {@link Endpoint}
 * and tells it what to do.
 */
public final class Listener implements AutoCloseable {
  private final SimStack stack;
  private final List<MptcpServerSocket> servers;
  private final Consumer<Endpoint> script;
  private final List<Endpoint> accepted = new ArrayList<>();

  Listener(SimStack stack, List<MptcpServerSocket> servers, Consumer<Endpoint> script) {
    this.stack = stack;
    this.servers = servers;
    this.script = script;
    servers.forEach(server -> server.setAttachment(this));
  }

  /** Listens no longer. */
  @Override
  public void close() {
    servers.forEach(MptcpServerSocket::close);
  }

  /** What was accepted so far. */
  public List<Endpoint> accepted() {
    return Collections.unmodifiableList(accepted);
  }

  /**
   * The only accepted connection.
   *
   * @throws AssertionError when there is none, or more than one
   */
  public Endpoint one() {
    if (accepted.size() != 1) {
      throw new AssertionError("expected one accepted connection, not " + accepted.size());
    }
    return accepted.get(0);
  }

  /** Bytes received by all accepted connections. */
  public long received() {
    return accepted.stream().mapToLong(Endpoint::received).sum();
  }

  void acceptAll(MptcpServerSocket server) {
    MptcpSocket socket;
    while ((socket = server.accept()) != null) {
      Endpoint e = stack.accepted(socket, server.localAddress().getPort(), accepted.size());
      accepted.add(e);
      script.accept(e);
    }
  }
}
