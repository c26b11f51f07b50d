package org.mptcp4j.testkit.packetdrill;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The descriptors of a script. */
final class SocketTable {
  private static final int FIRST_FD = 3;

  private final Map<Integer, ScriptSocket> sockets = new TreeMap<>();
  private final Map<Integer, Epoll> epolls = new TreeMap<>();

  /** A number for a new descriptor: the one that the script expects, when it is free. */
  int free(CallSpec call) {
    long wanted = call.result().orElse(-1);
    if (wanted >= 0 && isFree((int) wanted)) {
      return (int) wanted;
    }
    int fd = FIRST_FD;
    while (!isFree(fd)) {
      fd++;
    }
    return fd;
  }

  private boolean isFree(int fd) {
    return !sockets.containsKey(fd) && !epolls.containsKey(fd);
  }

  void add(ScriptSocket socket) {
    sockets.put(socket.fd(), socket);
  }

  void add(int fd, Epoll epoll) {
    epolls.put(fd, epoll);
  }

  Optional<ScriptSocket> find(long fd) {
    return Optional.ofNullable(sockets.get((int) fd));
  }

  Optional<Epoll> findEpoll(long fd) {
    return Optional.ofNullable(epolls.get((int) fd));
  }

  /** The socket of an argument; a script that names another is told so. */
  ScriptSocket get(Arguments arguments, int i) {
    long fd = arguments.number(i);
    return find(fd)
        .orElseThrow(
            () ->
                ScriptException.malformed(
                    arguments.get(i).place(), "there is no socket with descriptor " + fd));
  }

  /** The socket of a connection. */
  Optional<ScriptSocket> of(Flow flow) {
    return sockets.values().stream()
        .filter(s -> s.flow().filter(f -> f == flow).isPresent())
        .findFirst();
  }

  /** Whether a socket listens on that port, or on any for 0. */
  boolean listensOn(int port) {
    return sockets.values().stream()
        .flatMap(s -> s.server().stream())
        .mapToInt(s -> s.localAddress().getPort())
        .anyMatch(p -> port == 0 || p == port);
  }

  void remove(int fd) {
    sockets.remove(fd);
    epolls.remove(fd);
  }

  List<ScriptSocket> all() {
    return new ArrayList<>(sockets.values());
  }
}
