package org.mptcp4j.netty;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.MessageSizeEstimator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.ServerChannelRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.ServerSocketChannelConfig;
import io.netty.util.NetUtil;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.mptcp4j.api.SocketOptions;

/**
 * The options of a {@link MptcpServerChannel}: those of every channel; {@code SO_BACKLOG}, {@code
 * TCP_FASTOPEN} and {@code TCP_DEFER_ACCEPT}, which are fixed by {@code bind}; and those that the
 * accepted connections start with: what {@link MptcpChannelConfig} names, at any time but for what
 * it calls fixed, which is fixed by {@code bind}.
 *
 * <p>Every other option of Netty's transports is accepted and has no effect, as {@link
 * MptcpChannelConfig} says.
 */
public final class MptcpServerChannelConfig extends DefaultChannelConfig
    implements ServerSocketChannelConfig {
  private final MptcpServerChannel owner;
  private final OpenOptions open;
  private volatile int backlog = NetUtil.SOMAXCONN;

  MptcpServerChannelConfig(MptcpServerChannel channel, OpenOptions open) {
    super(channel, new ServerChannelRecvByteBufAllocator());
    this.owner = channel;
    this.open = open;
  }

  /** See {@link OpenOptions#forListening}. */
  SocketOptions forListening() {
    return open.forListening();
  }

  /** The options of a connection that was accepted. */
  OpenOptions ofAccepted() {
    return new OpenOptions(open);
  }

  @Override
  public Map<ChannelOption<?>, Object> getOptions() {
    return getOptions(
        getOptions(super.getOptions(), OpenOptions.SUPPORTED),
        ChannelOption.SO_BACKLOG,
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
    if (option == ChannelOption.SO_BACKLOG) {
      return getBacklog();
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
    } else if (known == ChannelOption.SO_BACKLOG) {
      setBacklog((Integer) value);
    } else if (!super.setOption(option, value)) {
      IgnoredOptions.PROCESS.unsupported(known);
    }
    return true;
  }

  @Override
  public int getBacklog() {
    return backlog;
  }

  /**
   * Sets how many established connections may wait to be accepted.
   *
   * @param connections 0 or more; one may wait in any case
   * @return this
   * @throws IllegalArgumentException when it is negative
   */
  @Override
  public MptcpServerChannelConfig setBacklog(int connections) {
    if (connections < 0) {
      throw new IllegalArgumentException("SO_BACKLOG is " + connections + ", must be at least 0");
    }
    backlog = connections;
    return this;
  }

  /** True: connections that end do not keep a port from being bound to. */
  @Override
  public boolean isReuseAddress() {
    return true;
  }

  /** Has no effect. */
  @Override
  public MptcpServerChannelConfig setReuseAddress(boolean reuseAddress) {
    return this;
  }

  /**
   * The size of the receive buffers of accepted connections.
   *
   * @return the bytes that were set, or those that a buffer begins with which follows its
   *     connection
   */
  @Override
  public int getReceiveBufferSize() {
    return open.require(ChannelOption.SO_RCVBUF);
  }

  /**
   * Fixes the size of the receive buffers of connections that are accepted from now on.
   *
   * @param receiveBufferSize bytes, of which the nearest possible size is taken; 0 for buffers that
   *     follow their connections
   * @return this
   * @throws IllegalArgumentException when it is negative
   */
  @Override
  public MptcpServerChannelConfig setReceiveBufferSize(int receiveBufferSize) {
    open.set(ChannelOption.SO_RCVBUF, receiveBufferSize);
    return this;
  }

  /** Has no effect. */
  @Override
  public MptcpServerChannelConfig setPerformancePreferences(
      int connectionTime, int latency, int bandwidth) {
    return this;
  }

  @Override
  protected void autoReadCleared() {
    owner.clearReadPending();
  }

  @Override
  public MptcpServerChannelConfig setConnectTimeoutMillis(int connectTimeoutMillis) {
    super.setConnectTimeoutMillis(connectTimeoutMillis);
    return this;
  }

  @Override
  @Deprecated
  public MptcpServerChannelConfig setMaxMessagesPerRead(int maxMessagesPerRead) {
    super.setMaxMessagesPerRead(maxMessagesPerRead);
    return this;
  }

  @Override
  public MptcpServerChannelConfig setWriteSpinCount(int writeSpinCount) {
    super.setWriteSpinCount(writeSpinCount);
    return this;
  }

  @Override
  public MptcpServerChannelConfig setAllocator(ByteBufAllocator allocator) {
    super.setAllocator(allocator);
    return this;
  }

  @Override
  public MptcpServerChannelConfig setRecvByteBufAllocator(RecvByteBufAllocator allocator) {
    super.setRecvByteBufAllocator(allocator);
    return this;
  }

  @Override
  public MptcpServerChannelConfig setAutoRead(boolean autoRead) {
    super.setAutoRead(autoRead);
    return this;
  }

  @Override
  public MptcpServerChannelConfig setMessageSizeEstimator(MessageSizeEstimator estimator) {
    super.setMessageSizeEstimator(estimator);
    return this;
  }

  @Override
  public MptcpServerChannelConfig setWriteBufferHighWaterMark(int writeBufferHighWaterMark) {
    super.setWriteBufferHighWaterMark(writeBufferHighWaterMark);
    return this;
  }

  @Override
  public MptcpServerChannelConfig setWriteBufferLowWaterMark(int writeBufferLowWaterMark) {
    super.setWriteBufferLowWaterMark(writeBufferLowWaterMark);
    return this;
  }

  @Override
  public MptcpServerChannelConfig setWriteBufferWaterMark(
      WriteBufferWaterMark writeBufferWaterMark) {
    super.setWriteBufferWaterMark(writeBufferWaterMark);
    return this;
  }
}
