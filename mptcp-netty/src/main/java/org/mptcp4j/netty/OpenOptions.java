package org.mptcp4j.netty;

import io.netty.channel.ChannelOption;
import java.net.InetSocketAddress;
import java.util.List;
import org.mptcp4j.api.MptcpMode;
import org.mptcp4j.api.SocketOptions;

/**
 * The channel options that become {@link SocketOptions} when a socket is opened, and are fixed from
 * then on.
 */
final class OpenOptions {
  static final List<ChannelOption<?>> SUPPORTED =
      List.of(
          ChannelOption.TCP_NODELAY,
          ChannelOption.SO_SNDBUF,
          ChannelOption.SO_RCVBUF,
          MptcpChannelOption.MPTCP,
          MptcpChannelOption.CONGESTION_CONTROL,
          MptcpChannelOption.PACING);

  private SocketOptions options;
  private boolean fixed;

  /**
   * Options that can still be changed.
   *
   * @param start where to start from
   */
  OpenOptions(SocketOptions start) {
    this.options = start;
  }

  static boolean supports(ChannelOption<?> option) {
    return SUPPORTED.contains(option);
  }

  /** The options to open the socket with; they cannot be changed any more. */
  synchronized SocketOptions fix(InetSocketAddress localAddress) {
    fixed = true;
    return localAddress == null ? options : options.toBuilder().localAddress(localAddress).build();
  }

  synchronized SocketOptions current() {
    return options;
  }

  synchronized Object get(ChannelOption<?> option) {
    return read(options, option);
  }

  /**
   * Changes one option.
   *
   * @throws IllegalStateException when the socket is open and has another value
   */
  synchronized void set(ChannelOption<?> option, Object value) {
    SocketOptions changed = with(options, option, value);
    if (fixed && !changed.equals(options)) {
      throw new IllegalStateException(
          option
              + " is fixed once the socket is open; set it on the Bootstrap, or with"
              + " ServerBootstrap.option for accepted connections");
    }
    options = changed;
  }

  private static Object read(SocketOptions from, ChannelOption<?> option) {
    if (option == ChannelOption.TCP_NODELAY) {
      return from.noDelay();
    }
    if (option == ChannelOption.SO_SNDBUF) {
      return from.sendBufferBytes();
    }
    if (option == ChannelOption.SO_RCVBUF) {
      return from.receiveBufferBytes();
    }
    if (option == MptcpChannelOption.MPTCP) {
      return from.mptcp() == MptcpMode.ENABLED;
    }
    if (option == MptcpChannelOption.PACING) {
      return from.pacing();
    }
    return from.congestionControl();
  }

  private static SocketOptions with(SocketOptions from, ChannelOption<?> option, Object value) {
    SocketOptions.Builder to = from.toBuilder();
    if (option == ChannelOption.TCP_NODELAY) {
      to.noDelay((Boolean) value);
    } else if (option == ChannelOption.SO_SNDBUF) {
      to.sendBufferBytes((Integer) value);
    } else if (option == ChannelOption.SO_RCVBUF) {
      to.receiveBufferBytes((Integer) value);
    } else if (option == MptcpChannelOption.MPTCP) {
      to.mptcp((Boolean) value ? MptcpMode.ENABLED : MptcpMode.DISABLED);
    } else if (option == MptcpChannelOption.PACING) {
      to.pacing((Boolean) value);
    } else {
      to.congestionControl((String) value);
    }
    return to.build();
  }
}
