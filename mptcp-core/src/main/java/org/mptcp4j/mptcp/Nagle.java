package org.mptcp4j.mptcp;

/** Nagle's algorithm at the data level: RFC 9293 section 3.7.4. */
final class Nagle {
  private Nagle() {}

  /**
   * How much of what could be sent now leaves: the tail of what was written waits while something
   * is in flight.
   *
   * @param n bytes that could be sent, from the first unsent one
   * @param mss payload bytes of a full-sized segment
   * @return {@code n}, or less
   */
  static int sendable(MetaSock meta, int n, int mss) {
    boolean isTail = n == meta.tx().unsentBytes();
    boolean idle = meta.tx().una() == meta.tx().nxt();
    if (meta.noDelay() || !isTail || idle || meta.outputShutDown() || mss <= 0) {
      return n;
    }
    return n / mss * mss;
  }
}
