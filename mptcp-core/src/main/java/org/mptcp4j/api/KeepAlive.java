package org.mptcp4j.api;

import java.time.Duration;

/**
 * When an idle peer is probed, and when it counts as dead: RFC 1122 section 4.2.3.6, with the three
 * settings of Linux. A peer that stays silent is given up after {@code idle} and {@code count}
 * times {@code interval}.
 *
 * @param idleNs silence before the first probe, in nanoseconds ({@code TCP_KEEPIDLE})
 * @param intervalNs time between probes, and after the last one ({@code TCP_KEEPINTVL})
 * @param count probes without an answer, 1 to 127 ({@code TCP_KEEPCNT})
 */
public record KeepAlive(long idleNs, long intervalNs, int count) {

  /** The times of Linux, and of the RFC: 2 hours, then 9 probes 75 seconds apart. */
  public static final KeepAlive DEFAULT = of(Duration.ofHours(2), Duration.ofSeconds(75), 9);

  /** Checks the values. */
  public KeepAlive {
    Checks.positive("idle", idleNs);
    Checks.positive("interval", intervalNs);
    Checks.within("count", count, 1, 127);
  }

  /**
   * The times of keep-alive.
   *
   * @param idle silence before the first probe, longer than zero
   * @param interval time between probes, longer than zero
   * @param count probes without an answer, 1 to 127
   * @return the times
   * @throws IllegalArgumentException when a value is out of range; the message names it
   */
  public static KeepAlive of(Duration idle, Duration interval, int count) {
    return new KeepAlive(Checks.ns("idle", idle), Checks.ns("interval", interval), count);
  }
}
