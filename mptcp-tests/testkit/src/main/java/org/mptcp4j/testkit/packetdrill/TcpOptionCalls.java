package org.mptcp4j.testkit.packetdrill;

import java.time.Duration;
import java.util.function.Consumer;
import org.mptcp4j.api.KeepAlive;
import org.mptcp4j.api.SocketOptions;
import org.mptcp4j.api.TcpSocketOptions;

/** The options of setsockopt about one TCP: before it is open, and then as far as can be. */
final class TcpOptionCalls {
  private TcpOptionCalls() {}

  /**
   * Sets an option; false when it is none of these.
   *
   * @throws IllegalArgumentException when the value is out of range
   */
  static boolean set(ScriptSocket socket, Arguments a) {
    int value = (int) Math.min(Integer.MAX_VALUE, a.number(3));
    boolean isDefault = value == -1;
    switch (a.text(2)) {
      case "TCP_MAXSEG" -> change(socket, t -> t.maxSegmentSize(value));
      case "IP_TOS" -> trafficClass(socket, value & 0xff);
      case "IPV6_TCLASS" -> trafficClass(socket, isDefault ? 0 : value);
      case "IP_TTL" -> {
        if (value == 0) {
          throw new IllegalArgumentException("a packet has to have a time to live");
        }
        change(socket, t -> t.hopLimit(isDefault ? 0 : value));
      }
      case "IPV6_UNICAST_HOPS" -> change(socket, t -> t.hopLimit(isDefault ? 0 : value));
      case "TCP_DEFER_ACCEPT" -> change(socket, t -> t.deferAccept(Duration.ofSeconds(value)));
      case "TCP_CORK" -> change(socket, t -> t.cork(value != 0));
      case "TCP_QUICKACK" -> change(socket, t -> t.quickAck(value != 0));
      case "SO_KEEPALIVE" -> {
        socket.options(socket.options().toBuilder().keepAlive(value != 0).build());
        socket.socket().ifPresent(s -> s.setKeepAlive(value != 0));
      }
      case "TCP_KEEPIDLE" -> times(socket, t -> t.idle(Duration.ofSeconds(value)));
      case "TCP_KEEPINTVL" -> times(socket, t -> t.interval(Duration.ofSeconds(value)));
      case "TCP_KEEPCNT" -> times(socket, t -> t.count(value));
      case "TCP_USER_TIMEOUT" -> {
        Duration time = Duration.ofMillis(value);
        socket.options(socket.options().toBuilder().userTimeout(time).build());
        socket.socket().ifPresent(s -> s.setUserTimeout(time));
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  /** Of a stream the two bits of ECN are not the application's. */
  private static void trafficClass(ScriptSocket socket, int value) {
    change(socket, t -> t.trafficClass(value & ~3));
  }

  private static void times(ScriptSocket socket, Consumer<KeepAlive.Builder> change) {
    KeepAlive.Builder builder = socket.options().keepAliveTimes().toBuilder();
    change.accept(builder);
    KeepAlive times = builder.build();
    socket.options(socket.options().toBuilder().keepAliveTimes(times).build());
    socket.socket().ifPresent(open -> open.setKeepAliveTimes(times));
  }

  /** Changes the options of a socket that is open, or will be. */
  static void change(ScriptSocket socket, Consumer<TcpSocketOptions.Builder> change) {
    SocketOptions options = socket.options().toBuilder().tcp(change).build();
    socket.options(options);
    socket.socket().ifPresent(open -> open.setTcp(options.tcp()));
  }
}
