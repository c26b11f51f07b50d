package org.mptcp4j.netty;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.MessageSizeEstimator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.DuplexChannelConfig;
import java.net.InetSocketAddress;
import java.util.Map;
import org.mptcp4j.api.SocketOptions;

/**
 * The options of a {@link MptcpChannel}: those of every channel, {@code ALLOW_HALF_CLOSURE} and
 * {@code SO_LINGER}, which can be changed at any time; and {@code TCP_NODELAY} (default true, as
 * Netty's own transports), {@code SO_SNDBUF}, {@code SO_RCVBUF} and those of {@link
 * MptcpChannelOption}, which are fixed when the connection is opened.
 */
public final class MptcpChannelConfig extends DefaultChannelConfig implements DuplexChannelConfig {
  private static final int NO_LINGER = -1;

  private final MptcpChannel owner;
  private final OpenOptions open;
  private volatile boolean allowHalfClosure;
  private volatile int soLinger = NO_LINGER;

  MptcpChannelConfig(MptcpChannel channel, SocketOptions start) {
    super(channel);
    this.owner = channel;
    this.open = new OpenOptions(start);
  }

  SocketOptions fixSocketOptions(InetSocketAddress localAddress) {
    return open.fix(localAddress);
  }

  @Override
  public Map<ChannelOption<?>, Object> getOptions() {
    Map<ChannelOption<?>, Object> all =
        getOptions(super.getOptions(), ChannelOption.ALLOW_HALF_CLOSURE, ChannelOption.SO_LINGER);
    OpenOptions.SUPPORTED.forEach(option -> all.put(option, open.get(option)));
    return all;
  }

  @SuppressWarnings("unchecked")
  @Override
  public <T> T getOption(ChannelOption<T> option) {
    if (option == ChannelOption.ALLOW_HALF_CLOSURE) {
      return (T) Boolean.valueOf(allowHalfClosure);
    }
    if (option == ChannelOption.SO_LINGER) {
      return (T) Integer.valueOf(soLinger);
    }
    if (OpenOptions.supports(option)) {
      return (T) open.get(option);
    }
    return super.getOption(option);
  }

  @Override
  public <T> boolean setOption(ChannelOption<T> option, T value) {
    validate(option, value);
    if (option == ChannelOption.ALLOW_HALF_CLOSURE) {
      setAllowHalfClosure((Boolean) value);
    } else if (option == ChannelOption.SO_LINGER) {
      setSoLinger((Integer) value);
    } else if (OpenOptions.supports(option)) {
      open.set(option, value);
    } else {
      return super.setOption(option, value);
    }
    return true;
  }

  /**
   * What {@code close()} does with bytes that are not delivered yet.
   *
   * @return negative (default): they are delivered; 0: the connection is aborted; otherwise the
   *     seconds after which it is
   */
  public int getSoLinger() {
    return soLinger;
  }

  /**
   * Chooses what {@code close()} does with bytes that are not delivered yet.
   *
   * @param seconds as {@link #getSoLinger()}
   * @return this
   */
  public MptcpChannelConfig setSoLinger(int seconds) {
    soLinger = seconds;
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

  @Override
  public MptcpChannelConfig setRecvByteBufAllocator(RecvByteBufAllocator allocator) {
    super.setRecvByteBufAllocator(allocator);
    return this;
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
