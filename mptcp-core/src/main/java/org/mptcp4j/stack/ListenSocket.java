package org.mptcp4j.stack;

import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import org.mptcp4j.api.MptcpServerSocket;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.StackEvent;
import org.mptcp4j.mptcp.ConnectionConfig;
import org.mptcp4j.wire.IpAddress;

/** A listener and its backlog. */
final class ListenSocket implements MptcpServerSocket, EventSource {
  private final Sockets sockets;
  private final InetSocketAddress local;
  private final IpAddress address;
  private final int backlogLimit;
  private final ConnectionConfig config;
  private final ArrayDeque<ConnectionNode> backlog = new ArrayDeque<>();
  private boolean open = true;
  private boolean queued;
  private boolean news;
  private Object attachment;
  ListenSocket nextInBucket;

  /**
   * Creates a listener.
   *
   * @param address the address it is bound to, or {@code null} for all
   * @param local the same, for the application
   */
  ListenSocket(
      Sockets sockets,
      InetSocketAddress local,
      IpAddress address,
      int backlogLimit,
      ConnectionConfig config) {
    this.sockets = sockets;
    this.local = local;
    this.address = address;
    this.backlogLimit = backlogLimit;
    this.config = config;
  }

  int port() {
    return local.getPort();
  }

  /** The address it is bound to, or {@code null} for all. */
  IpAddress address() {
    return address;
  }

  /** What accepted connections use. */
  ConnectionConfig config() {
    return config;
  }

  /** Whether no further connection finds a place. */
  boolean isFull() {
    return backlog.size() >= backlogLimit;
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

  /** It listens no longer. */
  void markClosed() {
    open = false;
    news = false;
  }

  @Override
  public boolean nextEvent(StackEvent into) {
    if (!news || backlog.isEmpty()) {
      return false;
    }
    news = false;
    into.setAcceptable(this);
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

  @Override
  public InetSocketAddress localAddress() {
    return local;
  }

  @Override
  public MptcpSocket accept() {
    return sockets.accept(this);
  }

  @Override
  public void close() {
    if (open) {
      sockets.close(this);
    }
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  @Override
  public void attachment(Object newAttachment) {
    attachment = newAttachment;
  }

  @Override
  public Object attachment() {
    return attachment;
  }

  @Override
  public String toString() {
    return "MptcpServerSocket[" + local + (open ? "]" : " closed]");
  }
}
