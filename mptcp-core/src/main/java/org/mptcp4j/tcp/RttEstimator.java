package org.mptcp4j.tcp;

/** Round-trip time and retransmission timeout, RFC 6298. Times are nanoseconds. */
final class RttEstimator {

  private static final long QUEUEING_NS = 2_000_000;

  /** Two of these are remembered; Linux forgets after the five minutes that both take. */
  private static final long WINDOW_NS = 150_000_000_000L;

  /** Small against any path, and large enough for one of minutes. */
  private static final long MIN_UNIT_NS = 100;

  private long srttNs;
  private long rttVarNs;
  private int window;
  private int windowMin; // this and the next in units of MIN_UNIT_NS; 0 for none
  private int earlierMin;
  private long baseRtoNs;

  RttEstimator(long initialRtoNs) {
    baseRtoNs = initialRtoNs;
  }

  long srttNs() {
    return srttNs;
  }

  long rttVarNs() {
    return rttVarNs;
  }

  /** RFC 8985 section 6.2 step 1: the least of late, for the path may become longer. */
  long minRttNs() {
    return MIN_UNIT_NS * (earlierMin == 0 ? windowMin : Math.min(windowMin, earlierMin));
  }

  /**
   * The round-trip time less what on a path without delay is queueing: there nothing else would
   * keep buffers, and so queues, from growing without end.
   */
  long pathRttNs() {
    return Math.max(minRttNs(), srttNs - QUEUEING_NS);
  }

  /** The timeout without back-off. */
  long rtoNs() {
    return baseRtoNs;
  }

  /** A measurement that is certain to belong to one transmission (Karn's rule is the caller's). */
  void sample(long nowNs, long rttNs, TcpConfig config) {
    long r = Math.max(1, rttNs);
    remember(nowNs, r);
    if (srttNs == 0) {
      // RFC 6298 section 2.2: first measurement.
      srttNs = r;
      rttVarNs = r / 2;
    } else {
      // RFC 6298 section 2.3: alpha = 1/8, beta = 1/4.
      long delta = Math.abs(srttNs - r);
      rttVarNs += (delta - rttVarNs) / 4;
      srttNs = Math.max(1, srttNs + (r - srttNs) / 8);
    }
    // RFC 6298 section 2.4 asks for at least a second; like everybody else we are satisfied with a
    // configured minimum, and apply it to the variation so that a delayed ACK never looks lost.
    long rto = srttNs + Math.max(config.timeouts().minRtoNs(), 4 * rttVarNs);
    baseRtoNs = Math.min(rto, config.timeouts().maxRtoNs());
  }

  private void remember(long nowNs, long rttNs) {
    int present = (int) (nowNs / WINDOW_NS);
    if (present != window) {
      earlierMin = present == window + 1 ? windowMin : 0;
      windowMin = 0;
      window = present;
    }
    int rtt = (int) Math.max(1, Math.min(Integer.MAX_VALUE, rttNs / MIN_UNIT_NS));
    windowMin = windowMin == 0 ? rtt : Math.min(windowMin, rtt);
  }

  /**
   * RFC 7323 section 4.1: an acknowledgement that moves the left edge echoes the timestamp of the
   * segment that caused it, which is so old.
   *
   * @param certain whether it was sent after the last timeout
   */
  void echoed(long nowNs, long elapsedNs, boolean certain, TcpConfig config) {
    if (elapsedNs > 0 && !certain) {
      uncertain(elapsedNs, config);
    } else if (elapsedNs > 0 && elapsedNs <= config.timeouts().maxRtoNs()) {
      sample(nowNs, elapsedNs, config);
    }
  }

  /**
   * What was sent before a timeout is acknowledged after it. Either the path has become slower, or
   * acknowledgements were lost until one got through: a peer that has the data already need not
   * echo what brought it again (RFC 7323 section 4.3, R3 of section 5.3). By Karn's rule (RFC 6298
   * section 3) that is no measurement; but until the next one the timeout is long enough to get it.
   */
  private void uncertain(long elapsedNs, TcpConfig config) {
    long enough = Math.min(elapsedNs, 2 * config.timeouts().initialRtoNs());
    baseRtoNs = Math.min(Math.max(baseRtoNs, enough), config.timeouts().maxRtoNs());
  }

  /** RFC 6298 section 5.7: the SYN had to be repeated, so the first estimate must be generous. */
  void afterSynLoss(TcpConfig config) {
    baseRtoNs =
        Math.min(
            Math.max(baseRtoNs, 3 * config.timeouts().initialRtoNs()),
            config.timeouts().maxRtoNs());
  }
}
