package org.mptcp4j.api;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * What can be chosen for one socket when it is opened; for a server socket, what the accepted
 * sockets get.
 *
 * <pre>{@code
 * SocketOptions options = SocketOptions.builder().noDelay(true).congestionControl("reno").build();
 * }</pre>
 *
 * @param mptcp whether to offer or accept MPTCP
 * @param noDelay {@code true} switches Nagle's algorithm off (RFC 1122 section 4.2.3.4)
 * @param pacing {@code true} spreads what the congestion window admits over the round trip, instead
 *     of sending it in bursts
 * @param sendBufferBytes written and not yet acknowledged bytes at which {@link MptcpSocket#write}
 *     answers false; {@link #AUTO_BUFFER_BYTES} for a buffer that grows with the connection
 * @param receiveBufferBytes received and not yet read bytes that the data-level window allows;
 *     {@link #AUTO_BUFFER_BYTES} for a buffer that grows with the connection
 * @param congestionControl name of the algorithm of every subflow, for example {@code "cubic"}
 * @param connectTimeout how long {@code connect} goes on before {@link SocketError#ETIMEDOUT}
 * @param localAddress where a connection starts from; port 0 means any. Empty: the route decides
 */
public record SocketOptions(
    MptcpMode mptcp,
    boolean noDelay,
    boolean pacing,
    int sendBufferBytes,
    int receiveBufferBytes,
    String congestionControl,
    Duration connectTimeout,
    Optional<InetSocketAddress> localAddress) {

  /** The smallest buffer that can be asked for, in bytes. */
  public static final int MIN_BUFFER_BYTES = 4096;

  /**
   * Instead of a size: the buffer is tuned automatically, within {@link StackConfig#sendBuffer()}
   * or {@link StackConfig#receiveBuffer()}.
   */
  public static final int AUTO_BUFFER_BYTES = 0;

  /** Checks the values. */
  public SocketOptions {
    Objects.requireNonNull(mptcp, "mptcp");
    Objects.requireNonNull(congestionControl, "congestionControl");
    Objects.requireNonNull(localAddress, "localAddress");
    if (sendBufferBytes != AUTO_BUFFER_BYTES) {
      Checks.atLeast("sendBufferBytes", sendBufferBytes, MIN_BUFFER_BYTES);
    }
    if (receiveBufferBytes != AUTO_BUFFER_BYTES) {
      Checks.atLeast("receiveBufferBytes", receiveBufferBytes, MIN_BUFFER_BYTES);
    }
    Checks.positive("connectTimeout", connectTimeout);
  }

  /**
   * A builder with the defaults: MPTCP, Nagle's algorithm on, no pacing, buffers tuned
   * automatically, cubic, 2 minutes to connect, any local address.
   *
   * @return a new builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * The defaults.
   *
   * @return options as {@code builder().build()} gives them
   */
  public static SocketOptions defaults() {
    return builder().build();
  }

  /**
   * A builder that starts with these options.
   *
   * @return a new builder
   */
  public Builder toBuilder() {
    Builder b = new Builder();
    b.mptcp = mptcp;
    b.noDelay = noDelay;
    b.pacing = pacing;
    b.sendBufferBytes = sendBufferBytes;
    b.receiveBufferBytes = receiveBufferBytes;
    b.congestionControl = congestionControl;
    b.connectTimeout = connectTimeout;
    b.localAddress = localAddress;
    return b;
  }

  /** Collects socket options. */
  public static final class Builder {
    private MptcpMode mptcp = MptcpMode.ENABLED;
    private boolean noDelay;
    private boolean pacing;
    private int sendBufferBytes = AUTO_BUFFER_BYTES;
    private int receiveBufferBytes = AUTO_BUFFER_BYTES;
    private String congestionControl = "cubic";
    private Duration connectTimeout = Duration.ofMinutes(2);
    private Optional<InetSocketAddress> localAddress = Optional.empty();

    private Builder() {}

    /**
     * Chooses between MPTCP and plain TCP.
     *
     * @param mode the mode
     * @return this builder
     */
    public Builder mptcp(MptcpMode mode) {
      mptcp = mode;
      return this;
    }

    /**
     * Switches Nagle's algorithm off or on.
     *
     * @param on {@code true}: small segments are sent at once
     * @return this builder
     */
    public Builder noDelay(boolean on) {
      noDelay = on;
      return this;
    }

    /**
     * Switches pacing on or off. It loses less where queues are short, and costs super-segments of
     * full size: each carries about a millisecond of data, or two segments.
     *
     * @param on {@code true}: segments leave at the pace of the congestion window
     * @return this builder
     */
    public Builder pacing(boolean on) {
      pacing = on;
      return this;
    }

    /**
     * Fixes the size of the send buffer, which is then not tuned.
     *
     * @param bytes at least {@link #MIN_BUFFER_BYTES}, or {@link #AUTO_BUFFER_BYTES}
     * @return this builder
     */
    public Builder sendBufferBytes(int bytes) {
      sendBufferBytes = bytes;
      return this;
    }

    /**
     * Fixes the size of the receive buffer, which is then not tuned.
     *
     * @param bytes at least {@link #MIN_BUFFER_BYTES}, or {@link #AUTO_BUFFER_BYTES}
     * @return this builder
     */
    public Builder receiveBufferBytes(int bytes) {
      receiveBufferBytes = bytes;
      return this;
    }

    /**
     * Chooses the congestion control algorithm.
     *
     * @param name {@code "cubic"} or {@code "reno"}
     * @return this builder
     */
    public Builder congestionControl(String name) {
      congestionControl = name;
      return this;
    }

    /**
     * Sets how long a connection attempt may take.
     *
     * @param timeout more than zero
     * @return this builder
     */
    public Builder connectTimeout(Duration timeout) {
      connectTimeout = timeout;
      return this;
    }

    /**
     * Chooses the local address of a connection. Has no effect on a server socket.
     *
     * @param address one of the stack's addresses; port 0 means any
     * @return this builder
     */
    public Builder localAddress(InetSocketAddress address) {
      localAddress = Optional.of(address);
      return this;
    }

    /**
     * Checks and returns the options.
     *
     * @return the options
     * @throws IllegalArgumentException when a value is out of range; the message names it
     */
    public SocketOptions build() {
      return new SocketOptions(
          mptcp,
          noDelay,
          pacing,
          sendBufferBytes,
          receiveBufferBytes,
          congestionControl,
          connectTimeout,
          localAddress);
    }
  }
}
