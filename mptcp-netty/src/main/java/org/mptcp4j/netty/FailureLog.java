package org.mptcp4j.netty;

import io.netty.util.concurrent.Ticker;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says in the log what failed on an event loop that goes on. What happens again and again, perhaps
 * with every packet, is said now and then, with the number of times. Used on one event loop.
 */
final class FailureLog {
  /** How often failures of one kind are said. */
  static final long PAUSE_NS = 10_000_000_000L;

  private static final Logger LOG = LoggerFactory.getLogger(FailureLog.class);

  private final Ticker ticker;
  private final Map<String, Kind> kinds = new HashMap<>();

  /** A log that has said nothing, with that clock. */
  FailureLog(Ticker ticker) {
    this.ticker = ticker;
  }

  /**
   * Reports a failure.
   *
   * @param during what was being done, one of few texts: it and the class of the failure make its
   *     kind
   * @param failure what was thrown
   * @return whether it was said
   */
  boolean report(String during, Throwable failure) {
    try {
      return count(during, failure);
    } catch (OutOfMemoryError heap) {
      return false; // the next one may find enough
    }
  }

  /** Reports that there is not enough of something, so that packets are thrown away. */
  void lack(String ofWhat) {
    Kind kind = kind("lack of " + ofWhat);
    if (kind.due()) {
      LOG.warn("not enough {}: packets are thrown away, {} times so far", ofWhat, kind.count);
    }
  }

  private boolean count(String during, Throwable failure) {
    Kind kind = kind(during + ' ' + failure.getClass().getName());
    if (!kind.due()) {
      return false;
    }
    LOG.error(
        "{} failed, {} times so far; packets may be lost, the event loop goes on",
        during,
        kind.count,
        failure);
    return true;
  }

  private Kind kind(String name) {
    return kinds.computeIfAbsent(name, any -> new Kind());
  }

  private final class Kind {
    private long count;
    private long saidNs;

    /** Counts, and tells whether to say it. */
    private boolean due() {
      long nowNs = ticker.nanoTime();
      count++;
      if (count > 1 && nowNs - saidNs < PAUSE_NS) {
        return false;
      }
      saidNs = nowNs;
      return true;
    }
  }
}
