package org.mptcp4j.netty;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.MessageSizeEstimator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannelConfig;
import java.net.InetSocketAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.SocketOptions;

/**
 * The options of a {@link MptcpChannel}: those of every channel, {@code ALLOW_HALF_CLOSURE}, {@code
 * SO_LINGER}, {@code TCP_NODELAY} (default true, as Netty's own transports), {@code SO_SNDBUF},
 * {@code SO_RCVBUF}, {@code SO_KEEPALIVE}, {@code IP_TOS}, and {@code TCP_KEEPIDLE}, {@code
 * TCP_KEEPINTVL}, {@code TCP_KEEPCNT}, {@code TCP_USER_TIMEOUT}, {@code TCP_CORK}, {@code
 * TCP_NOTSENT_LOWAT} and {@code TCP_QUICKACK} of {@code EpollChannelOption}, {@code
 * CONGESTION_CONTROL} and {@code SCHEDULER} of {@link MptcpChannelOption}, which can be changed at
 * any time; and {@code TCP_FASTOPEN_CONNECT} and the others of {@link MptcpChannelOption}, which
 * are fixed when the connection is opened. {@code WRITE_SPIN_COUNT} means nothing here: a write
 * goes into the send buffer as far as that has room.
 *
 * <p>Every other option of Netty's transports is accepted and has no effect: a program that sets it
 * works as it is. The getters say what holds, not what was set. The log names once, for the life of
 * the process, each option that a program may rely on.
 */
public final class MptcpChannelConfig extends DefaultChannelConfig implements SocketChannelConfig {
  private static final int NO_LINGER = -1;

  private final MptcpChannel owner;
  private final OpenOptions open;
  private volatile boolean allowHalfClosure;
  private volatile int soLinger = NO_LINGER;
  private volatile boolean boundsReads; // an allocator for reading was chosen

  MptcpChannelConfig(MptcpChannel channel, OpenOptions open) {
    super(channel);
    this.owner = channel;
    this.open = open;
  }

  /** See {@link OpenOptions#opensFast}. */
  boolean opensFast() {
    return open.opensFast();
  }

  /** See {@link OpenOptions#forConnecting}. */
  SocketOptions forConnecting(@Nullable InetSocketAddress localAddress) {
    return open.forConnecting(localAddress);
  }

  /** See {@link OpenOptions#opened}. */
  void opened(StackLoop at, MptcpSocket socket) {
    open.opened(at, socket);
  }

  @Override
  public Map<ChannelOption<?>, Object> getOptions() {
    return getOptions(
        getOptions(super.getOptions(), OpenOptions.SUPPORTED),
        ChannelOption.ALLOW_HALF_CLOSURE,
        ChannelOption.SO_LINGER,
        ChannelOption.SO_REUSEADDR);
  }

  @Override
  @SuppressWarnings("unchecked")
  public <T> @Nullable T getOption(ChannelOption<T> option) {
    return (T) get(IgnoredOptions.known(option));
  }

  private @Nullable Object get(ChannelOption<?> option) {
    if (OpenOptions.supports(option)) {
      return open.get(option);
    }
    if (option == ChannelOption.ALLOW_HALF_CLOSURE) {
      return isAllowHalfClosure();
    }
    if (option == ChannelOption.SO_LINGER) {
      return getSoLinger();
    }
    if (option == ChannelOption.SO_REUSEADDR) {
      return isReuseAddress();
    }
    return super.getOption(option);
  }

  /**
   * Sets an option, at any time.
   *
   * @return true, because an option that has no effect is accepted, too
   * @throws IllegalArgumentException when the value is out of range
   */
  @Override
  public <T> boolean setOption(ChannelOption<T> option, T value) {
    validate(option, value);
    ChannelOption<?> known = IgnoredOptions.known(option);
    if (OpenOptions.supports(known)) {
      open.set(known, value);
    } else if (known == ChannelOption.ALLOW_HALF_CLOSURE) {
      setAllowHalfClosure((Boolean) value);
    } else if (known == ChannelOption.SO_LINGER) {
      setSoLinger((Integer) value);
    } else if (!super.setOption(option, value)) {
      IgnoredOptions.PROCESS.unsupported(known);
    }
    return true;
  }

  @Override
  public boolean isTcpNoDelay() {
    return open.require(ChannelOption.TCP_NODELAY);
  }

  /** Switches Nagle's algorithm off or on; what it has held back leaves when it is off. */
  @Override
  public MptcpChannelConfig setTcpNoDelay(boolean tcpNoDelay) {
    open.set(ChannelOption.TCP_NODELAY, tcpNoDelay);
    return this;
  }

  /**
   * The size of the send buffer.
   *
   * @return the bytes that were set, or those that a buffer begins with which follows the
   *     connection; {@link MptcpChannel#connectionInfo()} has its size at the moment
   */
  @Override
  public int getSendBufferSize() {
    return open.require(ChannelOption.SO_SNDBUF);
  }

  /**
   * Fixes the size of the send buffer, which does not follow the connection any more.
   *
   * @param sendBufferSize bytes, of which the nearest possible size is taken; 0 for a buffer that
   *     follows the connection
   * @return this
   * @throws IllegalArgumentException when it is negative
   */
  @Override
  public MptcpChannelConfig setSendBufferSize(int sendBufferSize) {
    open.set(ChannelOption.SO_SNDBUF, sendBufferSize);
    return this;
  }

  /**
   * The size of the receive buffer.
   *
   * @return as {@link #getSendBufferSize()}
   */
  @Override
  public int getReceiveBufferSize() {
    return open.require(ChannelOption.SO_RCVBUF);
  }

  /**
   * Fixes the size of the receive buffer, which does not follow the connection any more. A window
   * that the peer was offered is not taken back.
   *
   * @param receiveBufferSize as in {@link #setSendBufferSize}
   * @return this
   * @throws IllegalArgumentException when it is negative
   */
  @Override
  public MptcpChannelConfig setReceiveBufferSize(int receiveBufferSize) {
    open.set(ChannelOption.SO_RCVBUF, receiveBufferSize);
    return this;
  }

  /**
   * What {@code close()} does with bytes that are not delivered yet.
   *
   * @return negative (default): they are delivered; 0: the connection is aborted; otherwise the
   *     seconds after which it is
   */
  @Override
  public int getSoLinger() {
    return soLinger;
  }

  /**
   * Chooses what {@code close()} does with bytes that are not delivered yet.
   *
   * @param seconds as {@link #getSoLinger()}
   * @return this
   */
  @Override
  public MptcpChannelConfig setSoLinger(int seconds) {
    soLinger = Math.max(NO_LINGER, seconds);
    return this;
  }

  @Override
  public boolean isKeepAlive() {
    return open.require(ChannelOption.SO_KEEPALIVE);
  }

  /** Switches keep-alive on or off; its times are those options of epoll that name them. */
  @Override
  public MptcpChannelConfig setKeepAlive(boolean keepAlive) {
    open.set(ChannelOption.SO_KEEPALIVE, keepAlive);
    return this;
  }

  /** Traffic class of packets; what its two low bits say is the business of ECN. */
  @Override
  public int getTrafficClass() {
    return open.require(ChannelOption.IP_TOS);
  }

  /**
   * Sets the traffic class of packets, of every subflow.
   *
   * @param trafficClass 0 to 255
   * @return this
   * @throws IllegalArgumentException when it is out of range
   */
  @Override
  public MptcpChannelConfig setTrafficClass(int trafficClass) {
    open.set(ChannelOption.IP_TOS, trafficClass);
    return this;
  }

  /** False, which is the default of client sockets. */
  @Override
  public boolean isReuseAddress() {
    return false;
  }

  /** Has no effect. */
  @Override
  public MptcpChannelConfig setReuseAddress(boolean reuseAddress) {
    return this;
  }

  /** Has no effect. */
  @Override
  public MptcpChannelConfig setPerformancePreferences(
      int connectionTime, int latency, int bandwidth) {
    return this;
  }

  @Override
  public boolean isAllowHalfClosure() {
    return allowHalfClosure;
  }

  @Override
  public MptcpChannelConfig setAllowHalfClosure(boolean allow) {
    allowHalfClosure = allow;
    return this;
  }

  @Override
  protected void autoReadCleared() {
    owner.clearReadPending();
  }

  @Override
  @Deprecated
  public MptcpChannelConfig setMaxMessagesPerRead(int maxMessagesPerRead) {
    super.setMaxMessagesPerRead(maxMessagesPerRead);
    return this;
  }

  @Override
  public MptcpChannelConfig setConnectTimeoutMillis(int connectTimeoutMillis) {
    super.setConnectTimeoutMillis(connectTimeoutMillis);
    return this;
  }

  @Override
  public MptcpChannelConfig setWriteSpinCount(int writeSpinCount) {
    super.setWriteSpinCount(writeSpinCount);
    return this;
  }

  @Override
  public MptcpChannelConfig setAllocator(ByteBufAllocator allocator) {
    super.setAllocator(allocator);
    return this;
  }

  /** From then on a read gives no more bytes at a time than this allocator wants to read. */
  @Override
  public MptcpChannelConfig setRecvByteBufAllocator(RecvByteBufAllocator allocator) {
    super.setRecvByteBufAllocator(allocator);
    boundsReads = true;
    return this;
  }

  /** Bytes of a read at most: what is there, unless somebody chose an allocator. */
  int most(RecvByteBufAllocator.ExtendedHandle reads) {
    return boundsReads ? Math.max(1, reads.guess()) : Integer.MAX_VALUE;
  }

  @Override
  public MptcpChannelConfig setAutoRead(boolean autoRead) {
    super.setAutoRead(autoRead);
    return this;
  }

  @Override
  public MptcpChannelConfig setAutoClose(boolean autoClose) {
    super.setAutoClose(autoClose);
    return this;
  }

  @Override
  public MptcpChannelConfig setMessageSizeEstimator(MessageSizeEstimator estimator) {
    super.setMessageSizeEstimator(estimator);
    return this;
  }

  @Override
  public MptcpChannelConfig setWriteBufferWaterMark(WriteBufferWaterMark writeBufferWaterMark) {
    super.setWriteBufferWaterMark(writeBufferWaterMark);
    return this;
  }
}
