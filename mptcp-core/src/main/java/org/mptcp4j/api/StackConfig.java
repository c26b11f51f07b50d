package org.mptcp4j.api;

import java.time.Duration;
import java.util.Objects;

/**
 * What can be chosen for a whole stack. Everything has a default; {@link #builder()} changes some
 * of it.
 *
 * <pre>{@code
 * StackConfig config = StackConfig.builder().checksumRequired(true).announceAddresses(true).build();
 * }</pre>
 *
 * @param mptcp whether the stack speaks MPTCP at all; a socket's own option counts only when this
 *     is ENABLED
 * @param checksumRequired whether DSS checksums are asked for in the handshake (RFC 8684 section
 *     3.1, flag A)
 * @param joinInitialAddress whether peers may join at the address and port of the first subflow;
 *     {@code false} sets flag C (RFC 8684 section 3.1)
 * @param announceAddresses whether the accepting side announces its further addresses by ADD_ADDR
 * @param maxSubflows extra subflows that the default path manager opens per connection
 * @param maxAcceptedAddresses announced addresses that the default path manager connects to, per
 *     connection
 * @param defaults options of a socket opened without any
 * @param sendBuffer bounds of send buffers that are tuned automatically
 * @param receiveBuffer bounds of receive buffers that are tuned automatically
 * @param limits upper bounds of what the stack holds
 * @param timeWait how long a flow stays in TIME-WAIT (2 MSL, RFC 9293 section 3.4.2)
 * @param zeroSubflowTimeout how long a connection without subflow waits for a new one
 * @param closeTimeout how long a closed socket goes on to deliver its bytes without hearing from
 *     the peer
 * @param addAddressTimeout how long an ADD_ADDR waits for its echo before it is sent again
 * @param minRto shortest retransmission timeout
 * @param maxRto longest retransmission timeout
 * @param synRetries retransmissions of a SYN or SYN/ACK before giving up
 * @param synRetriesBeforeTcp retransmissions of a SYN that still carry MP_CAPABLE
 * @param retries retransmissions of data before a subflow is given up (the kernel's {@code
 *     tcp_retries2})
 * @param firstEphemeralPort lowest port chosen for outgoing subflows
 * @param lastEphemeralPort highest port chosen for outgoing subflows
 * @param leastPathMtu packets over IPv4 never get smaller than that, whatever a router says (the
 *     kernel's {@code ip_rt_min_pmtu}); with IPv6 it is 1280
 * @param slowStartAfterIdle whether a connection that was idle starts slowly again (RFC 5681
 *     section 4.1), as Linux's {@code tcp_slow_start_after_idle}
 */
public record StackConfig(
    MptcpMode mptcp,
    boolean checksumRequired,
    boolean joinInitialAddress,
    boolean announceAddresses,
    int maxSubflows,
    int maxAcceptedAddresses,
    SocketOptions defaults,
    BufferRange sendBuffer,
    BufferRange receiveBuffer,
    StackLimits limits,
    Duration timeWait,
    Duration zeroSubflowTimeout,
    Duration closeTimeout,
    Duration addAddressTimeout,
    Duration minRto,
    Duration maxRto,
    int synRetries,
    int synRetriesBeforeTcp,
    int retries,
    int firstEphemeralPort,
    int lastEphemeralPort,
    int leastPathMtu,
    boolean slowStartAfterIdle) {

  /** Checks the values. */
  public StackConfig {
    Objects.requireNonNull(mptcp, "mptcp");
    Objects.requireNonNull(defaults, "defaults");
    Objects.requireNonNull(sendBuffer, "sendBuffer");
    Objects.requireNonNull(receiveBuffer, "receiveBuffer");
    Objects.requireNonNull(limits, "limits");
    Checks.atLeast("maxSubflows", maxSubflows, 0);
    Checks.atLeast("maxAcceptedAddresses", maxAcceptedAddresses, 0);
    Checks.positive("timeWait", timeWait);
    Checks.positive("zeroSubflowTimeout", zeroSubflowTimeout);
    Checks.positive("closeTimeout", closeTimeout);
    Checks.positive("addAddressTimeout", addAddressTimeout);
    Checks.positive("minRto", minRto);
    Checks.positive("maxRto", maxRto);
    Checks.atLeast("synRetries", synRetries, 0);
    Checks.atLeast("synRetriesBeforeTcp", synRetriesBeforeTcp, 0);
    Checks.atLeast("retries", retries, 1);
    Checks.atLeast("firstEphemeralPort", firstEphemeralPort, 1);
    Checks.atLeast("lastEphemeralPort", lastEphemeralPort, firstEphemeralPort);
    if (lastEphemeralPort > 65_535) {
      throw new IllegalArgumentException(
          "lastEphemeralPort is " + lastEphemeralPort + ", not a port");
    }
    if (leastPathMtu < 200 || leastPathMtu > 1500) {
      throw new IllegalArgumentException(
          "leastPathMtu must be 200 to 1500 bytes, not " + leastPathMtu);
    }
    if (maxRto.compareTo(minRto) < 0) {
      throw new IllegalArgumentException("maxRto " + maxRto + " is less than minRto " + minRto);
    }
  }

  /**
   * A builder with the defaults.
   *
   * @return a new builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * The defaults.
   *
   * @return the configuration as {@code builder().build()} gives it
   */
  public static StackConfig defaultConfig() {
    return builder().build();
  }

  /** Collects the configuration. */
  public static final class Builder {
    private MptcpMode mptcp = MptcpMode.ENABLED;
    private boolean checksumRequired;
    private boolean joinInitialAddress = true;
    private boolean announceAddresses;
    private int maxSubflows = 7;
    private int maxAcceptedAddresses = 8;
    private SocketOptions defaults = SocketOptions.defaults();
    private BufferRange sendBuffer = new BufferRange(4 << 20, 16 << 20);
    private BufferRange receiveBuffer = new BufferRange(1 << 20, 16 << 20);
    private StackLimits limits = StackLimits.defaults();
    private Duration timeWait = Duration.ofSeconds(60);
    private Duration zeroSubflowTimeout = Duration.ofSeconds(60);
    private Duration closeTimeout = Duration.ofSeconds(60);
    private Duration addAddressTimeout = Duration.ofSeconds(120);
    private Duration minRto = Duration.ofMillis(200);
    private Duration maxRto = Duration.ofSeconds(120);
    private int synRetries = 6;
    private int synRetriesBeforeTcp = 2;
    private int retries = 15;
    private int firstEphemeralPort = 32_768;
    private int lastEphemeralPort = 60_999;
    private int leastPathMtu = 552;
    private boolean slowStartAfterIdle = true;

    private Builder() {}

    /**
     * Switches MPTCP on or off for the whole stack. Default: on.
     *
     * @param mode the mode
     * @return this builder
     */
    public Builder mptcp(MptcpMode mode) {
      mptcp = mode;
      return this;
    }

    /**
     * Asks for DSS checksums. Default: no; they are used nevertheless when the peer asks.
     *
     * @param required whether to set flag A in MP_CAPABLE
     * @return this builder
     */
    public Builder checksumRequired(boolean required) {
      checksumRequired = required;
      return this;
    }

    /**
     * Allows joins at the address and port of the first subflow. Default: yes.
     *
     * @param allowed {@code false} sets flag C in MP_CAPABLE
     * @return this builder
     */
    public Builder joinInitialAddress(boolean allowed) {
      joinInitialAddress = allowed;
      return this;
    }

    /**
     * Announces further local addresses on accepted connections. Default: no.
     *
     * @param announce whether to send ADD_ADDR
     * @return this builder
     */
    public Builder announceAddresses(boolean announce) {
      announceAddresses = announce;
      return this;
    }

    /**
     * Limits the extra subflows opened per connection. Default: 7.
     *
     * @param count 0 or more
     * @return this builder
     */
    public Builder maxSubflows(int count) {
      maxSubflows = count;
      return this;
    }

    /**
     * Limits the announced addresses connected to, per connection. Default: 8.
     *
     * @param count 0 or more
     * @return this builder
     */
    public Builder maxAcceptedAddresses(int count) {
      maxAcceptedAddresses = count;
      return this;
    }

    /**
     * Sets the options of sockets opened without any.
     *
     * @param options the options
     * @return this builder
     */
    public Builder defaults(SocketOptions options) {
      defaults = options;
      return this;
    }

    /**
     * Sets where automatically tuned send buffers begin and end. Default: 4 MiB and 16 MiB.
     *
     * @param range the bounds
     * @return this builder
     */
    public Builder sendBuffer(BufferRange range) {
      sendBuffer = range;
      return this;
    }

    /**
     * Sets where automatically tuned receive buffers begin and end. Default: 1 MiB and 16 MiB.
     *
     * @param range the bounds
     * @return this builder
     */
    public Builder receiveBuffer(BufferRange range) {
      receiveBuffer = range;
      return this;
    }

    /**
     * Sets the limits.
     *
     * @param bounds the limits
     * @return this builder
     */
    public Builder limits(StackLimits bounds) {
      limits = bounds;
      return this;
    }

    /**
     * Sets the length of TIME-WAIT. Default: 60 s.
     *
     * @param length more than zero
     * @return this builder
     */
    public Builder timeWait(Duration length) {
      timeWait = length;
      return this;
    }

    /**
     * Sets how long a connection without subflow is kept. Default: 60 s.
     *
     * @param timeout more than zero
     * @return this builder
     */
    public Builder zeroSubflowTimeout(Duration timeout) {
      zeroSubflowTimeout = timeout;
      return this;
    }

    /**
     * Sets how long a closed socket tries to deliver. Default: 60 s.
     *
     * @param timeout more than zero
     * @return this builder
     */
    public Builder closeTimeout(Duration timeout) {
      closeTimeout = timeout;
      return this;
    }

    /**
     * Sets how long an ADD_ADDR waits for its echo. Default: 120 s.
     *
     * @param timeout more than zero
     * @return this builder
     */
    public Builder addAddressTimeout(Duration timeout) {
      addAddressTimeout = timeout;
      return this;
    }

    /**
     * Sets the shortest retransmission timeout. Default: 200 ms, as Linux.
     *
     * @param timeout more than zero
     * @return this builder
     */
    public Builder minRto(Duration timeout) {
      minRto = timeout;
      return this;
    }

    /**
     * Sets the longest retransmission timeout. Default: 120 s, as Linux.
     *
     * @param timeout at least the shortest
     * @return this builder
     */
    public Builder maxRto(Duration timeout) {
      maxRto = timeout;
      return this;
    }

    /**
     * Sets how often a SYN or SYN/ACK is sent again. Default: 6.
     *
     * @param count 0 or more
     * @return this builder
     */
    public Builder synRetries(int count) {
      synRetries = count;
      return this;
    }

    /**
     * Sets how many SYN retransmissions still offer MPTCP. Default: 2.
     *
     * @param count 0 or more
     * @return this builder
     */
    public Builder synRetriesBeforeTcp(int count) {
      synRetriesBeforeTcp = count;
      return this;
    }

    /**
     * Sets how often data is sent again before its subflow is given up. Default: 15.
     *
     * @param count at least 1
     * @return this builder
     */
    public Builder retries(int count) {
      retries = count;
      return this;
    }

    /**
     * Sets the range of ports for outgoing subflows. Default: 32768 to 60999.
     *
     * @param first lowest port, from 1
     * @param last highest port, at most 65535
     * @return this builder
     */
    public Builder ephemeralPorts(int first, int last) {
      firstEphemeralPort = first;
      lastEphemeralPort = last;
      return this;
    }

    /**
     * Sets what packets over IPv4 never get smaller than. Default: 552, as Linux.
     *
     * @param bytes 200 to 1500
     * @return this builder
     */
    public Builder leastPathMtu(int bytes) {
      leastPathMtu = bytes;
      return this;
    }

    /**
     * Chooses whether a connection that sent nothing for longer than a retransmission timeout
     * starts slowly again. Default: yes, as RFC 5681 section 4.1 asks.
     *
     * @param restart false for applications that send in bursts and want to go on as they left off
     * @return this builder
     */
    public Builder slowStartAfterIdle(boolean restart) {
      slowStartAfterIdle = restart;
      return this;
    }

    /**
     * Checks and returns the configuration.
     *
     * @return the configuration
     * @throws IllegalArgumentException when a value is out of range; the message names it
     */
    public StackConfig build() {
      return new StackConfig(
          mptcp,
          checksumRequired,
          joinInitialAddress,
          announceAddresses,
          maxSubflows,
          maxAcceptedAddresses,
          defaults,
          sendBuffer,
          receiveBuffer,
          limits,
          timeWait,
          zeroSubflowTimeout,
          closeTimeout,
          addAddressTimeout,
          minRto,
          maxRto,
          synRetries,
          synRetriesBeforeTcp,
          retries,
          firstEphemeralPort,
          lastEphemeralPort,
          leastPathMtu,
          slowStartAfterIdle);
    }
  }
}
