package org.mptcp4j.stack;

import java.net.InetSocketAddress;
import org.mptcp4j.api.MptcpServerSocket;
import org.mptcp4j.api.MptcpSocket;

/** The application's end of a listener. */
final class ListenSocket implements MptcpServerSocket {
  private final Acceptance acceptance;
  private final Listener listener;
  private Object attachment;

  ListenSocket(Acceptance acceptance, Listener listener) {
    this.acceptance = acceptance;
    this.listener = listener;
  }

  @Override
  public InetSocketAddress localAddress() {
    return listener.local();
  }

  @Override
  public MptcpSocket accept() {
    return acceptance.accept(listener);
  }

  @Override
  public void close() {
    if (listener.isOpen()) {
      acceptance.close(listener);
    }
  }

  @Override
  public boolean isOpen() {
    return listener.isOpen();
  }

  @Override
  public void setAttachment(Object newAttachment) {
    attachment = newAttachment;
  }

  @Override
  public Object attachment() {
    return attachment;
  }

  @Override
  public String toString() {
    return "MptcpServerSocket[" + listener.local() + (isOpen() ? "]" : " closed]");
  }
}
