package org.mptcp4j.api;

import java.time.Duration;

/**
 * When an idle peer is probed, and when it counts as dead: RFC 1122 section 4.2.3.6, with the three
 * settings of Linux. A peer that stays silent is given up after {@code idle} and {@code count}
 * times {@code interval}.
 *
 * @param idle silence before the first probe ({@code TCP_KEEPIDLE})
 * @param interval time between probes, and after the last one ({@code TCP_KEEPINTVL})
 * @param count probes without an answer, 1 to 127 ({@code TCP_KEEPCNT})
 */
public record KeepAlive(Duration idle, Duration interval, int count) {

  /** The times of Linux, and of the RFC: 2 hours, then 9 probes 75 seconds apart. */
  public static final KeepAlive DEFAULT =
      new KeepAlive(Duration.ofHours(2), Duration.ofSeconds(75), 9);

  /** Checks the values. */
  public KeepAlive {
    Checks.positive("idle", idle);
    Checks.positive("interval", interval);
    Checks.atLeast("count", count, 1);
    if (count > 127) {
      throw new IllegalArgumentException("count must be at most 127, but is " + count);
    }
  }
}
