package org.mptcp4j.netty;

/**
 * When to stay awake for the next packet: for a while after each, unless it rarely comes in time.
 *
 * <p>A packet within that while saves going to sleep and being woken; none costs the whole while.
 * So spins that found a packet and spins that found none are held against each other, and when the
 * latter prevail there is only a trial every {@link #TRIAL} packets.
 */
final class SpinPolicy {
  /** How many spins count: after so many in vain, after as many successes before, it stops. */
  private static final int MEMORY = 8;

  /** Packets until it is tried again. */
  static final int TRIAL = 64;

  private final long durationNs;
  private int score = MEMORY;
  private int untilTrial;
  private boolean spinning;
  private long endNs;

  /** Spins for that long; 0 for never. */
  SpinPolicy(long durationNs) {
    this.durationNs = durationNs;
  }

  /** Packets came. Returns whether to begin to spin: false while it spins already. */
  boolean packet(long nowNs) {
    if (durationNs == 0) {
      return false;
    }
    if (spinning) {
      score = Math.min(MEMORY, score + 1);
      endNs = nowNs + durationNs;
      return false;
    }
    if (score == 0 && --untilTrial > 0) {
      return false;
    }
    untilTrial = TRIAL;
    spinning = true;
    endNs = nowNs + durationNs;
    return true;
  }

  /** Whether to go on; not asked when it does not spin. */
  boolean goesOn(long nowNs) {
    if (nowNs - endNs < 0) {
      return true;
    }
    spinning = false;
    score = Math.max(0, score - 1);
    return false;
  }
}
