package org.mptcp4j.netty;

import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import java.time.Duration;
import java.util.List;
import org.mptcp4j.api.TcpSocketOptions;

/** {@link TcpSocketOptions} as Netty's transports name them, in the kernel's units. */
final class TcpChannelOptions {
  /** Those that an open channel can be given. */
  static final List<ChannelOption<?>> CHANGEABLE =
      List.of(
          ChannelOption.IP_TOS,
          EpollChannelOption.TCP_CORK,
          EpollChannelOption.TCP_NOTSENT_LOWAT,
          EpollChannelOption.TCP_QUICKACK);

  /** Those that count when a channel connects or is bound. */
  static final List<ChannelOption<?>> FIXED =
      List.of(
          EpollChannelOption.TCP_DEFER_ACCEPT,
          ChannelOption.TCP_FASTOPEN,
          ChannelOption.TCP_FASTOPEN_CONNECT);

  private static final int MOST_PENDING = 65_535;

  private TcpChannelOptions() {}

  /** Whether it is one of these. */
  static boolean has(ChannelOption<?> option) {
    return CHANGEABLE.contains(option) || FIXED.contains(option);
  }

  /** The value of one of these. */
  static Object get(ChannelOption<?> option, TcpSocketOptions options) {
    if (option == ChannelOption.IP_TOS) {
      return options.trafficClass();
    }
    if (option == EpollChannelOption.TCP_CORK) {
      return options.cork();
    }
    if (option == EpollChannelOption.TCP_NOTSENT_LOWAT) {
      return (long) options.notSentLowatBytes();
    }
    if (option == ChannelOption.TCP_FASTOPEN) {
      return options.fastOpenPending();
    }
    if (option == ChannelOption.TCP_FASTOPEN_CONNECT) {
      return options.fastOpenConnect();
    }
    return option == EpollChannelOption.TCP_QUICKACK
        ? (Object) options.quickAck()
        : (int) (options.deferAcceptNs() / 1_000_000_000L);
  }

  /**
   * Sets one of these.
   *
   * @throws IllegalArgumentException when the value is out of range
   */
  static void set(ChannelOption<?> option, Object value, TcpSocketOptions.Builder to) {
    if (option == ChannelOption.IP_TOS) {
      to.trafficClass((Integer) value);
    } else if (option == EpollChannelOption.TCP_CORK) {
      to.cork((Boolean) value);
    } else if (option == EpollChannelOption.TCP_NOTSENT_LOWAT) {
      to.notSentLowatBytes((int) Math.min(Integer.MAX_VALUE, (Long) value));
    } else if (option == EpollChannelOption.TCP_QUICKACK) {
      to.quickAck((Boolean) value);
    } else if (option == ChannelOption.TCP_FASTOPEN) {
      to.fastOpenPending(Math.min(MOST_PENDING, (Integer) value));
    } else if (option == ChannelOption.TCP_FASTOPEN_CONNECT) {
      to.fastOpenConnect((Boolean) value);
    } else {
      to.deferAccept(Duration.ofSeconds((Integer) value));
    }
  }
}
