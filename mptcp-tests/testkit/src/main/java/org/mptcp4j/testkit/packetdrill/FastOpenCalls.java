package org.mptcp4j.testkit.packetdrill;

import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.mptcp4j.api.TcpSocketOptions;

/**
 * Fast open: setsockopt with {@code TCP_FASTOPEN} and its relatives, connect and write on sockets
 * with {@code TCP_FASTOPEN_CONNECT}, sendto with {@code MSG_FASTOPEN}.
 */
final class FastOpenCalls {
  private static final long MSG_FASTOPEN = Constants.number("MSG_FASTOPEN");
  private static final long MSG_DONTWAIT = Constants.number("MSG_DONTWAIT");

  /** Bytes that options may take of a segment. */
  private static final int OPTION_BYTES = 40;

  private static final int MOST_PENDING = 65_535;

  private static final Set<String> WRITES = Set.of("write", "send", "sendto");

  private final RunOptions options;
  private final SocketTable table;
  private final Flows flows;
  private final Sysctls sysctls;
  private final ConnectionCalls connections;
  private final DataCalls data;
  private final Map<Integer, String> keys = new HashMap<>();

  FastOpenCalls(
      RunOptions options,
      SocketTable table,
      Flows flows,
      Sysctls sysctls,
      ConnectionCalls connections,
      DataCalls data) {
    this.options = options;
    this.table = table;
    this.flows = flows;
    this.sysctls = sysctls;
    this.connections = connections;
    this.data = data;
  }

  /** Begins a call; empty when it is none of these. */
  Optional<PendingCall> begin(Arguments a) {
    String name = a.call().name();
    if (name.equals("setsockopt")) {
      return set(a);
    }
    if (name.equals("getsockopt") && a.count(5, 5).text(2).equals("TCP_FASTOPEN_KEY")) {
      return Optional.of(key(a));
    }
    if (name.equals("connect")) {
      return connect(a);
    }
    return WRITES.contains(name) ? write(a) : Optional.empty();
  }

  private Optional<PendingCall> set(Arguments a) {
    ScriptSocket socket = table.get(a.count(5, 5), 0);
    switch (a.text(2)) {
      case "TCP_FASTOPEN" -> {
        if (a.number(3) < 0) {
          return Optional.of(PendingCall.done(Answer.error("EINVAL")));
        }
        int pending = sysctls.opensFastAsServer() ? (int) Math.min(MOST_PENDING, a.number(3)) : 0;
        TcpOptionCalls.change(socket, t -> t.fastOpenPending(pending));
        if (socket.server().isPresent()) {
          return Optional.of(connections.listenAgain(socket));
        }
      }
      case "TCP_FASTOPEN_KEY" -> keys.put(socket.fd(), text(a));
      case "TCP_FASTOPEN_CONNECT" -> {
        return Optional.of(unconnected(socket, a, t -> t.fastOpenConnect(a.number(3) != 0)));
      }
      case "TCP_FASTOPEN_NO_COOKIE" -> {
        return Optional.of(unconnected(socket, a, t -> t.fastOpenNoCookie(a.number(3) != 0)));
      }
      default -> {
        return Optional.empty();
      }
    }
    return Optional.of(PendingCall.ok());
  }

  /** What Linux lets be switched, by 0 or 1, as long as there is no connection. */
  private static PendingCall unconnected(
      ScriptSocket socket, Arguments a, Consumer<TcpSocketOptions.Builder> change) {
    if (socket.socket().isPresent() || (a.number(3) & ~1L) != 0) {
      return PendingCall.done(Answer.error("EINVAL"));
    }
    TcpOptionCalls.change(socket, change);
    return PendingCall.ok();
  }

  /**
   * Cookies of the stack have names in scripts, so that the key of a listener need not be known.
   */
  private PendingCall key(Arguments a) {
    String actual = keys.getOrDefault(table.get(a, 0).fd(), "");
    if (!text(a).equals(actual)) {
      throw ScriptException.failed(
          a.get(3).place(), "TCP_FASTOPEN_KEY is \"" + actual + "\", expected \"" + text(a) + "\"");
    }
    return PendingCall.ok();
  }

  private static String text(Arguments a) {
    if (a.get(3) instanceof Value.Text t) {
      return t.text();
    }
    throw ScriptException.malformed(a.get(3).place(), "TCP_FASTOPEN_KEY wants a text");
  }

  /** Linux leaves it to the first write, when that goes with the SYN. */
  private Optional<PendingCall> connect(Arguments a) {
    ScriptSocket socket = table.get(a.count(3, 3), 0);
    boolean waits =
        socket.options().tcp().fastOpenConnect()
            && socket.socket().isEmpty()
            && sendsWithSyn(socket);
    if (waits) {
      socket.connectsTo(connections.remote(a, 1));
      return Optional.of(PendingCall.ok());
    }
    return Optional.empty();
  }

  private boolean sendsWithSyn(ScriptSocket socket) {
    return sysctls.opensFastAsClient() && (flows.cookies().isTaken() || withoutCookie(socket));
  }

  private boolean withoutCookie(ScriptSocket socket) {
    return sysctls.clientNeedsNoCookie() || socket.options().tcp().fastOpenNoCookie();
  }

  private Optional<PendingCall> write(Arguments a) {
    ScriptSocket socket = table.get(a, 0);
    long flags = a.call().name().equals("write") ? 0 : a.number(3);
    boolean asked = a.call().name().equals("sendto") && (flags & MSG_FASTOPEN) != 0;
    Optional<InetSocketAddress> remote = socket.connectsTo();
    if (asked && socket.socket().isEmpty()) {
      remote = Optional.of(connections.remote(a.count(6, 6), 4));
    }
    if (remote.isPresent() && NullBuffers.isOne(a)) {
      return Optional.of(PendingCall.done(Answer.error("EFAULT")));
    }
    return remote.map(to -> send(socket, to, a.number(2), flags));
  }

  private PendingCall send(ScriptSocket socket, InetSocketAddress to, long bytes, long flags) {
    boolean now = sendsWithSyn(socket);
    boolean wait = !socket.nonBlocking() && (flags & MSG_DONTWAIT) == 0;
    boolean freely = withoutCookie(socket);
    Answer connected =
        connections.open(socket, to, t -> t.fastOpenConnect(true).fastOpenNoCookie(freely));
    if (!connected.errno().isEmpty()) {
      return PendingCall.done(connected);
    }
    if (!now && !wait) {
      return PendingCall.done(Answer.error("EINPROGRESS"));
    }
    long first = now ? Math.min(bytes, synBytes()) : 0;
    return data.writeWithSyn(socket, bytes, first, flags);
  }

  private long synBytes() {
    int ours = options.mtu() - (options.local().isV4() ? 40 : 60);
    int most = flows.cookies().isTaken() ? Math.min(ours, flows.cookies().peerMss()) : ours;
    return most - OPTION_BYTES;
  }
}
