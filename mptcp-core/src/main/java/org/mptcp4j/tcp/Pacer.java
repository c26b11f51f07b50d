package org.mptcp4j.tcp;

import org.mptcp4j.cc.CongestionControl;

/**
 * Spreads what a congestion window admits over the round trip, instead of sending it as fast as the
 * link takes it: after each segment the next one waits for as long as the segment lasts at the
 * pacing rate. A timer that comes late does not lower the rate, because the time since is made
 * good, up to a quantum.
 */
class Pacer {

  /** What one segment lasts, and for how long may be made good. */
  static final long QUANTUM_NS = 1_000_000;

  /** Less is not worth a segment of its own. */
  private static final int QUANTUM_SEGMENTS = 2;

  /** Lets everything go at once; never changed. */
  static final Pacer OFF =
      new Pacer() {
        @Override
        long rate(CongestionControl cc, long srttNs) {
          return Long.MAX_VALUE;
        }

        @Override
        int quantumBytes(CongestionControl cc, long srttNs, int mss) {
          return Integer.MAX_VALUE;
        }
      };

  private long nextNs = Long.MIN_VALUE;
  private boolean waiting;

  /** Whether nothing may be sent yet. */
  boolean isWaiting(long nowNs) {
    if (waiting && nowNs >= nextNs) {
      waiting = false;
    }
    return waiting;
  }

  /** As {@link #isWaiting(long)} answered last, or since the last segment. */
  boolean isWaiting() {
    return waiting;
  }

  /** When something may be sent; {@link SendTimer#NEVER} when it may be at once. */
  long deadlineNs() {
    return waiting ? nextNs : SendTimer.NEVER;
  }

  /**
   * The longest segment.
   *
   * @param rate bytes per second, {@link Long#MAX_VALUE} for no limit
   * @return payload bytes, whole segments
   */
  static int quantumBytes(long rate, int mss) {
    long bytes = rate / (1_000_000_000 / QUANTUM_NS);
    long segments = Math.max(QUANTUM_SEGMENTS, bytes / mss);
    return (int) Math.min(Integer.MAX_VALUE, segments * mss);
  }

  /** The longest segment now: payload bytes, whole segments. */
  int quantumBytes(CongestionControl cc, long srttNs, int mss) {
    return quantumBytes(rate(cc, srttNs), mss);
  }

  /** Bytes per second that may leave, {@link Long#MAX_VALUE} for no limit. */
  long rate(CongestionControl cc, long srttNs) {
    return cc.pacingRateBytesPerSecond(srttNs);
  }

  /**
   * A segment leaves.
   *
   * @param rate bytes per second, {@link Long#MAX_VALUE} for no limit
   */
  void onSent(long nowNs, int bytes, long rate) {
    if (bytes == 0 || rate == Long.MAX_VALUE) {
      return;
    }
    long lasts = (long) (bytes * 1e9 / Math.max(1, rate));
    nextNs = Math.max(nextNs, nowNs - QUANTUM_NS) + lasts;
    waiting = nextNs > nowNs;
  }
}
