package org.mptcp4j.tcp;

/**
 * Limits and timers of TCP, immutable. The defaults are those of the RFCs, or of Linux where the
 * RFCs leave a choice.
 *
 * @param mss largest payload of a wire segment without options that the link carries and that we
 *     announce: link MTU less 40 for IPv4, less 60 for IPv6
 * @param windowScale shift count for the windows we advertise, 0 to 14, or -1 not to offer scaling
 * @param sack offer and accept selective acknowledgements (RFC 2018)
 * @param timestamps offer and accept timestamps (RFC 7323)
 * @param pacing spread segments over the round trip
 * @param slowStartAfterIdle shrink the congestion window when nothing was sent for longer than a
 *     retransmission timeout (RFC 5681 section 4.1)
 * @param delayedAckNs longest delay of an acknowledgement; 0 acknowledges at once
 * @param quickAcks number of segments at the start that are acknowledged at once
 * @param initialRtoNs retransmission timeout before the first measurement (RFC 6298: 1 s)
 * @param minRtoNs least allowance for variation in the retransmission timeout (Linux: 200 ms)
 * @param maxRtoNs upper limit of the retransmission timeout
 * @param synRetries how often a SYN is sent again before the peer is given up
 * @param synAckRetries how often a SYN/ACK is sent again
 * @param giveUpNs how long data may stay unacknowledged without any answer (R2 of RFC 9293)
 * @param timeWaitNs how long TIME-WAIT lasts
 * @param maxOutOfOrderPieces how many separate pieces are held beyond a hole
 * @param challengeAcksPerSecond limit of RFC 5961 section 7, for each connection
 * @param hopLimit TTL or hop limit of emitted packets
 * @param pathMtu limits of path MTU discovery
 */
public record TcpConfig(
    int mss,
    int windowScale,
    boolean sack,
    boolean timestamps,
    boolean pacing,
    boolean slowStartAfterIdle,
    long delayedAckNs,
    int quickAcks,
    long initialRtoNs,
    long minRtoNs,
    long maxRtoNs,
    int synRetries,
    int synAckRetries,
    long giveUpNs,
    long timeWaitNs,
    int maxOutOfOrderPieces,
    int challengeAcksPerSecond,
    int hopLimit,
    PathMtuLimits pathMtu) {

  /** Checks every range; throws {@link IllegalArgumentException} that says what is allowed. */
  public TcpConfig {
    // RFC 9293 section 3.7.1: nobody may announce less than is needed to carry options and data.
    check(mss >= 64 && mss <= 65_495, "mss must be 64 to 65495 bytes, not " + mss);
    check(windowScale >= -1 && windowScale <= 14, "windowScale must be -1 to 14");
    check(delayedAckNs >= 0 && delayedAckNs < 500_000_000L, "delayedAckNs must be under 500 ms");
    check(initialRtoNs > 0 && minRtoNs > 0, "timeouts must be positive");
    check(maxRtoNs >= minRtoNs && maxRtoNs >= initialRtoNs, "maxRtoNs must be the largest timeout");
    check(synRetries >= 0 && synRetries <= 30, "synRetries must be 0 to 30");
    check(synAckRetries >= 0 && synAckRetries <= 30, "synAckRetries must be 0 to 30");
    check(giveUpNs > 0 && timeWaitNs >= 0, "giveUpNs must be positive, timeWaitNs not negative");
    check(maxOutOfOrderPieces >= 1, "maxOutOfOrderPieces must be at least 1");
    check(challengeAcksPerSecond >= 0, "challengeAcksPerSecond must not be negative");
    check(quickAcks >= 0, "quickAcks must not be negative");
    check(hopLimit >= 1 && hopLimit <= 255, "hopLimit must be 1 to 255");
    check(pathMtu != null, "pathMtu must not be null");
  }

  private static void check(boolean ok, String message) {
    if (!ok) {
      throw new IllegalArgumentException(message);
    }
  }

  /** The defaults, for a link of MTU 1500 and IPv4. */
  public static TcpConfig defaults() {
    return builder().build();
  }

  /** A builder that starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts from these values. */
  public Builder toBuilder() {
    Builder b = new Builder();
    b.mss = mss;
    b.windowScale = windowScale;
    b.sack = sack;
    b.timestamps = timestamps;
    b.pacing = pacing;
    b.slowStartAfterIdle = slowStartAfterIdle;
    b.delayedAckNs = delayedAckNs;
    b.quickAcks = quickAcks;
    b.initialRtoNs = initialRtoNs;
    b.minRtoNs = minRtoNs;
    b.maxRtoNs = maxRtoNs;
    b.synRetries = synRetries;
    b.synAckRetries = synAckRetries;
    b.giveUpNs = giveUpNs;
    b.timeWaitNs = timeWaitNs;
    b.maxOutOfOrderPieces = maxOutOfOrderPieces;
    b.challengeAcksPerSecond = challengeAcksPerSecond;
    b.hopLimit = hopLimit;
    b.pathMtu = pathMtu;
    return b;
  }

  /** The same limits for a link or address family with another segment size. */
  public TcpConfig withMss(int newMss) {
    return newMss == mss ? this : toBuilder().mss(newMss).build();
  }

  /** Collects values for a {@link TcpConfig}; each method sets the component of its name. */
  public static final class Builder {
    private int mss = 1460;
    private int windowScale = 9;
    private boolean sack = true;
    private boolean timestamps = true;
    private boolean pacing;
    private boolean slowStartAfterIdle = true;
    private long delayedAckNs = 40_000_000L;
    private int quickAcks = 16;
    private long initialRtoNs = 1_000_000_000L;
    private long minRtoNs = 200_000_000L;
    private long maxRtoNs = 120_000_000_000L;
    private int synRetries = 6;
    private int synAckRetries = 5;
    private long giveUpNs = 924_600_000_000L;
    private long timeWaitNs = 60_000_000_000L;
    private int maxOutOfOrderPieces = 16_384;
    private int challengeAcksPerSecond = 10;
    private int hopLimit = 64;
    private PathMtuLimits pathMtu = PathMtuLimits.DEFAULT;

    private Builder() {}

    /** Sets {@link TcpConfig#mss()}. */
    public Builder mss(int value) {
      mss = value;
      return this;
    }

    /** Sets {@link TcpConfig#windowScale()}. */
    public Builder windowScale(int value) {
      windowScale = value;
      return this;
    }

    /** Sets {@link TcpConfig#sack()}. */
    public Builder sack(boolean value) {
      sack = value;
      return this;
    }

    /** Sets {@link TcpConfig#timestamps()}. */
    public Builder timestamps(boolean value) {
      timestamps = value;
      return this;
    }

    /** Sets {@link TcpConfig#pacing()}. */
    public Builder pacing(boolean value) {
      pacing = value;
      return this;
    }

    /** Sets {@link TcpConfig#slowStartAfterIdle()}. */
    public Builder slowStartAfterIdle(boolean value) {
      slowStartAfterIdle = value;
      return this;
    }

    /** Sets {@link TcpConfig#delayedAckNs()}. */
    public Builder delayedAckNs(long value) {
      delayedAckNs = value;
      return this;
    }

    /** Sets {@link TcpConfig#quickAcks()}. */
    public Builder quickAcks(int value) {
      quickAcks = value;
      return this;
    }

    /** Sets {@link TcpConfig#initialRtoNs()}. */
    public Builder initialRtoNs(long value) {
      initialRtoNs = value;
      return this;
    }

    /** Sets {@link TcpConfig#minRtoNs()}. */
    public Builder minRtoNs(long value) {
      minRtoNs = value;
      return this;
    }

    /** Sets {@link TcpConfig#maxRtoNs()}. */
    public Builder maxRtoNs(long value) {
      maxRtoNs = value;
      return this;
    }

    /** Sets {@link TcpConfig#synRetries()}. */
    public Builder synRetries(int value) {
      synRetries = value;
      return this;
    }

    /** Sets {@link TcpConfig#synAckRetries()}. */
    public Builder synAckRetries(int value) {
      synAckRetries = value;
      return this;
    }

    /** Sets {@link TcpConfig#giveUpNs()}. */
    public Builder giveUpNs(long value) {
      giveUpNs = value;
      return this;
    }

    /** Sets {@link TcpConfig#timeWaitNs()}. */
    public Builder timeWaitNs(long value) {
      timeWaitNs = value;
      return this;
    }

    /** Sets {@link TcpConfig#maxOutOfOrderPieces()}. */
    public Builder maxOutOfOrderPieces(int value) {
      maxOutOfOrderPieces = value;
      return this;
    }

    /** Sets {@link TcpConfig#challengeAcksPerSecond()}. */
    public Builder challengeAcksPerSecond(int value) {
      challengeAcksPerSecond = value;
      return this;
    }

    /** Sets {@link TcpConfig#hopLimit()}. */
    public Builder hopLimit(int value) {
      hopLimit = value;
      return this;
    }

    /** Sets {@link TcpConfig#pathMtu()}. */
    public Builder pathMtu(PathMtuLimits value) {
      pathMtu = value;
      return this;
    }

    /** The immutable result; throws {@link IllegalArgumentException} for a value out of range. */
    public TcpConfig build() {
      return new TcpConfig(
          mss,
          windowScale,
          sack,
          timestamps,
          pacing,
          slowStartAfterIdle,
          delayedAckNs,
          quickAcks,
          initialRtoNs,
          minRtoNs,
          maxRtoNs,
          synRetries,
          synAckRetries,
          giveUpNs,
          timeWaitNs,
          maxOutOfOrderPieces,
          challengeAcksPerSecond,
          hopLimit,
          pathMtu);
    }
  }
}
