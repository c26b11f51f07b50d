package org.mptcp4j.netty;

import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.ServerChannelRecvByteBufAllocator;
import io.netty.util.NetUtil;
import java.util.Map;
import org.mptcp4j.api.SocketOptions;

/**
 * The options of a {@link MptcpServerChannel}: those of every channel; {@code SO_BACKLOG}; and
 * those that the accepted connections start with: {@code TCP_NODELAY} (default true), {@code
 * SO_SNDBUF}, {@code SO_RCVBUF} and those of {@link MptcpChannelOption}. All are fixed by {@code
 * bind}.
 */
public final class MptcpServerChannelConfig extends DefaultChannelConfig {
  private final MptcpServerChannel owner;
  private final OpenOptions open;
  private volatile int backlog = NetUtil.SOMAXCONN;

  MptcpServerChannelConfig(MptcpServerChannel channel, SocketOptions start) {
    super(channel, new ServerChannelRecvByteBufAllocator());
    this.owner = channel;
    this.open = new OpenOptions(start);
  }

  SocketOptions fixSocketOptions() {
    return open.fix(null);
  }

  @Override
  public Map<ChannelOption<?>, Object> getOptions() {
    Map<ChannelOption<?>, Object> all = getOptions(super.getOptions(), ChannelOption.SO_BACKLOG);
    OpenOptions.SUPPORTED.forEach(option -> all.put(option, open.get(option)));
    return all;
  }

  @SuppressWarnings("unchecked")
  @Override
  public <T> T getOption(ChannelOption<T> option) {
    if (option == ChannelOption.SO_BACKLOG) {
      return (T) Integer.valueOf(backlog);
    }
    if (OpenOptions.supports(option)) {
      return (T) open.get(option);
    }
    return super.getOption(option);
  }

  @Override
  public <T> boolean setOption(ChannelOption<T> option, T value) {
    validate(option, value);
    if (option == ChannelOption.SO_BACKLOG) {
      setBacklog((Integer) value);
    } else if (OpenOptions.supports(option)) {
      open.set(option, value);
    } else {
      return super.setOption(option, value);
    }
    return true;
  }

  /** How many established connections may wait to be accepted. */
  public int getBacklog() {
    return backlog;
  }

  /**
   * Sets how many established connections may wait to be accepted.
   *
   * @param connections at least 1
   * @return this
   */
  public MptcpServerChannelConfig setBacklog(int connections) {
    if (connections < 1) {
      throw new IllegalArgumentException("backlog is " + connections + ", must be at least 1");
    }
    backlog = connections;
    return this;
  }

  @Override
  protected void autoReadCleared() {
    owner.clearReadPending();
  }
}
