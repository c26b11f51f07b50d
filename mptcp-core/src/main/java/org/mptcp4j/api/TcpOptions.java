package org.mptcp4j.api;

/**
 * How TCP works on a whole stack, as the sysctls below {@code net.ipv4} in Linux; for plain
 * connections and for subflows.
 *
 * <pre>{@code
 * TcpOptions.builder().synRetries(3).ephemeralPorts(40_000, 49_999).build()
 * }</pre>
 */
public sealed interface TcpOptions permits TcpOptionValues {

  /** A {@link #blackHoleMtu} above every size: packets that vanish are not thought too large. */
  int NO_BLACK_HOLES = 65_535;

  /** Whether selective acknowledgements are offered and accepted (RFC 2018). */
  boolean sack();

  /** Whether timestamps are offered and accepted (RFC 7323). */
  boolean timestamps();

  /**
   * Whether a connection that was idle starts slowly again (RFC 5681 section 4.1), as Linux's
   * {@code tcp_slow_start_after_idle}.
   */
  boolean slowStartAfterIdle();

  /** Segments at the start of a connection that are acknowledged at once. */
  int quickAcks();

  /** Retransmissions of a SYN before giving up (the kernel's {@code tcp_syn_retries}). */
  int synRetries();

  /** Retransmissions of a SYN/ACK before giving up (the kernel's {@code tcp_synack_retries}). */
  int synAckRetries();

  /** Retransmissions of data before a subflow is given up (the kernel's {@code tcp_retries2}). */
  int retries();

  /** Lowest port chosen for outgoing subflows. */
  int firstEphemeralPort();

  /** Highest port chosen for outgoing subflows. */
  int lastEphemeralPort();

  /**
   * Packets over IPv4 never get smaller than that, whatever a router says (the kernel's {@code
   * ip_rt_min_pmtu}); with IPv6 it is 1280.
   */
  int leastPathMtu();

  /**
   * What is tried when larger packets vanish without a word (RFC 4821); {@link #NO_BLACK_HOLES} to
   * leave that alone.
   */
  int blackHoleMtu();

  /** TTL or hop limit of the packets sent. */
  int hopLimit();

  /** Explicit congestion notification ({@code tcp_ecn}). */
  EcnMode ecn();

  /** How Accurate ECN works where it is agreed on. */
  AccurateEcnRules accurateEcn();

  /**
   * Whether a new connection may take the addresses and ports of one that has been in TIME-WAIT for
   * a second, when both ends used timestamps (RFC 6191, {@code tcp_tw_reuse}).
   */
  boolean timeWaitReuse();

  /** Whether a RST leaves TIME-WAIT as it is, instead of ending it ({@code tcp_rfc1337}). */
  boolean rfc1337();

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
  static TcpOptions defaults() {
    return builder().build();
  }

  /**
   * A builder that starts with these values.
   *
   * @return a new builder
   */
  default Builder toBuilder() {
    Builder b = new Builder();
    b.sack = sack();
    b.timestamps = timestamps();
    b.slowStartAfterIdle = slowStartAfterIdle();
    b.quickAcks = quickAcks();
    b.synRetries = synRetries();
    b.synAckRetries = synAckRetries();
    b.retries = retries();
    b.firstEphemeralPort = firstEphemeralPort();
    b.lastEphemeralPort = lastEphemeralPort();
    b.leastPathMtu = leastPathMtu();
    b.blackHoleMtu = blackHoleMtu();
    b.hopLimit = hopLimit();
    b.ecn = ecn();
    b.accurateEcn = accurateEcn();
    b.timeWaitReuse = timeWaitReuse();
    b.rfc1337 = rfc1337();
    return b;
  }

  /** Collects values; each method sets the component of its name. */
  final class Builder {
    private boolean sack = true;
    private boolean timestamps = true;
    private boolean slowStartAfterIdle = true;
    private int quickAcks = 16;
    private int synRetries = 6;
    private int synAckRetries = 5;
    private int retries = 15;
    private int firstEphemeralPort = 32_768;
    private int lastEphemeralPort = 60_999;
    private int leastPathMtu = 552;
    private int blackHoleMtu = 1280;
    private int hopLimit = 64;
    private EcnMode ecn = EcnMode.ACCEPT;
    private AccurateEcnRules accurateEcn = AccurateEcnRules.DEFAULT;
    private boolean timeWaitReuse = true;
    private boolean rfc1337;

    private Builder() {}

    /**
     * Offers and accepts selective acknowledgements. Default: yes.
     *
     * @param on {@code false}: neither
     * @return this builder
     */
    public Builder sack(boolean on) {
      sack = on;
      return this;
    }

    /**
     * Offers and accepts timestamps. Default: yes.
     *
     * @param on {@code false}: neither
     * @return this builder
     */
    public Builder timestamps(boolean on) {
      timestamps = on;
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
     * Sets how many segments at the start are acknowledged at once. Default: 16.
     *
     * @param count 0 or more
     * @return this builder
     */
    public Builder quickAcks(int count) {
      quickAcks = count;
      return this;
    }

    /**
     * Sets how often a SYN is sent again. Default: 6.
     *
     * @param count 0 to 30
     * @return this builder
     */
    public Builder synRetries(int count) {
      synRetries = count;
      return this;
    }

    /**
     * Sets how often a SYN/ACK is sent again. Default: 5.
     *
     * @param count 0 to 30
     * @return this builder
     */
    public Builder synAckRetries(int count) {
      synAckRetries = count;
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
     * Sets what is tried when larger packets vanish without a word. Default: 1280, which every path
     * of IPv6 carries.
     *
     * @param bytes 1280 or more, or {@link #NO_BLACK_HOLES}
     * @return this builder
     */
    public Builder blackHoleMtu(int bytes) {
      blackHoleMtu = bytes;
      return this;
    }

    /**
     * Sets TTL and hop limit. Default: 64.
     *
     * @param hops 1 to 255
     * @return this builder
     */
    public Builder hopLimit(int hops) {
      hopLimit = hops;
      return this;
    }

    /**
     * Chooses what is asked for and granted about congestion marks. Default: RFC 3168 is granted.
     *
     * @param mode the mode
     * @return this builder
     */
    public Builder ecn(EcnMode mode) {
      ecn = mode;
      return this;
    }

    /**
     * Chooses how Accurate ECN works where it is agreed on. Default: as RFC 9768 recommends.
     *
     * @param rules the rules
     * @return this builder
     */
    public Builder accurateEcn(AccurateEcnRules rules) {
      accurateEcn = rules;
      return this;
    }

    /**
     * Chooses whether a new connection may end a TIME-WAIT. Default: yes; Linux does it by itself
     * only on the loopback.
     *
     * @param reuse {@code false}: addresses and ports are free when TIME-WAIT is over
     * @return this builder
     */
    public Builder timeWaitReuse(boolean reuse) {
      timeWaitReuse = reuse;
      return this;
    }

    /**
     * Chooses whether a RST leaves TIME-WAIT as it is. Default: no.
     *
     * @param ignored {@code true}: it does
     * @return this builder
     */
    public Builder rfc1337(boolean ignored) {
      rfc1337 = ignored;
      return this;
    }

    /**
     * Checks and returns the values.
     *
     * @return what was collected
     * @throws IllegalArgumentException when a value is out of range; the message names it
     */
    public TcpOptions build() {
      return new TcpOptionValues(
          sack,
          timestamps,
          slowStartAfterIdle,
          quickAcks,
          synRetries,
          synAckRetries,
          retries,
          firstEphemeralPort,
          lastEphemeralPort,
          leastPathMtu,
          blackHoleMtu,
          hopLimit,
          ecn,
          accurateEcn,
          timeWaitReuse,
          rfc1337);
    }
  }
}
