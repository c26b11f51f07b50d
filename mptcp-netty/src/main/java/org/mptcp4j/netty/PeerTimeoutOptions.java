package org.mptcp4j.netty;

import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.mptcp4j.api.KeepAlive;
import org.mptcp4j.api.SocketOptions;

/**
 * Keep-alive and user timeout as Netty's epoll transport names them, in the kernel's units: seconds
 * for keep-alive, milliseconds for the user timeout.
 */
final class PeerTimeoutOptions {
  static final List<ChannelOption<?>> ALL =
      List.of(
          ChannelOption.SO_KEEPALIVE,
          EpollChannelOption.TCP_KEEPIDLE,
          EpollChannelOption.TCP_KEEPINTVL,
          EpollChannelOption.TCP_KEEPCNT,
          EpollChannelOption.TCP_USER_TIMEOUT);

  /** Limits of Linux. */
  private static final int MOST_SECONDS = 32_767;

  private static final int MOST_PROBES = 127;

  private PeerTimeoutOptions() {}

  /** The value of one of {@link #ALL}. */
  static Object get(ChannelOption<?> option, SocketOptions options) {
    KeepAlive times = options.keepAliveTimes();
    if (option == ChannelOption.SO_KEEPALIVE) {
      return options.keepAlive();
    }
    if (option == EpollChannelOption.TCP_KEEPIDLE) {
      return (int) TimeUnit.NANOSECONDS.toSeconds(times.idleNs());
    }
    if (option == EpollChannelOption.TCP_KEEPINTVL) {
      return (int) TimeUnit.NANOSECONDS.toSeconds(times.intervalNs());
    }
    return option == EpollChannelOption.TCP_KEEPCNT
        ? times.count()
        : (int) TimeUnit.NANOSECONDS.toMillis(options.userTimeoutNs());
  }

  /**
   * Sets one of {@link #ALL}; of a value beyond the kernel's limit, the limit is taken.
   *
   * @throws IllegalArgumentException when the value is too small
   */
  static void set(ChannelOption<?> option, Object value, SocketOptions.Builder to, KeepAlive old) {
    if (option == ChannelOption.SO_KEEPALIVE) {
      to.keepAlive((Boolean) value);
      return;
    }
    int number = (Integer) value;
    if (option == EpollChannelOption.TCP_USER_TIMEOUT) {
      to.userTimeout(Duration.ofMillis(atLeast(0, option, number)));
      return;
    }
    atLeast(1, option, number);
    Duration time = Duration.ofSeconds(Math.min(number, MOST_SECONDS));
    KeepAlive.Builder times = old.toBuilder();
    if (option == EpollChannelOption.TCP_KEEPIDLE) {
      times.idle(time);
    } else if (option == EpollChannelOption.TCP_KEEPINTVL) {
      times.interval(time);
    } else {
      times.count(Math.min(number, MOST_PROBES));
    }
    to.keepAliveTimes(times.build());
  }

  private static int atLeast(int least, ChannelOption<?> option, int number) {
    if (number < least) {
      throw new IllegalArgumentException(option + " is " + number + ", must be at least " + least);
    }
    return number;
  }
}
