package org.mptcp4j.tcp;

import org.mptcp4j.wire.TxSegment;

/** A plain TCP connection's receive buffer, as an extension that adds no option. */
final class PlainWindow implements TcpExtension {

  final int capacity;
  int unread;
  int segmentLimit = Integer.MAX_VALUE;
  int resets;

  PlainWindow(int capacity) {
    this.capacity = capacity;
  }

  @Override
  public void writeOptions(long nowNs, TxSegment segment) {
    resets += segment.flags() >> 2 & 1;
  }

  @Override
  public int segmentLimit(int seq, int maxBytes) {
    return Math.min(segmentLimit, maxBytes);
  }

  @Override
  public int reservedOptionBytes() {
    return 0;
  }

  @Override
  public int windowBytes(int rcvNxt) {
    return capacity - unread;
  }

  @Override
  public int acceptableBytes() {
    return capacity - unread;
  }

  @Override
  public int sendWindow(int tcpSendWindow) {
    return tcpSendWindow;
  }
}
