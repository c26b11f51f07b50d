package org.mptcp4j.testkit.packetdrill;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An epoll descriptor: which sockets it watches, and for what. */
final class Epoll {

  /** What one descriptor is watched for. */
  static final class Interest {
    private final long events;
    private final long data;
    private List<Object> seen = List.of();
    private boolean spent;

    private Interest(long events, long data) {
      this.events = events;
      this.data = data;
    }

    /** Whether it would report these events of the socket. */
    boolean reports(long ready, ScriptSocket socket) {
      boolean news = (events & Constants.EPOLLET) == 0 || !seen.equals(socket.edge());
      return ready != 0 && news && !spent;
    }

    /** It reported: with EPOLLET not again before something new, with EPOLLONESHOT not at all. */
    void reported(ScriptSocket socket) {
      seen = socket.edge();
      spent = (events & Constants.EPOLLONESHOT) != 0;
    }

    long events() {
      return events;
    }

    /** What the application wants to be told with them. */
    long data() {
      return data;
    }
  }

  private final Map<Integer, Interest> interests = new LinkedHashMap<>();

  boolean watches(int fd) {
    return interests.containsKey(fd);
  }

  void watch(int fd, long events, long data) {
    interests.put(fd, new Interest(events, data));
  }

  void forget(int fd) {
    interests.remove(fd);
  }

  /** What each descriptor is watched for. */
  Map<Integer, Interest> interests() {
    return interests;
  }
}
