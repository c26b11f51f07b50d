package org.mptcp4j.cc;

/**
 * HyStart++, RFC 9406: slow start goes on slowly when round trips become longer, and ends when they
 * stay so, before the queue overflows. One instance serves one slow start.
 */
final class HyStart {

  // RFC 9406 section 4.3.
  static final long MIN_RTT_THRESH_NS = 4_000_000;
  static final long MAX_RTT_THRESH_NS = 16_000_000;
  static final int MIN_RTT_DIVISOR = 8;
  static final int N_RTT_SAMPLE = 8;
  static final int CSS_GROWTH_DIVISOR = 4;
  static final int CSS_ROUNDS = 5;

  private static final long UNKNOWN = Long.MAX_VALUE;

  private enum Phase {
    SLOW_START,
    CONSERVATIVE,
    OVER
  }

  private Phase phase = Phase.SLOW_START;
  private long roundEndBytes;
  private long lastMinRttNs = UNKNOWN;
  private long minRttNs = UNKNOWN;
  private int samples;
  private long baselineNs = UNKNOWN;
  private int rounds;

  /** Whether congestion avoidance begins. */
  boolean isOver() {
    return phase == Phase.OVER;
  }

  /**
   * An acknowledgement arrived.
   *
   * @return bytes by which the window grows
   */
  int onAck(RateSample sample) {
    if (sample.priorDeliveredBytes() >= roundEndBytes) {
      beginRound(sample.totalDeliveredBytes());
    }
    if (sample.rttNs() > 0) {
      minRttNs = Math.min(minRttNs, sample.rttNs());
      samples++;
      judge();
    }
    // RFC 9406 section 4.2, with L infinite: an acknowledgement may stand for a super-segment.
    int acked = sample.ackedBytes();
    return phase == Phase.SLOW_START ? acked : acked / CSS_GROWTH_DIVISOR;
  }

  private void beginRound(long deliveredBytes) {
    roundEndBytes = deliveredBytes;
    lastMinRttNs = minRttNs;
    minRttNs = UNKNOWN;
    samples = 0;
    if (phase == Phase.CONSERVATIVE && ++rounds >= CSS_ROUNDS) {
      phase = Phase.OVER;
    }
  }

  private void judge() {
    if (samples < N_RTT_SAMPLE) {
      return;
    }
    if (phase == Phase.SLOW_START && lastMinRttNs != UNKNOWN) {
      // RFC 9406 section 4.2: RttThresh = clamp(lastRoundMinRTT / 8) to 4 to 16 ms.
      long thresh =
          Math.max(MIN_RTT_THRESH_NS, Math.min(lastMinRttNs / MIN_RTT_DIVISOR, MAX_RTT_THRESH_NS));
      if (minRttNs >= lastMinRttNs + thresh) {
        baselineNs = minRttNs;
        rounds = 0;
        phase = Phase.CONSERVATIVE;
      }
    } else if (phase == Phase.CONSERVATIVE && minRttNs < baselineNs) {
      // The round trip was long for another reason: slow start goes on.
      baselineNs = UNKNOWN;
      phase = Phase.SLOW_START;
    }
  }
}
