package org.mptcp4j.api;

import java.time.Duration;

/**
 * How long a stack waits for what, in nanoseconds; its builder takes {@link Duration}s.
 *
 * <pre>{@code
 * Timeouts.builder().timeWait(Duration.ofSeconds(10)).build()
 * }</pre>
 */
public sealed interface Timeouts permits TimeoutValues {

  /** Retransmission timeout before the first measurement (RFC 6298 section 2.1). */
  long initialRtoNs();

  /** Shortest retransmission timeout. */
  long minRtoNs();

  /** Longest retransmission timeout. */
  long maxRtoNs();

  /** Longest delay of an acknowledgement (RFC 9293 section 3.8.6.3); 0 acknowledges at once. */
  long delayedAckNs();

  /** How long a flow stays in TIME-WAIT (2 MSL, RFC 9293 section 3.4.2). */
  long timeWaitNs();

  /** How long a path MTU is believed before a larger one is tried (RFC 8201 section 4). */
  long pathMtuSearchNs();

  /** How long a connection without subflow waits for a new one. */
  long zeroSubflowNs();

  /**
   * How long a closed socket goes on to deliver its bytes without hearing from the peer, and a
   * subflow that closes waits for the peer to acknowledge more or to close its own end.
   */
  long closingNs();

  /** How long an ADD_ADDR waits for its echo before it is sent again. */
  long addAddressNs();

  /**
   * How long a host is tried as TCP to which SYNs with MP_CAPABLE do not get through, the first
   * time; it doubles each time (the kernel's {@code blackhole_timeout}); 0 remembers none.
   */
  long blackholeNs();

  /**
   * How long fast open is not tried on a path on which it does not get through, the first time; it
   * doubles each time, up to 64 times (the kernel's {@code tcp_fastopen_blackhole_timeout_sec}); 0
   * remembers none.
   */
  long fastOpenBlackholeNs();

  /**
   * A builder with the defaults.
   *
   * @return a new builder
   */
  static Builder builder() {
    return new Builder();
  }

  /**
   * The defaults.
   *
   * @return what {@code builder().build()} gives
   */
  static Timeouts defaults() {
    return builder().build();
  }

  /**
   * A builder that starts with these values.
   *
   * @return a new builder
   */
  default Builder toBuilder() {
    Builder b = new Builder();
    b.initialRtoNs = initialRtoNs();
    b.minRtoNs = minRtoNs();
    b.maxRtoNs = maxRtoNs();
    b.delayedAckNs = delayedAckNs();
    b.timeWaitNs = timeWaitNs();
    b.pathMtuSearchNs = pathMtuSearchNs();
    b.zeroSubflowNs = zeroSubflowNs();
    b.closingNs = closingNs();
    b.addAddressNs = addAddressNs();
    b.blackholeNs = blackholeNs();
    b.fastOpenBlackholeNs = fastOpenBlackholeNs();
    return b;
  }

  /** Collects values; each method sets the component of its name. */
  final class Builder {
    private long initialRtoNs = 1_000_000_000L;
    private long minRtoNs = 200_000_000L;
    private long maxRtoNs = 120_000_000_000L;
    private long delayedAckNs = 40_000_000L;
    private long timeWaitNs = 60_000_000_000L;
    private long pathMtuSearchNs = 600_000_000_000L;
    private long zeroSubflowNs = 60_000_000_000L;
    private long closingNs = 60_000_000_000L;
    private long addAddressNs = 120_000_000_000L;
    private long blackholeNs = 3_600_000_000_000L;
    private long fastOpenBlackholeNs = 3_600_000_000_000L;

    private Builder() {}

    /**
     * Sets the retransmission timeout before the first measurement. Default: 1 s, as RFC 6298.
     *
     * @param timeout more than zero
     * @return this builder
     */
    public Builder initialRto(Duration timeout) {
      initialRtoNs = Checks.ns("initialRto", timeout);
      return this;
    }

    /**
     * Sets the shortest retransmission timeout. Default: 200 ms, as Linux.
     *
     * @param timeout more than zero
     * @return this builder
     */
    public Builder minRto(Duration timeout) {
      minRtoNs = Checks.ns("minRto", timeout);
      return this;
    }

    /**
     * Sets the longest retransmission timeout. Default: 120 s, as Linux.
     *
     * @param timeout at least the others
     * @return this builder
     */
    public Builder maxRto(Duration timeout) {
      maxRtoNs = Checks.ns("maxRto", timeout);
      return this;
    }

    /**
     * Sets the longest delay of an acknowledgement. Default: 40 ms, as Linux.
     *
     * @param timeout under 500 ms; zero acknowledges at once
     * @return this builder
     */
    public Builder delayedAck(Duration timeout) {
      delayedAckNs = Checks.ns("delayedAck", timeout);
      return this;
    }

    /**
     * Sets the length of TIME-WAIT. Default: 60 s.
     *
     * @param timeout more than zero
     * @return this builder
     */
    public Builder timeWait(Duration timeout) {
      timeWaitNs = Checks.ns("timeWait", timeout);
      return this;
    }

    /**
     * Sets how long a path MTU is believed. Default: 10 minutes.
     *
     * @param timeout more than zero; RFC 8201 asks for 5 minutes or more
     * @return this builder
     */
    public Builder pathMtuSearch(Duration timeout) {
      pathMtuSearchNs = Checks.ns("pathMtuSearch", timeout);
      return this;
    }

    /**
     * Sets how long a connection without subflow is kept. Default: 60 s.
     *
     * @param timeout more than zero
     * @return this builder
     */
    public Builder zeroSubflow(Duration timeout) {
      zeroSubflowNs = Checks.ns("zeroSubflow", timeout);
      return this;
    }

    /**
     * Sets how long a closed socket tries to deliver. Default: 60 s.
     *
     * @param timeout more than zero
     * @return this builder
     */
    public Builder closing(Duration timeout) {
      closingNs = Checks.ns("closing", timeout);
      return this;
    }

    /**
     * Sets how long an ADD_ADDR waits for its echo. Default: 120 s.
     *
     * @param timeout more than zero
     * @return this builder
     */
    public Builder addAddress(Duration timeout) {
      addAddressNs = Checks.ns("addAddress", timeout);
      return this;
    }

    /**
     * Sets how long a host is tried as TCP to which SYNs with MP_CAPABLE do not get through, the
     * first time. Default: an hour, as Linux.
     *
     * @param timeout zero remembers none
     * @return this builder
     */
    public Builder blackhole(Duration timeout) {
      blackholeNs = Checks.ns("blackhole", timeout);
      return this;
    }

    /**
     * Sets how long fast open is not tried on a path on which it does not get through. Default: an
     * hour.
     *
     * @param time zero remembers none
     * @return this builder
     */
    public Builder fastOpenBlackhole(Duration time) {
      fastOpenBlackholeNs = Checks.ns("fastOpenBlackhole", time);
      return this;
    }

    /**
     * Checks and returns the values.
     *
     * @return what was collected
     * @throws IllegalArgumentException when a value is out of range; the message names it
     */
    public Timeouts build() {
      return new TimeoutValues(
          initialRtoNs,
          minRtoNs,
          maxRtoNs,
          delayedAckNs,
          timeWaitNs,
          pathMtuSearchNs,
          zeroSubflowNs,
          closingNs,
          addAddressNs,
          blackholeNs,
          fastOpenBlackholeNs);
    }
  }
}
