package org.mptcp4j.testkit.packetdrill;

import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.function.Consumer;
import org.mptcp4j.api.MptcpException;
import org.mptcp4j.api.MptcpMode;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.api.SocketOptions;
import org.mptcp4j.api.TcpSocketOptions;
import org.mptcp4j.link.packet.IpAddress;

/** socket, bind, listen, accept, connect, shutdown, close. */
final class ConnectionCalls {
  private final StackHost host;
  private final RunOptions options;
  private final SocketTable table;
  private final Flows flows;
  private final Sysctls sysctls;

  ConnectionCalls(
      StackHost host, RunOptions options, SocketTable table, Flows flows, Sysctls sysctls) {
    this.host = host;
    this.options = options;
    this.table = table;
    this.flows = flows;
    this.sysctls = sysctls;
  }

  /** Begins a call; empty when it is none of these. */
  Optional<PendingCall> begin(Arguments a) {
    PendingCall call =
        switch (a.call().name()) {
          case "socket" -> socket(a.count(3, 3));
          case "bind" -> bind(a.count(3, 3));
          case "listen" -> listen(a.count(2, 2));
          case "accept" -> accept(a.count(3, 3), 0);
          case "accept4" -> accept(a.count(4, 4), a.number(3));
          case "connect" -> connect(a.count(3, 3));
          case "shutdown" -> shutdown(a.count(2, 2));
          case "close" -> close(a.count(1, 1));
          default -> null;
        };
    return Optional.ofNullable(call);
  }

  private PendingCall socket(Arguments a) {
    long type = a.number(1) & 0xf;
    long protocol = a.number(2);
    if (type != 1) {
      throw ScriptException.refused(a.get(1).place(), "sockets of type " + a.text(1));
    }
    if (protocol != 0 && protocol != 6 && protocol != Constants.IPPROTO_MPTCP) {
      throw ScriptException.refused(a.get(2).place(), "sockets of protocol " + a.text(2));
    }
    if (protocol == Constants.IPPROTO_MPTCP && !sysctls.multipath()) {
      return PendingCall.done(Answer.error("ENOPROTOOPT"));
    }
    MptcpMode mode = protocol == Constants.IPPROTO_MPTCP ? MptcpMode.ENABLED : MptcpMode.DISABLED;
    SocketOptions defaults =
        SocketOptions.builder()
            .mptcp(mode)
            .congestionControl(sysctls.congestionControl())
            .pacing(sysctls.pacing())
            .tcp(t -> t.notSentLowatBytes(sysctls.notSentLowat()))
            .build();
    ScriptSocket socket = new ScriptSocket(table.free(a.call()), defaults);
    socket.nonBlocking((a.number(1) & Constants.SOCK_NONBLOCK) != 0);
    table.add(socket);
    flows.startOver();
    return PendingCall.done(Answer.of(socket.fd()));
  }

  private PendingCall bind(Arguments a) {
    ScriptSocket socket = table.get(a, 0);
    InetSocketAddress address = a.address(1, options.local(), options.bindPort());
    if (socket.bound().isPresent()) {
      return PendingCall.done(Answer.error("EINVAL"));
    }
    boolean taken =
        table.all().stream()
            .filter(s -> s.server().isPresent())
            .anyMatch(s -> s.server().orElseThrow().localAddress().getPort() == address.getPort());
    if (taken) {
      return PendingCall.done(Answer.error("EADDRINUSE"));
    }
    socket.bound(address);
    return PendingCall.ok();
  }

  private PendingCall listen(Arguments a) {
    ScriptSocket socket = table.get(a, 0);
    if (socket.socket().isPresent()) {
      return PendingCall.done(Answer.error("EINVAL"));
    }
    if (socket.server().isPresent()) {
      return PendingCall.ok();
    }
    InetSocketAddress local = socket.bound().orElseGet(() -> options.local().withPort(0));
    // Linux refuses what comes when more than the backlog wait, not as many.
    int backlog =
        (int)
            Math.min(
                65_535,
                Math.min(sysctls.limit("net.core.somaxconn"), Math.max(0, a.number(1))) + 1);
    TcpOptionCalls.change(socket, t -> sysctls.fastOpenOfListener(t, backlog));
    try {
      socket.server(host.stack().listen(local, backlog, socket.options()));
      socket.backlog(backlog);
    } catch (MptcpException e) {
      return PendingCall.done(Answer.error(e.error().name()));
    }
    flows.listenOn(socket.server().orElseThrow().localAddress().getPort());
    return PendingCall.ok();
  }

  /** Listens with other options: nobody has connected yet who could notice. */
  PendingCall listenAgain(ScriptSocket socket) {
    InetSocketAddress local = socket.server().orElseThrow().localAddress();
    socket.server().orElseThrow().close();
    try {
      socket.server(host.stack().listen(local, socket.backlog(), socket.options()));
    } catch (MptcpException e) {
      return PendingCall.done(Answer.error(e.error().name()));
    }
    return PendingCall.ok();
  }

  private PendingCall accept(Arguments a, long flags) {
    ScriptSocket listener = table.get(a, 0);
    a.onlyAnyOrNull(1, "the address");
    if (listener.server().isEmpty()) {
      return PendingCall.done(Answer.error("EINVAL"));
    }
    return () -> {
      Optional<MptcpSocket> next = listener.accept();
      if (next.isEmpty()) {
        return listener.nonBlocking() ? Optional.of(Answer.error("EAGAIN")) : Optional.empty();
      }
      ScriptSocket accepted = new ScriptSocket(table.free(a.call()), listener.options());
      accepted.socket(next.get());
      accepted.zeroCopy().on(listener.zeroCopy().isOn());
      accepted.nonBlocking((flags & Constants.SOCK_NONBLOCK) != 0);
      InetSocketAddress local = next.get().localAddress();
      InetSocketAddress remote = next.get().remoteAddress();
      accepted.flow(
          flows.of(
              IpAddress.of(local.getAddress()),
              local.getPort(),
              IpAddress.of(remote.getAddress()),
              remote.getPort()));
      flows.underTest(accepted.flow().orElseThrow());
      table.add(accepted);
      return Optional.of(Answer.of(accepted.fd()));
    };
  }

  private PendingCall connect(Arguments a) {
    ScriptSocket socket = table.get(a, 0);
    if (socket.socket().isPresent()) {
      return PendingCall.done(connectAgain(socket));
    }
    Answer opening = open(socket, remote(a, 1), t -> {});
    if (!opening.errno().isEmpty()) {
      return PendingCall.done(opening);
    }
    if (socket.nonBlocking()) {
      socket.connectsInTheBackground();
      return PendingCall.done(Answer.error("EINPROGRESS"));
    }
    return () -> {
      if (!socket.isConnected()) {
        return Optional.empty();
      }
      String error = socket.takeError();
      return Optional.of(error.isEmpty() ? Answer.of(0) : Answer.error(error));
    };
  }

  /** The address to connect to. */
  InetSocketAddress remote(Arguments a, int argument) {
    return a.address(argument, options.remote(), options.connectPort());
  }

  /** Opens a connection; the answer is an error, or that it has begun. */
  Answer open(
      ScriptSocket socket, InetSocketAddress remote, Consumer<TcpSocketOptions.Builder> more) {
    SocketOptions.Builder chosen = socket.options().toBuilder().tcp(more);
    boolean range = socket.onlyPort() != 0 && socket.bound().isEmpty();
    Optional<InetSocketAddress> from =
        range ? Optional.of(options.local().withPort(socket.onlyPort())) : socket.bound();
    from.ifPresent(chosen::localAddress);
    try {
      MptcpSocket opened = host.stack().connect(host.nowNs(), remote, chosen.build());
      socket.socket(opened);
      InetSocketAddress local = opened.localAddress();
      socket.flow(
          flows.opened(
              IpAddress.of(local.getAddress()),
              local.getPort(),
              IpAddress.of(remote.getAddress()),
              remote.getPort()));
      return Answer.of(0);
    } catch (MptcpException e) {
      // Of a range none is left; a port that was bound is somebody else's.
      boolean taken = range && e.error() == SocketError.EADDRINUSE;
      return Answer.error((taken ? SocketError.EADDRNOTAVAIL : e.error()).name());
    }
  }

  /** A second connect asks how the first one went. */
  private static Answer connectAgain(ScriptSocket socket) {
    if (!socket.isConnected()) {
      return Answer.error("EALREADY");
    }
    String error = socket.takeError();
    if (!error.isEmpty()) {
      return Answer.error(error);
    }
    if (socket.isClosed()) {
      return Answer.error("ECONNABORTED");
    }
    return socket.takeSuccess() ? Answer.of(0) : Answer.error("EISCONN");
  }

  private PendingCall shutdown(Arguments a) {
    ScriptSocket socket = table.get(a, 0);
    if (socket.server().isPresent()) {
      throw ScriptException.refused(a.call().place(), "shutdown of a listening socket");
    }
    if (socket.isClosed() || !socket.isConnected()) {
      return PendingCall.done(Answer.error("ENOTCONN"));
    }
    long how = a.number(1);
    if (how == 0 || how == 2) {
      socket.shutInput();
    }
    if (how == 1 || how == 2) {
      socket.shutOutput();
    }
    return PendingCall.ok();
  }

  private PendingCall close(Arguments a) {
    int fd = (int) a.number(0);
    if (table.findEpoll(fd).isEmpty()) {
      ScriptSocket socket = table.get(a, 0);
      socket.close();
      socket.flow().ifPresent(Flow::leave);
    }
    table.remove(fd);
    return PendingCall.ok();
  }
}
