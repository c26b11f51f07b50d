package org.mptcp4j.netty;

import io.netty.channel.ChannelOption;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.mptcp4j.api.BufferRange;
import org.mptcp4j.api.MptcpMode;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.SocketOptions;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.spi.Named;

/**
 * The channel options that become {@link SocketOptions} when a socket is opened. Those of TCP can
 * be changed later: on the socket, or for the connections that a server socket accepts from then
 * on. Usable from any thread.
 */
final class OpenOptions {
  private static final List<ChannelOption<?>> CHANGEABLE =
      Stream.concat(
              Stream.of(
                  ChannelOption.TCP_NODELAY,
                  ChannelOption.SO_SNDBUF,
                  ChannelOption.SO_RCVBUF,
                  MptcpChannelOption.CONGESTION_CONTROL,
                  MptcpChannelOption.SCHEDULER),
              Stream.concat(PeerTimeoutOptions.ALL.stream(), TcpChannelOptions.CHANGEABLE.stream()))
          .toList();

  private static final List<ChannelOption<?>> FIXED =
      Stream.concat(
              Stream.of(
                  MptcpChannelOption.MPTCP,
                  MptcpChannelOption.PATH_MANAGER,
                  MptcpChannelOption.PACING),
              TcpChannelOptions.FIXED.stream())
          .toList();

  static final ChannelOption<?>[] SUPPORTED =
      Stream.concat(CHANGEABLE.stream(), FIXED.stream()).toArray(ChannelOption<?>[]::new);

  /** How far the socket is. */
  private sealed interface Use {
    /** Not open: every option may be changed. */
    record None() implements Use {}

    /** Being opened: what is fixed is fixed. */
    record With(SocketOptions options) implements Use {}

    /** Open: what is changed is changed there. */
    record At(StackLoop loop, MptcpSocket socket) implements Use {}
  }

  private final StackConfig stack;
  private SocketOptions options;
  private Use use = new Use.None();

  /**
   * Options of a socket that is not open yet.
   *
   * @param stack what the sizes of tuned buffers come from
   * @param start where to start from
   */
  OpenOptions(StackConfig stack, SocketOptions start) {
    this.stack = stack;
    this.options = start;
  }

  /** Options of a socket that a server socket with these has accepted. */
  OpenOptions(OpenOptions server) {
    synchronized (server) {
      this.stack = server.stack;
      this.options = server.options;
      this.use = server.use;
    }
  }

  static boolean supports(ChannelOption<?> option) {
    return CHANGEABLE.contains(option) || FIXED.contains(option);
  }

  /** What to listen with; the same when it is asked for again, for another stack. */
  synchronized SocketOptions forListening() {
    if (use instanceof Use.With with) {
      return with.options;
    }
    use = new Use.With(options);
    return options;
  }

  /** Whether what was written before connecting leaves with the SYN. */
  synchronized boolean opensFast() {
    return options.tcp().fastOpenConnect();
  }

  /** What to connect with. */
  synchronized SocketOptions forConnecting(@Nullable InetSocketAddress localAddress) {
    use = new Use.With(options);
    return localAddress == null ? options : options.toBuilder().localAddress(localAddress).build();
  }

  /** The socket is open: it gets what was changed meanwhile. On the event loop it lives on. */
  synchronized void opened(StackLoop where, MptcpSocket with) {
    if (use instanceof Use.With opened) {
      apply(opened.options, options, with);
    }
    use = new Use.At(where, with);
  }

  private static void apply(SocketOptions from, SocketOptions to, MptcpSocket socket) {
    if (!from.tcp().equals(to.tcp())) {
      socket.setTcp(to.tcp());
    }
    if (from.noDelay() != to.noDelay()) {
      socket.setNoDelay(to.noDelay());
    }
    if (from.sendBufferBytes() != to.sendBufferBytes()) {
      socket.setSendBufferBytes(to.sendBufferBytes());
    }
    if (from.receiveBufferBytes() != to.receiveBufferBytes()) {
      socket.setReceiveBufferBytes(to.receiveBufferBytes());
    }
    if (!from.congestionControl().equals(to.congestionControl())) {
      to.congestionControl().ifPresent(socket::setCongestionControl);
    }
    if (!from.scheduler().equals(to.scheduler())) {
      to.scheduler().ifPresent(socket::setScheduler);
    }
    if (!from.keepAliveTimes().equals(to.keepAliveTimes())) {
      socket.setKeepAliveTimes(to.keepAliveTimes());
    }
    if (from.keepAlive() != to.keepAlive()) {
      socket.setKeepAlive(to.keepAlive());
    }
    if (from.userTimeoutNs() != to.userTimeoutNs()) {
      socket.setUserTimeout(Duration.ofNanos(to.userTimeoutNs()));
    }
  }

  /** The value of a supported option that always has one. */
  @SuppressWarnings("unchecked")
  <T> T require(ChannelOption<T> option) {
    return (T) Objects.requireNonNull(get(option), option.name());
  }

  /**
   * The value of a supported option, {@code null} for the name of what has none. The size of a
   * buffer that is tuned is the one that it begins with.
   */
  synchronized @Nullable Object get(ChannelOption<?> option) {
    if (option == ChannelOption.TCP_NODELAY) {
      return options.noDelay();
    }
    if (option == ChannelOption.SO_SNDBUF) {
      return size(options.sendBufferBytes(), stack.buffers().send());
    }
    if (option == ChannelOption.SO_RCVBUF) {
      return size(options.receiveBufferBytes(), stack.buffers().receive());
    }
    if (PeerTimeoutOptions.ALL.contains(option)) {
      return PeerTimeoutOptions.get(option, options);
    }
    if (TcpChannelOptions.has(option)) {
      return TcpChannelOptions.get(option, options.tcp());
    }
    if (option == MptcpChannelOption.MPTCP) {
      return options.mptcp() == MptcpMode.ENABLED;
    }
    if (option == MptcpChannelOption.PACING) {
      return options.pacing();
    }
    if (option == MptcpChannelOption.PATH_MANAGER) {
      return options.pathManager().map(factory -> factory.get().name()).orElse(null);
    }
    if (option == MptcpChannelOption.SCHEDULER) {
      return options.scheduler().map(Named::name).orElse(null);
    }
    return options.congestionControl().map(Named::name).orElse(null);
  }

  private static int size(int bytes, BufferRange tuned) {
    return bytes == SocketOptions.AUTO_BUFFER_BYTES ? tuned.initialBytes() : bytes;
  }

  /**
   * Changes a supported option. One that is fixed since the socket is open stays what it is, which
   * is said in the log.
   *
   * @throws IllegalArgumentException when the value is out of range
   */
  synchronized void set(ChannelOption<?> option, Object value) {
    SocketOptions before = options;
    SocketOptions changed = with(before, option, value);
    if (!(use instanceof Use.None) && FIXED.contains(option)) {
      if (!changed.equals(before)) {
        IgnoredOptions.PROCESS.fixed(option);
      }
      return;
    }
    options = changed;
    if (use instanceof Use.At at) {
      at.loop.executeUnlessEnded(
          () -> {
            apply(before, changed, at.socket);
            at.loop.touched();
          });
    }
  }

  private static SocketOptions with(SocketOptions from, ChannelOption<?> option, Object value) {
    SocketOptions.Builder to = from.toBuilder();
    if (option == ChannelOption.TCP_NODELAY) {
      to.noDelay((Boolean) value);
    } else if (option == ChannelOption.SO_SNDBUF) {
      to.sendBufferBytes(bufferBytes(option, (Integer) value));
    } else if (option == ChannelOption.SO_RCVBUF) {
      to.receiveBufferBytes(bufferBytes(option, (Integer) value));
    } else if (PeerTimeoutOptions.ALL.contains(option)) {
      PeerTimeoutOptions.set(option, value, to, from.keepAliveTimes());
    } else if (TcpChannelOptions.has(option)) {
      to.tcp(t -> TcpChannelOptions.set(option, value, t));
    } else if (option == MptcpChannelOption.MPTCP) {
      to.mptcp((Boolean) value ? MptcpMode.ENABLED : MptcpMode.DISABLED);
    } else if (option == MptcpChannelOption.PACING) {
      to.pacing((Boolean) value);
    } else if (option == MptcpChannelOption.PATH_MANAGER) {
      to.pathManager((String) value);
    } else if (option == MptcpChannelOption.SCHEDULER) {
      to.scheduler((String) value);
    } else {
      to.congestionControl((String) value);
    }
    return to.build();
  }

  /** As a kernel does: the nearest size that a buffer can have. */
  private static int bufferBytes(ChannelOption<?> option, int asked) {
    if (asked < 0) {
      throw new IllegalArgumentException(
          option + " is " + asked + ", must be a number of bytes, or 0 for a buffer that is tuned");
    }
    return asked == SocketOptions.AUTO_BUFFER_BYTES
        ? asked
        : Math.max(SocketOptions.MIN_BUFFER_BYTES, Math.min(asked, BufferRange.MOST_BYTES));
  }
}
