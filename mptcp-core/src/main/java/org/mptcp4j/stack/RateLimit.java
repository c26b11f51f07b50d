package org.mptcp4j.stack;

/**
 * A token bucket of one second: so many events per second, and as many at once after a second of
 * rest.
 */
final class RateLimit {
  private static final long SECOND_NS = 1_000_000_000L;

  private final long perSecond;
  private long creditNs;
  private long lastNs;
  private boolean started;

  /**
   * Creates a full bucket.
   *
   * @param perSecond events allowed per second; 0 allows none
   */
  RateLimit(int perSecond) {
    this.perSecond = perSecond;
  }

  /**
   * Asks for one event.
   *
   * @param nowNs the time
   * @return whether it is allowed, and then it is counted
   */
  boolean allow(long nowNs) {
    if (perSecond == 0) {
      return false;
    }
    long passed = started ? Math.max(0, nowNs - lastNs) : SECOND_NS;
    started = true;
    lastNs = nowNs;
    creditNs = Math.min(SECOND_NS, creditNs + Math.min(SECOND_NS, passed));
    long cost = SECOND_NS / perSecond;
    if (creditNs < cost) {
      return false;
    }
    creditNs -= cost;
    return true;
  }
}
