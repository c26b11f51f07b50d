package org.mptcp4j.stack;

import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.mptcp.ConnectionConfig;
import org.mptcp4j.mptcp.SubflowFactory;

/** A listener as the stack keeps it: where it listens, and its backlog. */
final class Listener extends ListenTable.Entry<Listener> implements EventSource {
  private final InetSocketAddress local;
  private final int backlogLimit;
  private final SubflowFactory factory;
  private final ListenSocket socket;
  private final ArrayDeque<ConnectionNode> backlog = new ArrayDeque<>();
  private FastOpenQueue fastOpens; // null until a SYN asks for it
  private boolean open = true;
  private boolean queued;
  private boolean news;

  /**
   * Creates a listener.
   *
   * @param acceptance what the application's end calls
   * @param address the address it is bound to, or {@code null} for all
   * @param local the same, for the application
   */
  Listener(
      Acceptance acceptance,
      InetSocketAddress local,
      IpAddress address,
      int backlogLimit,
      SubflowFactory factory) {
    super(address, local.getPort());
    this.local = local;
    this.backlogLimit = backlogLimit;
    this.factory = factory;
    socket = new ListenSocket(acceptance, this);
  }

  /** The application's end. */
  ListenSocket socket() {
    return socket;
  }

  InetSocketAddress local() {
    return local;
  }

  /** Makes the flows of accepted connections. */
  SubflowFactory factory() {
    return factory;
  }

  /** What accepted connections use. */
  ConnectionConfig config() {
    return factory.config();
  }

  /** Whether no further connection finds a place. */
  boolean isFull() {
    return backlog.size() >= backlogLimit;
  }

  /** Connections that were opened by their SYN. */
  FastOpenQueue fastOpens() {
    if (fastOpens == null) {
      fastOpens = new FastOpenQueue();
    }
    return fastOpens;
  }

  /** Appends an established connection. */
  void offer(ConnectionNode node) {
    backlog.add(node);
    news = true;
  }

  /** Takes the oldest connection out, or {@code null}. */
  ConnectionNode take() {
    return backlog.poll();
  }

  boolean isOpen() {
    return open;
  }

  /** It listens no longer. */
  void markClosed() {
    open = false;
    news = false;
  }

  @Override
  public boolean nextEvent(PolledEvent into) {
    if (!news || backlog.isEmpty()) {
      return false;
    }
    news = false;
    into.setAcceptable(socket);
    return true;
  }

  @Override
  public boolean queued() {
    return queued;
  }

  @Override
  public void queued(boolean inQueue) {
    queued = inQueue;
  }
}
