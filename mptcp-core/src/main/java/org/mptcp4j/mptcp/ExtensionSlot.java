package org.mptcp4j.mptcp;

import org.mptcp4j.tcp.TcpExtension;
import org.mptcp4j.wire.TxSegment;

/** What a {@code TcpSock} holds for life, so that its extension can change when it falls back. */
final class ExtensionSlot implements TcpExtension {
  private TcpExtension current;

  /** Makes one. */
  ExtensionSlot(TcpExtension first) {
    current = first;
  }

  void use(TcpExtension next) {
    current = next;
  }

  @Override
  public void writeOptions(long nowNs, TxSegment segment) {
    current.writeOptions(nowNs, segment);
  }

  @Override
  public int segmentLimit(int seq, int maxBytes) {
    return current.segmentLimit(seq, maxBytes);
  }

  @Override
  public int reservedOptionBytes() {
    return current.reservedOptionBytes();
  }

  @Override
  public int windowBytes(int rcvNxt) {
    return current.windowBytes(rcvNxt);
  }

  @Override
  public int acceptableBytes() {
    return current.acceptableBytes();
  }

  @Override
  public int sendWindow(int tcpSendWindow) {
    return current.sendWindow(tcpSendWindow);
  }
}
