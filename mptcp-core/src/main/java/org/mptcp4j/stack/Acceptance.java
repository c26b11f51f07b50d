package org.mptcp4j.stack;

import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongUnaryOperator;
import java.util.function.Supplier;
import org.mptcp4j.api.MptcpServerSocket;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.mib.Mib;
import org.mptcp4j.mptcp.SubflowFactory;
import org.mptcp4j.pm.PathManager;
import org.mptcp4j.pm.PathManagerFactory;
import org.mptcp4j.wire.RxSegment;

/**
 * The passive side of a stack: listeners, connections whose handshake runs, and backlogs, from
 * which the application takes them.
 */
final class Acceptance {
  /** How often who has waited long enough looks whether there is room. */
  private static final long ROOM_CHECK_NS = 1_000_000_000L;

  private final StackConfig config;
  private final ListenTable<Listener> listeners;
  private final SynQueue<Listener> halfOpen;
  private final RunQueue running;
  private final EventQueue events;
  private final StackCounters counters;
  private final Journal journal;
  private final long handshakeNs;
  private final Map<PathManagerFactory, Integer> places = new HashMap<>(); // each of so many

  /**
   * Creates it.
   *
   * @param handshakeNs how long a handshake may take
   * @param networkHash nobody outside knows it
   */
  Acceptance(
      StackConfig config,
      ListenTable<Listener> listeners,
      RunQueue running,
      EventQueue events,
      StackCounters counters,
      Journal journal,
      long handshakeNs,
      LongUnaryOperator networkHash) {
    this.config = config;
    this.listeners = listeners;
    this.running = running;
    this.events = events;
    this.counters = counters;
    this.journal = journal;
    this.handshakeNs = handshakeNs;
    halfOpen = new SynQueue<>(config.limits().halfOpen(), networkHash);
  }

  /** Connections whose handshake runs, in the order of their SYNs. */
  SynQueue<Listener> halfOpen() {
    return halfOpen;
  }

  /** Adds a listener, whose address and port are free. */
  MptcpServerSocket listen(
      InetSocketAddress local, IpAddress address, int backlog, SubflowFactory factory) {
    Listener listener = new Listener(this, local, address, backlog, factory);
    listeners.add(listener);
    addPlaces(listener.config().pathManager());
    journal.listening(local);
    return listener.socket();
  }

  /** The listener for a destination, or {@code null}. */
  Listener find(long hi, long lo, int port) {
    return listeners.find(hi, lo, port);
  }

  /** Path managers of the stack, or of a listener, may have places where there are joins only. */
  void addPlaces(Supplier<PathManager> of) {
    if (of instanceof PathManagerFactory factory) {
      places.merge(factory, 1, Integer::sum);
    }
  }

  private void removePlaces(Supplier<PathManager> of) {
    if (of instanceof PathManagerFactory factory) {
      places.computeIfPresent(factory, (any, n) -> n == 1 ? null : n - 1);
    }
  }

  /** Whether connections are joined, but never opened, at that place. */
  boolean takesJoinsOnly(IpAddress local, int port) {
    for (PathManagerFactory one : places.keySet()) {
      if (one.takesJoinsOnly(local, port)) {
        return true;
      }
    }
    return false;
  }

  /** A connection was made for a SYN to that listener. */
  void begin(long nowNs, ConnectionNode node, Listener listener) {
    node.halfOpen();
    halfOpen.add(nowNs, node, listener);
  }

  /** A connection was made for the segment that completes its handshake, and will read it. */
  void beginAcknowledged(long nowNs, ConnectionNode node, Listener listener) {
    node.halfOpen();
    halfOpen.addAcknowledged(nowNs, node, listener);
  }

  /**
   * Whether a segment would complete a handshake, and there is no room: which is counted. As on
   * Linux it is as if it were lost. The SYN/ACK is repeated, and the peer gets in when there is.
   */
  boolean isInVain(ConnectionNode node, RxSegment segment) {
    return node.phase() == ConnectionNode.Phase.HALF_OPEN
        && segment.hasAck()
        && !segment.syn()
        && !segment.rst()
        && isFull(halfOpen.listenerOf(node));
  }

  /** Whether a listener has no room for another connection, which is counted. */
  boolean isFull(Listener listener) {
    boolean full = listener.isFull();
    if (full) {
      counters.limitReached(Mib.LISTEN_OVERFLOWS);
      counters.increment(Mib.LISTEN_DROPS);
    }
    return full;
  }

  /**
   * Its handshake is complete; the application hears of it, or is spared that until the peer says
   * something: as long as it takes no place from those whose handshake is not complete.
   */
  void establish(long nowNs, ConnectionNode node) {
    long deferNs = deferNs(halfOpen.listenerOf(node));
    if (deferNs > 0 && !node.hasInput() && halfOpen.mayStay(node)) {
      node.defer(nowNs + deferNs);
      counters.increment(Mib.TCP_DEFER_ACCEPT_DROP);
    } else {
      complete(node);
    }
  }

  private static long deferNs(Listener listener) {
    return listener.config().socket().tcp().deferAcceptNs();
  }

  /**
   * Its first bytes did not come in time: as on Linux it is accepted without. While there is no
   * room it goes on waiting, but no longer than a handshake may take.
   */
  void waitedEnough(long nowNs, ConnectionNode node) {
    Listener listener = halfOpen.listenerOf(node);
    long lastNs = halfOpen.sinceNs(node) + deferNs(listener) + handshakeNs;
    if (listener.isFull() && nowNs < lastNs) {
      node.defer(nowNs + ROOM_CHECK_NS);
    } else {
      complete(node);
    }
  }

  /**
   * The application hears of it.
   *
   * @return whether it does; without room it is reset
   */
  boolean complete(ConnectionNode node) {
    Listener listener = halfOpen.remove(node);
    if (isFull(listener)) {
      refuse(node); // it waited for its first bytes, and others came first
      return false;
    }
    node.enterBacklog();
    listener.offer(node);
    events.add(listener);
    return true;
  }

  /** Its handshake came to nothing. */
  void forget(ConnectionNode node) {
    halfOpen.remove(node);
    node.orphan();
  }

  /** Gives the oldest connection of a backlog to the application, or {@code null}. */
  MptcpSocket accept(Listener listener) {
    ConnectionNode node = listener.take();
    if (node == null) {
      return null;
    }
    MptcpSocket socket = new SocketHandle(config, running, node);
    node.own(socket);
    journal.accepted(node.id(), node.connection());
    if (node.hasPending()) {
      events.add(node);
    }
    running.touch(node);
    return socket;
  }

  /** Ends a listener; what waits in its backlog, and half-open connections, are aborted. */
  void close(Listener listener) {
    listener.markClosed();
    remove(listener);
    journal.listeningEnded(listener.local());
    for (ConnectionNode node = listener.take(); node != null; node = listener.take()) {
      refuse(node);
    }
    for (ConnectionNode node : halfOpen.of(listener)) {
      halfOpen.remove(node);
      refuse(node);
    }
  }

  private void remove(Listener listener) {
    listeners.remove(listener);
    removePlaces(listener.config().pathManager());
  }

  /** Ends all listeners. */
  void closeAll() {
    listeners.all().forEach(this::close);
  }

  /** Ends all listeners without a word to anybody. */
  void discardAll() {
    List<Listener> all = listeners.all();
    all.forEach(Listener::markClosed);
    all.forEach(this::remove);
    all.forEach(listener -> journal.listeningEnded(listener.local()));
  }

  private void refuse(ConnectionNode node) {
    node.orphan();
    node.connection().meta().abort();
    running.touch(node);
  }
}
