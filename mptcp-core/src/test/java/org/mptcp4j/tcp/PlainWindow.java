package org.mptcp4j.tcp;

import java.util.EnumMap;
import java.util.Map;
import org.mptcp4j.mib.Counters;
import org.mptcp4j.mib.Mib;
import org.mptcp4j.wire.TxSegment;

/** A plain TCP connection's receive buffer, as an extension that adds no option. */
final class PlainWindow implements TcpExtension {

  final int capacity;
  int unread;
  int segmentLimit = Integer.MAX_VALUE;
  int resets;
  private final Map<Mib, Long> counts = new EnumMap<>(Mib.class);

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

  @Override
  public Counters counters() {
    return (counter, count) -> counts.merge(counter, count, Long::sum);
  }

  /** How often something was counted. */
  long count(Mib counter) {
    return counts.getOrDefault(counter, 0L);
  }
}
