package org.mptcp4j.api;

import java.time.Duration;

/**
 * When an idle peer is probed, and when it counts as dead: RFC 1122 section 4.2.3.6, with the three
 * settings of Linux. A peer that stays silent is given up after {@code idle} and {@code count}
 * times {@code interval}.
 *
 * <pre>{@code
 * KeepAlive.builder().idle(Duration.ofMinutes(1)).interval(Duration.ofSeconds(10)).build()
 * }</pre>
 */
public sealed interface KeepAlive permits KeepAliveValues {

  /** Silence before the first probe, in nanoseconds ({@code TCP_KEEPIDLE}). */
  long idleNs();

  /** Time between probes, and after the last one, in nanoseconds ({@code TCP_KEEPINTVL}). */
  long intervalNs();

  /** Probes without an answer, 1 to 127 ({@code TCP_KEEPCNT}). */
  int count();

  /**
   * A builder with the defaults.
   *
   * @return a new builder
   */
  static Builder builder() {
    return new Builder();
  }

  /**
   * The times of Linux, and of the RFC: 2 hours, then 9 probes 75 seconds apart.
   *
   * @return what {@code builder().build()} gives
   */
  static KeepAlive defaults() {
    return builder().build();
  }

  /**
   * A builder that starts with these values.
   *
   * @return a new builder
   */
  default Builder toBuilder() {
    Builder b = new Builder();
    b.idleNs = idleNs();
    b.intervalNs = intervalNs();
    b.count = count();
    return b;
  }

  /** Collects values; each method sets the component of its name. */
  final class Builder {
    private long idleNs = 7_200_000_000_000L;
    private long intervalNs = 75_000_000_000L;
    private int count = 9;

    private Builder() {}

    /**
     * Sets the silence before the first probe. Default: 2 hours.
     *
     * @param time more than zero
     * @return this builder
     */
    public Builder idle(Duration time) {
      idleNs = Checks.ns("idle", time);
      return this;
    }

    /**
     * Sets the time between probes. Default: 75 s.
     *
     * @param time more than zero
     * @return this builder
     */
    public Builder interval(Duration time) {
      intervalNs = Checks.ns("interval", time);
      return this;
    }

    /**
     * Sets how many probes may stay without an answer. Default: 9.
     *
     * @param probes 1 to 127
     * @return this builder
     */
    public Builder count(int probes) {
      count = probes;
      return this;
    }

    /**
     * Checks and returns the values.
     *
     * @return what was collected
     * @throws IllegalArgumentException when a value is out of range; the message names it
     */
    public KeepAlive build() {
      return new KeepAliveValues(idleNs, intervalNs, count);
    }
  }
}
