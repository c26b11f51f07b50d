package org.mptcp4j.netty;

import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.socket.nio.NioChannelOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Options that were set and have no effect. A program may rely on it, so that the log says it: once
 * for each option, because a bootstrap sets its options on every connection.
 */
final class IgnoredOptions {
  /** What was said since the process began. */
  static final IgnoredOptions PROCESS = new IgnoredOptions();

  private static final Logger LOG = LoggerFactory.getLogger(IgnoredOptions.class);

  /** Nothing is missing without them. */
  private static final Set<ChannelOption<?>> NOT_MISSED = Set.of(ChannelOption.SO_REUSEADDR);

  private final Set<String> said = ConcurrentHashMap.newKeySet();

  /**
   * The option of Netty's that means the same as one made of a {@link java.net.SocketOption}; any
   * other is returned as it is.
   */
  static ChannelOption<?> known(ChannelOption<?> option) {
    if (!(option instanceof NioChannelOption)) {
      return option;
    }
    // Those of jdk.net.ExtendedSocketOptions.
    return switch (option.name()) {
      case "TCP_KEEPIDLE" -> EpollChannelOption.TCP_KEEPIDLE;
      case "TCP_KEEPINTERVAL" -> EpollChannelOption.TCP_KEEPINTVL;
      case "TCP_KEEPCOUNT" -> EpollChannelOption.TCP_KEEPCNT;
      default ->
          ChannelOption.exists(option.name()) ? ChannelOption.valueOf(option.name()) : option;
    };
  }

  /**
   * An option was set that these channels do not have.
   *
   * @return whether the log says so now
   */
  boolean unsupported(ChannelOption<?> option) {
    if (NOT_MISSED.contains(option) || !said.add(option.name())) {
      return false;
    }
    LOG.warn(
        "channel option {} is accepted and has no effect on the channels of an MptcpHost", option);
    return true;
  }

  /**
   * An option was changed on a socket that is open.
   *
   * @return whether the log says so now
   */
  boolean fixed(ChannelOption<?> option) {
    if (!said.add(option.name())) {
      return false;
    }
    LOG.warn(
        "channel option {} is fixed once a connection is open and was not changed; set it on the"
            + " Bootstrap, or with ServerBootstrap.option for accepted connections",
        option);
    return true;
  }
}
