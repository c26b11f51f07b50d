package org.mptcp4j.testkit.packetdrill;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.mptcp4j.api.ConnectionInfo;
import org.mptcp4j.api.MptcpMode;
import org.mptcp4j.api.Protocol;
import org.mptcp4j.api.SocketOptions;
import org.mptcp4j.api.SubflowInfo;
import org.mptcp4j.cc.CongestionControls;

/** setsockopt, getsockopt, fcntl, ioctl. */
final class OptionCalls {
  /**
   * Options about addresses that scripts use again or that the machine need not have, about the
   * routes of the machine, and about when it chooses a port: here not before it connects.
   */
  private static final Set<String> WITHOUT_EFFECT =
      Set.of("SO_REUSEADDR", "SO_REUSEPORT", "SO_MARK", "IP_FREEBIND", "IP_BIND_ADDRESS_NO_PORT");

  /** What Linux says is the segment size of a socket that nobody chose one for. */
  private static final int UNKNOWN_MSS = 536;

  private static final int DEFAULT_HOP_LIMIT = 64;

  private final SocketTable table;
  private final Flows flows;
  private final ConnectionCalls connections;
  private final Sysctls sysctls;

  OptionCalls(SocketTable table, Flows flows, ConnectionCalls connections, Sysctls sysctls) {
    this.table = table;
    this.flows = flows;
    this.connections = connections;
    this.sysctls = sysctls;
  }

  /** Begins a call; empty when it is none of these. */
  Optional<PendingCall> begin(Arguments a) {
    PendingCall call =
        switch (a.call().name()) {
          case "setsockopt" -> setAndListen(a.count(5, 5));
          case "getsockopt" -> get(a.count(5, 5));
          case "fcntl" -> control(a.count(2, 3));
          case "ioctl" -> ioctl(a.count(3, 3));
          default -> null;
        };
    return Optional.ofNullable(call);
  }

  // ---- setsockopt

  /** Of a listener that nobody has come to, they are those of the connections to come. */
  private PendingCall setAndListen(Arguments a) {
    ScriptSocket socket = table.get(a, 0);
    SocketOptions before = socket.options();
    PendingCall call;
    try {
      call = set(a);
    } catch (IllegalArgumentException e) {
      return PendingCall.done(Answer.error("EINVAL"));
    }
    boolean late = socket.server().isPresent() && before != socket.options();
    return late && flows.underTest().isEmpty() ? connections.listenAgain(socket) : call;
  }

  private PendingCall set(Arguments a) {
    ScriptSocket socket = table.get(a, 0);
    String name = a.text(2);
    switch (name) {
      case "TCP_NODELAY" -> noDelay(socket, a.number(3) != 0);
      case "SO_SNDBUF" -> sendBuffer(socket, bufferBytes(a, sysctls.limit("net.core.wmem_max")));
      case "SO_RCVBUF" -> receiveBuffer(socket, bufferBytes(a, sysctls.limit("net.core.rmem_max")));
      case "SO_SNDBUFFORCE" -> sendBuffer(socket, bufferBytes(a, Integer.MAX_VALUE));
      case "SO_RCVBUFFORCE" -> receiveBuffer(socket, bufferBytes(a, Integer.MAX_VALUE));
      case "SO_LINGER" -> linger(socket, a);
      case "SO_OOBINLINE" -> {
        if (a.number(3) == 0) {
          throw ScriptException.refused(a.get(3).place(), "urgent data out of band");
        }
      }
      case "IP_MTU_DISCOVER", "IPV6_MTU_DISCOVER" -> pathMtu(socket, a);
      case "IP_LOCAL_PORT_RANGE" -> portRange(socket, a);
      case "TCP_NOTSENT_LOWAT" -> notSentLowat(socket, a.number(3));
      case "SO_ZEROCOPY" -> socket.zeroCopy().on(a.number(3) != 0);
      case "TCP_INQ", "TCP_CM_INQ" -> socket.tellsUnread(a.number(3) != 0);
      case "TCP_CONGESTION" -> {
        return congestion(socket, a);
      }
      default -> {
        if (!WITHOUT_EFFECT.contains(name) && !TcpOptionCalls.set(socket, a)) {
          throw ScriptException.refused(a.get(2).place(), "socket option " + name);
        }
      }
    }
    return PendingCall.ok();
  }

  /** A packet of the stack must never be cut up; whether Linux lets that happen does not show. */
  private static void pathMtu(ScriptSocket socket, Arguments a) {
    long how = a.number(3);
    if (how != Constants.number("IP_PMTUDISC_WANT")
        && how != Constants.number("IP_PMTUDISC_DONT")) {
      throw ScriptException.refused(a.get(3).place(), a.text(2) + " " + a.number(3));
    }
    socket.ignoresPathMtu(how == Constants.number("IP_PMTUDISC_DONT"));
  }

  private static void portRange(ScriptSocket socket, Arguments a) {
    long first = a.number(3) & 0xffff;
    long last = a.number(3) >>> 16;
    if (first != last) {
      throw ScriptException.refused(a.get(3).place(), "IP_LOCAL_PORT_RANGE of several ports");
    }
    socket.onlyPort((int) first);
  }

  /** 0 leaves it to the sysctl. */
  private void notSentLowat(ScriptSocket socket, long bytes) {
    socket.notSentLowat(bytes);
    int most = bytes == 0 ? sysctls.notSentLowat() : (int) Math.min(Integer.MAX_VALUE, bytes);
    TcpOptionCalls.change(socket, t -> t.notSentLowatBytes(most));
  }

  private static int bufferBytes(Arguments a, int limit) {
    long bytes = Math.min(limit, a.number(3));
    return (int) Math.min(1 << 28, Math.max(SocketOptions.MIN_BUFFER_BYTES, bytes));
  }

  private static void noDelay(ScriptSocket socket, boolean on) {
    socket.options(socket.options().toBuilder().noDelay(on).build());
    socket.socket().ifPresent(s -> s.setNoDelay(on));
  }

  private static void sendBuffer(ScriptSocket socket, int bytes) {
    socket.options(socket.options().toBuilder().sendBufferBytes(bytes).build());
    socket.socket().ifPresent(s -> s.setSendBufferBytes(bytes));
  }

  private static void receiveBuffer(ScriptSocket socket, int bytes) {
    socket.options(socket.options().toBuilder().receiveBufferBytes(bytes).build());
    socket.socket().ifPresent(s -> s.setReceiveBufferBytes(bytes));
  }

  private static void linger(ScriptSocket socket, Arguments a) {
    Value.Struct s = a.struct(3);
    boolean named = s.fields().containsKey("onoff");
    long on = Arguments.number(s.field(named ? "onoff" : "0"));
    long seconds = Arguments.number(s.field(named ? "linger" : "1"));
    boolean reset = on != 0 && seconds == 0;
    socket.linger(reset ? ScriptSocket.Linger.RESET : ScriptSocket.Linger.DELIVER);
    Duration time = Duration.ofSeconds(seconds);
    TcpOptionCalls.change(
        socket,
        t -> {
          if (on != 0 && seconds > 0) {
            t.linger(time);
          } else {
            t.noLinger();
          }
        });
  }

  private static PendingCall congestion(ScriptSocket socket, Arguments a) {
    if (!(a.get(3) instanceof Value.Text name)) {
      throw ScriptException.malformed(a.get(3).place(), "TCP_CONGESTION wants a name");
    }
    if (!CongestionControls.names().contains(name.text())) {
      throw ScriptException.refused(a.get(3).place(), "congestion control " + name.text());
    }
    socket.options(socket.options().toBuilder().congestionControl(name.text()).build());
    socket.socket().ifPresent(s -> s.setCongestionControl(name.text()));
    return PendingCall.ok();
  }

  // ---- getsockopt

  private PendingCall get(Arguments a) {
    ScriptSocket socket = table.get(a, 0);
    String name = a.text(2);
    if (name.equals("TCP_CONGESTION")) {
      return text(a, socket.options().congestionControl().orElseThrow().name());
    }
    long value =
        switch (name) {
          case "SO_ERROR" -> Errno.number(socket.takeError());
          case "TCP_NODELAY" -> socket.options().noDelay() ? 1 : 0;
          case "IP_TOS", "IPV6_TCLASS" -> socket.options().tcp().trafficClass();
          case "IP_TTL", "IPV6_UNICAST_HOPS" -> hopLimit(socket.options().tcp().hopLimit());
          case "TCP_FASTOPEN" -> socket.options().tcp().fastOpenPending();
          case "TCP_FASTOPEN_CONNECT" -> socket.options().tcp().fastOpenConnect() ? 1 : 0;
          case "TCP_FASTOPEN_NO_COOKIE" -> socket.options().tcp().fastOpenNoCookie() ? 1 : 0;
          case "TCP_IS_MPTCP" -> isMptcp(socket) ? 1 : 0;
          case "TCP_CORK" -> socket.options().tcp().cork() ? 1 : 0;
          case "SO_KEEPALIVE" -> socket.options().keepAlive() ? 1 : 0;
          case "SO_TYPE" -> 1;
          case "SO_ACCEPTCONN" -> socket.server().isPresent() ? 1 : 0;
          case "SO_SNDBUF" -> 2L * socket.options().sendBufferBytes();
          case "SO_RCVBUF" -> 2L * socket.options().receiveBufferBytes();
          case "TCP_MAXSEG" -> mss(socket);
          case "TCP_NOTSENT_LOWAT" -> socket.notSentLowat();
          default ->
              throw ScriptException.refused(
                  a.get(2).place(), "socket option " + name + " of getsockopt");
        };
    boolean unset = name.endsWith("BUF") && value == 0;
    if (unset && !a.isAny(3)) {
      throw ScriptException.refused(a.get(3).place(), "the size of a buffer that tunes itself");
    }
    if (!a.isAny(3) && a.number(3) != value) {
      throw ScriptException.failed(
          a.get(3).place(), name + " is " + shown(name, value) + ", expected " + a.number(3));
    }
    return PendingCall.ok();
  }

  private static int hopLimit(int chosen) {
    return chosen == 0 ? DEFAULT_HOP_LIMIT : chosen;
  }

  /** Before it is connected, what it asks for. */
  private static boolean isMptcp(ScriptSocket socket) {
    return socket
        .socket()
        .filter(s -> socket.isConnected())
        .map(s -> s.info().protocol() == Protocol.MPTCP)
        .orElse(socket.options().mptcp() == MptcpMode.ENABLED);
  }

  private static String shown(String option, long value) {
    return option.equals("SO_ERROR") ? value + " (" + Errno.name(value) + ")" : "" + value;
  }

  private static PendingCall text(Arguments a, String actual) {
    if (a.get(3) instanceof Value.Text t && !t.text().equals(actual)) {
      throw ScriptException.failed(
          t.place(), "TCP_CONGESTION is \"" + actual + "\", expected \"" + t.text() + "\"");
    }
    return PendingCall.ok();
  }

  private static long mss(ScriptSocket socket) {
    int chosen = socket.options().tcp().maxSegmentSize();
    return socket
        .socket()
        .flatMap(s -> s.info().subflows().stream().findFirst())
        .map(SubflowInfo::mss)
        .orElse(chosen == 0 ? UNKNOWN_MSS : chosen);
  }

  // ---- fcntl and ioctl

  private PendingCall control(Arguments a) {
    ScriptSocket socket = table.get(a, 0);
    switch (a.text(1)) {
      case "F_GETFL" -> {
        int flags = Constants.O_RDWR | (socket.nonBlocking() ? Constants.O_NONBLOCK : 0);
        return PendingCall.done(Answer.of(flags));
      }
      case "F_SETFL" -> socket.nonBlocking((a.count(3, 3).number(2) & Constants.O_NONBLOCK) != 0);
      case "F_SETFD" -> a.count(3, 3);
      default -> throw ScriptException.refused(a.get(1).place(), "fcntl " + a.text(1));
    }
    return PendingCall.ok();
  }

  private PendingCall ioctl(Arguments a) {
    ScriptSocket socket = table.get(a, 0);
    String request = a.text(1);
    if (request.equals("FIONBIO")) {
      socket.nonBlocking(a.number(2) != 0);
      return PendingCall.ok();
    }
    long value =
        switch (request) {
          case "SIOCINQ", "FIONREAD" -> socket.readableBytes();
          case "SIOCATMARK" -> socket.urgentBytes() == 1 ? 1 : 0;
          case "SIOCOUTQ", "TIOCOUTQ" -> unsent(socket) + unacknowledged(socket);
          case "SIOCOUTQNSD" -> unsent(socket);
          default -> throw ScriptException.refused(a.get(1).place(), "ioctl " + request);
        };
    if (!a.isAny(2) && a.number(2) != value) {
      throw ScriptException.failed(
          a.get(2).place(), request + " is " + value + ", expected " + a.number(2));
    }
    return PendingCall.ok();
  }

  private static long unsent(ScriptSocket socket) {
    return socket.socket().map(s -> s.info().unsentBytes()).orElse(0L);
  }

  private static long unacknowledged(ScriptSocket socket) {
    return socket
        .socket()
        .map(
            s -> {
              ConnectionInfo info = s.info();
              List<SubflowInfo> subflows = info.subflows();
              return subflows.isEmpty() ? 0L : info.bytesSent() - info.bytesAcked();
            })
        .orElse(0L);
  }
}
