package org.mptcp4j.api;

import java.time.Duration;

/**
 * What else can be chosen for the TCP of one socket, on each of its subflows. Those that say so can
 * be changed on an open socket ({@link MptcpSocket#setTcp}); the others count when it is opened.
 *
 * <pre>{@code
 * SocketOptions.builder().tcp(t -> t.trafficClass(0xb8).hopLimit(16)).build();
 * }</pre>
 */
public sealed interface TcpSocketOptions permits TcpSocketOptionValues {

  /** Instead of a time: bytes are delivered as long as that takes. */
  long NO_LINGER = -1;

  /** Instead of a number of bytes that are not sent: a bound that follows the rate. */
  int AUTO = 0;

  /**
   * The largest segment that is announced and sent, in bytes without options ({@code TCP_MAXSEG});
   * 0 for what the link allows.
   */
  int maxSegmentSize();

  /**
   * Traffic class or TOS of packets, whose two low bits are not used ({@code IP_TOS}, {@code
   * IPV6_TCLASS}); can be changed.
   */
  int trafficClass();

  /**
   * Hop limit or TTL of packets ({@code IP_TTL}, {@code IPV6_UNICAST_HOPS}); 0 for that of the
   * stack; can be changed.
   */
  int hopLimit();

  /**
   * What {@link MptcpSocket#close()} does with bytes that are not delivered ({@code SO_LINGER}):
   * {@link #NO_LINGER}, they are delivered; zero, they are lost and the peer is reset; else they
   * may take so long, and a reset follows; can be changed.
   */
  long lingerNs();

  /**
   * How long after its SYN an accepted connection waits for its first bytes before the application
   * hears of it ({@code TCP_DEFER_ACCEPT}); zero: not at all.
   */
  long deferAcceptNs();

  /**
   * Bytes written and not sent yet at which {@link MptcpSocket#write} answers false ({@code
   * TCP_NOTSENT_LOWAT}); {@link #AUTO} for a bound that follows the rate; can be changed.
   */
  int notSentLowatBytes();

  /**
   * Whether segments that are not full wait, for up to 200 ms or until {@link
   * MptcpSocket#setNoDelay} is called ({@code TCP_CORK}); can be changed.
   */
  boolean cork();

  /** Whether every segment is acknowledged at once ({@code TCP_QUICKACK}); can be changed. */
  boolean quickAck();

  /**
   * Whether a connection opens fast (RFC 7413, {@code TCP_FASTOPEN_CONNECT}): what is written in
   * the turn that connects leaves with the SYN, once the server has given a cookie on an earlier
   * connection.
   */
  boolean fastOpenConnect();

  /**
   * How many connections of a listener may be open by their SYN alone, with what it carries
   * delivered, before the third ACK comes ({@code TCP_FASTOPEN}); 0: none.
   */
  int fastOpenPending();

  /**
   * Whether fast open does without cookies ({@code TCP_FASTOPEN_NO_COOKIE}): for networks where
   * nobody can forge an address.
   */
  boolean fastOpenNoCookie();

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
   * @return options as {@code builder().build()} gives them
   */
  static TcpSocketOptions defaults() {
    return builder().build();
  }

  /**
   * A builder that starts with these options.
   *
   * @return a new builder
   */
  default Builder toBuilder() {
    Builder b = new Builder();
    b.maxSegmentSize = maxSegmentSize();
    b.trafficClass = trafficClass();
    b.hopLimit = hopLimit();
    b.lingerNs = lingerNs();
    b.deferAcceptNs = deferAcceptNs();
    b.notSentLowatBytes = notSentLowatBytes();
    b.cork = cork();
    b.quickAck = quickAck();
    b.fastOpenConnect = fastOpenConnect();
    b.fastOpenPending = fastOpenPending();
    b.fastOpenNoCookie = fastOpenNoCookie();
    return b;
  }

  /** Collects options; each method sets the component of its name and returns the builder. */
  final class Builder {
    private int maxSegmentSize;
    private int trafficClass;
    private int hopLimit;
    private long lingerNs = NO_LINGER;
    private long deferAcceptNs;
    private int notSentLowatBytes = AUTO;
    private boolean cork;
    private boolean quickAck;
    private boolean fastOpenConnect;
    private int fastOpenPending;
    private boolean fastOpenNoCookie;

    private Builder() {}

    /**
     * Sets {@link TcpSocketOptions#maxSegmentSize()}.
     *
     * @param bytes 88 to 32767, or 0
     * @return this builder
     */
    public Builder maxSegmentSize(int bytes) {
      maxSegmentSize = bytes;
      return this;
    }

    /**
     * Sets {@link TcpSocketOptions#trafficClass()}.
     *
     * @param bits 0 to 255
     * @return this builder
     */
    public Builder trafficClass(int bits) {
      trafficClass = bits;
      return this;
    }

    /**
     * Sets {@link TcpSocketOptions#hopLimit()}.
     *
     * @param hops 1 to 255, or 0
     * @return this builder
     */
    public Builder hopLimit(int hops) {
      hopLimit = hops;
      return this;
    }

    /**
     * Sets {@link TcpSocketOptions#lingerNs()}.
     *
     * @param time zero, or how long
     * @return this builder
     */
    public Builder linger(Duration time) {
      long ns = Checks.ns("linger", time);
      if (ns < 0) {
        throw new IllegalArgumentException(
            "linger must not be negative, but is " + time + "; noLinger() waits without an end");
      }
      lingerNs = ns;
      return this;
    }

    /**
     * Has bytes delivered after {@link MptcpSocket#close()} as long as that takes.
     *
     * @return this builder
     */
    public Builder noLinger() {
      lingerNs = NO_LINGER;
      return this;
    }

    /**
     * Sets {@link TcpSocketOptions#deferAcceptNs()}.
     *
     * @param time zero, or how long
     * @return this builder
     */
    public Builder deferAccept(Duration time) {
      deferAcceptNs = Checks.ns("deferAccept", time);
      return this;
    }

    /**
     * Sets {@link TcpSocketOptions#notSentLowatBytes()}.
     *
     * @param bytes a number, or {@link TcpSocketOptions#AUTO}
     * @return this builder
     */
    public Builder notSentLowatBytes(int bytes) {
      notSentLowatBytes = bytes;
      return this;
    }

    /**
     * Sets {@link TcpSocketOptions#cork()}.
     *
     * @param on whether segments wait to be full
     * @return this builder
     */
    public Builder cork(boolean on) {
      cork = on;
      return this;
    }

    /**
     * Sets {@link TcpSocketOptions#quickAck()}.
     *
     * @param on whether every segment is acknowledged at once
     * @return this builder
     */
    public Builder quickAck(boolean on) {
      quickAck = on;
      return this;
    }

    /**
     * Sets {@link TcpSocketOptions#fastOpenConnect()}. Data of a SYN may reach the application
     * twice, when a copy of the SYN comes after the connection is over: only for what does no harm
     * then.
     *
     * @param on whether what is written first leaves with the SYN
     * @return this builder
     */
    public Builder fastOpenConnect(boolean on) {
      fastOpenConnect = on;
      return this;
    }

    /**
     * Sets {@link TcpSocketOptions#fastOpenPending()}. Data of a SYN may come twice, when a copy of
     * the SYN comes after the connection is over: only for what does no harm then.
     *
     * @param count 0 to 65535
     * @return this builder
     */
    public Builder fastOpenPending(int count) {
      fastOpenPending = count;
      return this;
    }

    /**
     * Sets {@link TcpSocketOptions#fastOpenNoCookie()}.
     *
     * @param on whether there are none
     * @return this builder
     */
    public Builder fastOpenNoCookie(boolean on) {
      fastOpenNoCookie = on;
      return this;
    }

    /**
     * Checks and returns the options.
     *
     * @return the options
     * @throws IllegalArgumentException when a value is out of range; the message names it
     */
    public TcpSocketOptions build() {
      return new TcpSocketOptionValues(
          maxSegmentSize,
          trafficClass,
          hopLimit,
          lingerNs,
          deferAcceptNs,
          notSentLowatBytes,
          cork,
          quickAck,
          fastOpenConnect,
          fastOpenPending,
          fastOpenNoCookie);
    }
  }
}
