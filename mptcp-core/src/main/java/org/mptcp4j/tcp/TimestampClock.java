package org.mptcp4j.tcp;

import org.mptcp4j.wire.Seq32;
import org.mptcp4j.wire.TcpOptions;

/** Timestamps of RFC 7323: ours in milliseconds plus an offset, and the peer's most recent one. */
final class TimestampClock {
  /** Stands for a segment that echoes no timestamp. */
  static final long NO_ECHO = Long.MIN_VALUE;

  /** RFC 7323 section 5.5: a TS.Recent that is older than 24 days says nothing. */
  private static final long OUTDATED_NS = 24L * 24 * 3600 * 1_000_000_000L;

  /**
   * What is as old as that may be late instead: in so little time the sequence numbers come round
   * nowhere under 17 Gb/s.
   */
  private static final long SETTLED_NS = 1_000_000_000L;

  private final int offset;
  private boolean enabled;
  private int recent;

  // TS.Recent as it was at least SETTLED_NS ago, once so much time has passed, and its successor,
  // which is less than SETTLED_NS older than TS.Recent.
  private int settled;
  private int settling;
  private long settlingSinceNs;

  TimestampClock(int offset) {
    this.offset = offset;
  }

  static int value(long nowNs, int offset) {
    return (int) (nowNs / 1_000_000) + offset;
  }

  int value(long nowNs) {
    return value(nowNs, offset);
  }

  int offset() {
    return offset;
  }

  boolean enabled() {
    return enabled;
  }

  int recent() {
    return recent;
  }

  /** The peer sent timestamps in its SYN and so did, or will, we. */
  void enable(long nowNs, int tsVal) {
    enabled = true;
    settled = tsVal;
    settling = tsVal;
    settlingSinceNs = nowNs;
    recent(nowNs, tsVal);
  }

  private void recent(long nowNs, int tsVal) {
    if (nowNs - settlingSinceNs >= SETTLED_NS) {
      settled = settling;
      settling = recent;
      settlingSinceNs = nowNs;
    }
    recent = tsVal;
  }

  /** RFC 7323 section 5.3 R3: an acceptable segment that covers the last ACK sent. */
  void update(long nowNs, int tsVal) {
    if (enabled && !isOld(nowNs, tsVal)) {
      recent(nowNs, tsVal);
    }
  }

  /** RFC 7323 section 5.3 R1: whether a segment's timestamp shows that it is an old duplicate. */
  boolean isOld(long nowNs, int tsVal) {
    return Seq32.lt(tsVal, recent) && nowNs - settlingSinceNs < OUTDATED_NS;
  }

  /**
   * Whether a timestamp was older than TS.Recent already a second or two ago. One that is old but
   * not that old may belong to a segment that is late, because a retransmission of another has
   * overtaken it.
   */
  boolean isLongPast(int tsVal) {
    return Seq32.lt(tsVal, settled);
  }

  /** The timestamp that a segment echoes, in ticks without offset, or {@link #NO_ECHO}. */
  long echo(TcpOptions options) {
    boolean echoed = enabled && options.hasTimestamps() && options.tsEcr() != 0;
    return echoed ? options.tsEcr() - offset : NO_ECHO;
  }

  /** Time since the segment was sent whose timestamp the peer echoes, to the millisecond. */
  long elapsedNs(long nowNs, int tsEcr) {
    return sinceNs(nowNs, tsEcr - offset);
  }

  /** Time since a tick without offset, to the millisecond. */
  static long sinceNs(long nowNs, int tick) {
    return Seq32.diff(value(nowNs, 0), tick) * 1_000_000L;
  }
}
