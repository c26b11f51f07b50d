package org.mptcp4j.api;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.mptcp4j.cc.CongestionControlFactory;
import org.mptcp4j.cc.CongestionControls;
import org.mptcp4j.pm.PathManager;
import org.mptcp4j.pm.PathManagers;
import org.mptcp4j.sched.Scheduler;
import org.mptcp4j.sched.Schedulers;

/**
 * What can be chosen for one socket when it is opened, as by {@code setsockopt}; for a server
 * socket, what the accepted sockets get. What holds for a whole stack is in {@link StackConfig}.
 *
 * <pre>{@code
 * SocketOptions options = SocketOptions.builder().noDelay(true).congestionControl("reno").build();
 * }</pre>
 */
public sealed interface SocketOptions permits SocketOptionValues {

  /** The smallest buffer that can be asked for, in bytes. */
  int MIN_BUFFER_BYTES = 4096;

  /**
   * Instead of a size: the buffer is tuned automatically, within {@link Buffers#send()} or {@link
   * Buffers#receive()}.
   */
  int AUTO_BUFFER_BYTES = 0;

  /** Whether to offer or accept MPTCP. */
  MptcpMode mptcp();

  /** {@code true} switches Nagle's algorithm off (RFC 1122 section 4.2.3.4). */
  boolean noDelay();

  /**
   * {@code true} spreads what the congestion window admits over the round trip, instead of sending
   * it in bursts.
   */
  boolean pacing();

  /**
   * Written and not yet acknowledged bytes at which {@link MptcpSocket#write} answers false; {@link
   * #AUTO_BUFFER_BYTES} for a buffer that grows with the connection.
   */
  int sendBufferBytes();

  /**
   * Received and not yet read bytes that the data-level window allows; {@link #AUTO_BUFFER_BYTES}
   * for a buffer that grows with the connection.
   */
  int receiveBufferBytes();

  /** Makes the congestion control of every subflow; empty: that of the stack. */
  Optional<CongestionControlFactory> congestionControl();

  /** Decides which subflow carries what; empty: that of the stack. */
  Optional<Scheduler> scheduler();

  /** Makes the path manager of an MPTCP connection; empty: as the stack has it. */
  Optional<Supplier<PathManager>> pathManager();

  /** How long {@code connect} goes on before {@link SocketError#ETIMEDOUT}. */
  long connectTimeoutNs();

  /** {@code true} probes a peer that is silent for long (RFC 1122 section 4.2.3.6). */
  boolean keepAlive();

  /** When it is probed, and given up, once that is on. */
  KeepAlive keepAliveTimes();

  /**
   * How long bytes may stay unacknowledged, or wait for a window that the peer keeps closed, before
   * a subflow is given up (RFC 9293 section 3.8.3, {@code TCP_USER_TIMEOUT}); zero leaves that to
   * {@link TcpOptions#retries()}.
   */
  long userTimeoutNs();

  /** What else can be chosen for its TCP. */
  TcpSocketOptions tcp();

  /** Where a connection starts from; port 0 means any. Empty: the route decides. */
  Optional<InetSocketAddress> localAddress();

  /**
   * A builder with the defaults: MPTCP, Nagle's algorithm on, no pacing, buffers tuned
   * automatically, the congestion control and scheduler of the stack, 2 minutes to connect, no
   * keep-alive, no user timeout, any local address.
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
  static SocketOptions defaults() {
    return builder().build();
  }

  /**
   * A builder that starts with these options.
   *
   * @return a new builder
   */
  default Builder toBuilder() {
    Builder b = new Builder();
    b.mptcp = mptcp();
    b.noDelay = noDelay();
    b.pacing = pacing();
    b.sendBufferBytes = sendBufferBytes();
    b.receiveBufferBytes = receiveBufferBytes();
    b.congestionControl = congestionControl();
    b.scheduler = scheduler();
    b.pathManager = pathManager();
    b.connectTimeoutNs = connectTimeoutNs();
    b.keepAlive = keepAlive();
    b.keepAliveTimes = keepAliveTimes();
    b.userTimeoutNs = userTimeoutNs();
    b.tcp = tcp();
    b.localAddress = localAddress();
    return b;
  }

  /** Collects socket options. */
  final class Builder {
    private MptcpMode mptcp = MptcpMode.ENABLED;
    private boolean noDelay;
    private boolean pacing;
    private int sendBufferBytes = AUTO_BUFFER_BYTES;
    private int receiveBufferBytes = AUTO_BUFFER_BYTES;
    private Optional<CongestionControlFactory> congestionControl = Optional.empty();
    private Optional<Scheduler> scheduler = Optional.empty();
    private Optional<Supplier<PathManager>> pathManager = Optional.empty();
    private long connectTimeoutNs = 120_000_000_000L;
    private boolean keepAlive;
    private KeepAlive keepAliveTimes = KeepAlive.defaults();
    private long userTimeoutNs;
    private TcpSocketOptions tcp = TcpSocketOptions.defaults();
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
     * Chooses the congestion control.
     *
     * @param chosen makes that of each subflow
     * @return this builder
     */
    public Builder congestionControl(CongestionControlFactory chosen) {
      congestionControl = Optional.of(chosen);
      return this;
    }

    /**
     * Chooses the congestion control by name.
     *
     * @param name for example {@code "lia"}: one of {@link CongestionControls#names()}
     * @return this builder
     * @throws IllegalArgumentException when there is none of that name; the message lists those
     *     there are
     */
    public Builder congestionControl(String name) {
      return congestionControl(CongestionControls.byName(name));
    }

    /**
     * Chooses the packet scheduler.
     *
     * @param chosen decides which subflow carries what
     * @return this builder
     */
    public Builder scheduler(Scheduler chosen) {
      scheduler = Optional.of(chosen);
      return this;
    }

    /**
     * Chooses the packet scheduler by name.
     *
     * @param name for example {@code "redundant"}: one of {@link Schedulers#names()}
     * @return this builder
     * @throws IllegalArgumentException when there is none of that name; the message lists those
     *     there are
     */
    public Builder scheduler(String name) {
      return scheduler(Schedulers.byName(name));
    }

    /**
     * Chooses the path manager by its name, instead of the stack's.
     *
     * @param name one of {@link PathManagers#names()}, for example {@code "application"}
     * @return this builder
     * @throws IllegalArgumentException when there is none of that name; the message lists those
     *     there are
     */
    public Builder pathManager(String name) {
      return pathManager(PathManagers.byName(name));
    }

    /**
     * Chooses the path manager, instead of the stack's.
     *
     * @param factory makes one for each connection
     * @return this builder
     */
    public Builder pathManager(Supplier<PathManager> factory) {
      pathManager = Optional.of(factory);
      return this;
    }

    /**
     * Sets how long a connection attempt may take.
     *
     * @param timeout more than zero
     * @return this builder
     */
    public Builder connectTimeout(Duration timeout) {
      connectTimeoutNs = Checks.ns("connectTimeout", timeout);
      return this;
    }

    /**
     * Switches keep-alive on or off. Each subflow is probed by itself, as on Linux: one whose peer
     * is silent ends, and the connection goes on with the others.
     *
     * @param on {@code true}: a peer that does not answer is found out
     * @return this builder
     */
    public Builder keepAlive(boolean on) {
      keepAlive = on;
      return this;
    }

    /**
     * Sets the times of keep-alive, which they do not switch on. Default: {@link
     * KeepAlive#defaults()}.
     *
     * @param times the times
     * @return this builder
     */
    public Builder keepAliveTimes(KeepAlive times) {
      keepAliveTimes = times;
      return this;
    }

    /**
     * Sets how long bytes may stay unacknowledged. It counts for each subflow by itself. With
     * keep-alive on it takes the place of {@link KeepAlive#count()}, as on Linux.
     *
     * @param timeout zero for the default, which follows {@link TcpOptions#retries()}
     * @return this builder
     */
    public Builder userTimeout(Duration timeout) {
      userTimeoutNs = Checks.ns("userTimeout", timeout);
      return this;
    }

    /**
     * Sets what else can be chosen for its TCP.
     *
     * @param all in place of what was set before
     * @return this builder
     */
    public Builder tcp(TcpSocketOptions all) {
      tcp = all;
      return this;
    }

    /**
     * Changes what else can be chosen for its TCP.
     *
     * @param change of what is set already
     * @return this builder
     * @throws IllegalArgumentException when a value is out of range; the message names it
     */
    public Builder tcp(Consumer<TcpSocketOptions.Builder> change) {
      TcpSocketOptions.Builder b = tcp.toBuilder();
      change.accept(b);
      return tcp(b.build());
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
      return new SocketOptionValues(
          mptcp,
          noDelay,
          pacing,
          sendBufferBytes,
          receiveBufferBytes,
          congestionControl,
          scheduler,
          pathManager,
          connectTimeoutNs,
          keepAlive,
          keepAliveTimes,
          userTimeoutNs,
          tcp,
          localAddress);
    }
  }
}
