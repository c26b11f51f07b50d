package org.mptcp4j.mptcp;

/**
 * Nagle's algorithm at the data level (RFC 9293 section 3.7.4) as Minshall modified it, and Linux
 * has it: a small segment waits for a small one before it, not for full ones, whose acknowledgement
 * may be delayed. A corked connection waits for full ones anyhow, for a while.
 */
final class Nagle {
  private Nagle() {}

  /**
   * How much of what could be sent now leaves: the tail of what was written waits while another one
   * is in flight.
   *
   * @param dsn the first of them
   * @param n bytes that could be sent
   * @param mss payload bytes of a full-sized segment
   * @return {@code n}, or less
   */
  static int sendable(MetaSock meta, long dsn, int n, int mss) {
    boolean isTail = dsn + n == meta.tx().end();
    if (!meta.policy().holdsSmall() || !isTail || meta.outputShutDown() || mss <= 0) {
      return n;
    }
    return n / mss * mss;
  }
}
