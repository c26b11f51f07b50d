package org.mptcp4j.tcp;

import org.mptcp4j.wire.Seq32;

/** Timestamps of RFC 7323: ours in milliseconds plus an offset, and the peer's most recent one. */
final class TimestampClock {

  /** RFC 7323 section 5.5: a TS.Recent that is older than 24 days says nothing. */
  private static final long OUTDATED_NS = 24L * 24 * 3600 * 1_000_000_000L;

  private final int offset;
  private boolean enabled;
  private int recent;
  private long recentAtNs;

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
    recent(nowNs, tsVal);
  }

  private void recent(long nowNs, int tsVal) {
    recent = tsVal;
    recentAtNs = nowNs;
  }

  /** RFC 7323 section 5.3 R3: an acceptable segment that covers the last ACK sent. */
  void update(long nowNs, int tsVal) {
    if (enabled && !isOld(nowNs, tsVal)) {
      recent(nowNs, tsVal);
    }
  }

  /** RFC 7323 section 5.3 R1: whether a segment's timestamp shows that it is an old duplicate. */
  boolean isOld(long nowNs, int tsVal) {
    return Seq32.lt(tsVal, recent) && nowNs - recentAtNs < OUTDATED_NS;
  }

  /** Time since the segment was sent whose timestamp the peer echoes, to the millisecond. */
  long elapsedNs(long nowNs, int tsEcr) {
    return Seq32.diff(value(nowNs), tsEcr) * 1_000_000L;
  }
}
