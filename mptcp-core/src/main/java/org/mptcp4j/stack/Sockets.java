package org.mptcp4j.stack;

import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.mptcp4j.api.ConnectionInfo;
import org.mptcp4j.api.MptcpException;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.MptcpStack;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.api.SocketOptions;
import org.mptcp4j.api.StackEvent;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.link.packet.PacketBatch;
import org.mptcp4j.mib.Mib;
import org.mptcp4j.mptcp.Connection;
import org.mptcp4j.mptcp.ConnectionEvents;
import org.mptcp4j.mptcp.SubflowFactory;
import org.mptcp4j.tcp.FastOpenAnswer;
import org.mptcp4j.tcp.FourTuple;
import org.mptcp4j.tcp.SynCookie;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.TxSegment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections and listeners of a stack: who has something to send, who has something to report,
 * whose time has come.
 *
 * <p>Every verb of a connection is followed by {@link #touch}, which puts it on the list of those
 * to be polled. Polling it dry ends in {@link #settle}, which collects its events, schedules its
 * timer and forgets it when it is done.
 */
final class Sockets {
  private static final Logger LOG = LoggerFactory.getLogger(MptcpStack.class);

  /** (Super-)segments that a connection sends before it is the next one's turn. */
  private static final int TURN_SEGMENTS = 4;

  /** Timers that one call works through. */
  private static final int TURN_TIMERS = 1024;

  /** Half-open connections that one segment looks at to find one that may go. */
  private static final int TURN_RECYCLED = 16;

  /** What a client has for its answer: RFC 6298 section 2.1, and as long again as that doubled. */
  private static final long ANSWER_NS = 3_000_000_000L;

  private final Services services;
  private final ConnectionNodes nodes = new ConnectionNodes();

  /** Over, but something of what came before may still be read: given back with the stack. */
  private final Set<ConnectionNode> unread = new LinkedHashSet<>();

  private final RunQueue running = new RunQueue();
  private final EventQueue events = new EventQueue();
  private final PolledEvent event = new PolledEvent();
  private final TimerWheel wheel = new TimerWheel();
  private final Outbox outbox = new Outbox();
  private final TxSegment segment = new TxSegment();
  private final Indexes indexes;
  private final Acceptance acceptance;
  private final StatelessHandshake stateless;
  private final FastOpens fastOpens;
  private final SynQueue<Listener> halfOpen;
  private final Holdings holdings;
  private final Shutdown shutdown = new Shutdown();
  private boolean closed;
  private boolean unannounced;
  private long transmitNs;

  Sockets(Services services) {
    this.services = services;
    indexes = services.indexes();
    acceptance =
        new Acceptance(
            services.config(),
            services.listeners(),
            running,
            events,
            services.counters(),
            services.journal(),
            services.halfOpenNs(),
            services.iss()::placeOf);
    halfOpen = acceptance.halfOpen();
    fastOpens = new FastOpens(services);
    stateless = new StatelessHandshake(services, new CookieAnswer(services, outbox));
    Orphans orphans = new Orphans(services.config().limits().orphans());
    holdings = new Holdings(services.memory(), orphans, nodes, running, services.counters());
  }

  /** All connections. */
  ConnectionNodes nodes() {
    return nodes;
  }

  Services services() {
    return services;
  }

  /** What they hold. */
  Holdings holdings() {
    return holdings;
  }

  /** Packets that belong to no connection and wait to be sent. */
  Outbox outbox() {
    return outbox;
  }

  boolean isClosed() {
    return closed;
  }

  /** Whether it takes nothing new. */
  boolean isShuttingDown() {
    return shutdown.begun();
  }

  /** See {@link MptcpStack#isDrained}. */
  boolean isDrained() {
    return closed || shutdown.quiet() && nodes.size() == 0 && running.isIdle() && outbox.isEmpty();
  }

  int halfOpenCount() {
    return halfOpen.size();
  }

  // ---- Opening

  /**
   * Opens a connection.
   *
   * @throws MptcpException when a limit is reached or the tuple is taken
   */
  MptcpSocket connect(
      long nowNs, FourTuple tuple, int link, SubflowFactory factory, SocketOptions options)
      throws MptcpException {
    if (!makeRoom(nowNs)) {
      services.counters().limitReached(IpMib.CONNECTION_LIMIT);
      throw new MptcpException(
          SocketError.ENOBUFS, "connect to " + tuple.remote() + " port " + tuple.remotePort());
    }
    ConnectionNode node = new ConnectionNode(indexes);
    Connection connection =
        Connection.connect(nowNs, factory, tuple, link, node)
            .orElseThrow(
                () -> new MptcpException(SocketError.ENOBUFS, "connect to " + tuple.remote()));
    nodes.add(node, connection);
    node.connectDeadline(nowNs + options.connectTimeoutNs());
    MptcpSocket handle = new SocketHandle(services.config(), running, node);
    node.own(handle);
    services.journal().connecting(node.id(), connection);
    touch(node);
    return handle;
  }

  private boolean isFull() {
    return nodes.size() >= services.config().limits().connections();
  }

  /** Makes half-open connections give way to another one. Returns whether there is room for it. */
  private boolean makeRoom(long nowNs) {
    for (int i = 0; i < TURN_RECYCLED && isCrowded() && recycleOldest(nowNs); i++) {}
    return !isFull();
  }

  private boolean isCrowded() {
    return !halfOpen.isEmpty() && (isFull() || services.flows().isFull());
  }

  /**
   * RFC 4987 section 3.4: the half-open connection that has waited longest goes, without a word to
   * an address that may be forged. A peer that is there after all gets a reset when it says
   * something. Who waits for its first bytes only has shown that it is there: it is accepted, or
   * gets a reset when there is no room.
   *
   * @return whether it gave way, or leaves the next oldest to do so
   */
  private boolean recycleOldest(long nowNs) {
    ConnectionNode oldest = halfOpen.oldest();
    collect(oldest); // the last packet of its handshake may have come in this very turn
    if (oldest.phase() != ConnectionNode.Phase.HALF_OPEN) {
      return true;
    }
    if (oldest.isDeferred()) {
      touch(oldest);
      return acceptance.complete(oldest);
    }
    services.counters().limitReached(Mib.TCP_REQ_Q_FULL_DROP);
    services.counters().increment(Mib.LISTEN_DROPS);
    abandon(nowNs, oldest, SocketError.ENOBUFS);
    wheel.cancel(oldest);
    holdings.forget(oldest);
    nodes.remove(oldest);
    return true;
  }

  /** The passive side. */
  Acceptance acceptance() {
    return acceptance;
  }

  /** A SYN for a listener, which is not part of any connection. */
  void onSyn(long nowNs, Listener listener, RxSegment syn, int link) {
    StackCounters counters = services.counters();
    if (acceptance.isFull(listener)) {
      return;
    }
    // RFC 4987 section 3.6: what finds no place among the half-open is answered by a cookie.
    if (halfOpen.isCrowded(syn.srcHi(), syn.srcLo(), syn.isV4()) || !makeHalfOpenRoom(nowNs)) {
      stateless.answer(nowNs, listener.config(), syn, link);
      return;
    }
    if (!hasRoom(nowNs)) {
      return;
    }
    ConnectionNode node = new ConnectionNode(indexes);
    FastOpenAnswer fastOpen = fastOpens.answer(nowNs, listener, syn);
    Optional<Connection> connection =
        Connection.accept(nowNs, listener.factory(), syn, link, node, fastOpen);
    if (connection.isEmpty()) {
      counters.increment(Mib.LISTEN_DROPS);
      fastOpens.refused(fastOpen);
      return;
    }
    nodes.add(node, connection.get());
    acceptance.begin(nowNs, node, listener);
    node.connectDeadline(nowNs + services.halfOpenNs());
    fastOpens.begin(listener, node, fastOpen);
    touch(node);
    advance(node);
  }

  /** Whether another half-open connection finds a place, if need be that of the oldest. */
  private boolean makeHalfOpenRoom(long nowNs) {
    for (int i = 0; i < TURN_RECYCLED && isOldestLate(nowNs) && recycleOldest(nowNs); i++) {}
    return !halfOpen.isFull();
  }

  private boolean isOldestLate(long nowNs) {
    return halfOpen.isFull() && nowNs - halfOpen.oldestSinceNs() >= ANSWER_NS;
  }

  private boolean hasRoom(long nowNs) {
    boolean room = makeRoom(nowNs);
    if (!room) {
      services.counters().limitReached(IpMib.CONNECTION_LIMIT);
      services.counters().increment(Mib.LISTEN_DROPS);
    }
    return room;
  }

  /** SYN cookies. */
  StatelessHandshake stateless() {
    return stateless;
  }

  /**
   * A SYN cookie came back: the connection is made and gets the segment.
   *
   * @param key ours that came back with it, 0 when there is none
   */
  void onCookie(
      long nowNs, Listener listener, RxSegment ack, SynCookie cookie, long key, int link) {
    StackCounters counters = services.counters();
    if (acceptance.isFull(listener)) {
      return;
    }
    if (!hasRoom(nowNs)) {
      return;
    }
    ConnectionNode node = new ConnectionNode(indexes);
    Optional<Connection> made =
        Connection.accept(nowNs, listener.factory(), ack, cookie, key, link, node);
    if (made.isEmpty()) {
      counters.increment(Mib.LISTEN_DROPS);
      return;
    }
    nodes.add(node, made.get());
    acceptance.beginAcknowledged(nowNs, node, listener);
    node.connectDeadline(nowNs + services.halfOpenNs());
    call(nowNs, node, c -> c.onSegment(nowNs, c.flows().get(0), ack));
    advance(node);
  }

  // ---- What happens to connections

  /** Something happened to the connection. */
  void touch(ConnectionNode node) {
    running.touch(node);
  }

  /** A connection got a segment: those that are half open find their places in that order. */
  void advance(ConnectionNode node) {
    if (node.phase() == ConnectionNode.Phase.HALF_OPEN) {
      collect(node);
    }
  }

  /** Calls a verb of one connection; when that fails, this connection is closed and no other. */
  void call(long nowNs, ConnectionNode node, Consumer<Connection> verb) {
    if (node.broken()) {
      return;
    }
    try {
      verb.accept(node.connection());
    } catch (RuntimeException | Error e) {
      fail(nowNs, node, e);
    }
    touch(node);
  }

  /** A broken invariant: the connection is closed, with its state in the log. */
  void fail(long nowNs, ConnectionNode node, Throwable defect) {
    services.counters().increment(IpMib.INTERNAL_ERRORS);
    LOG.error("closing {} because of a defect; state {}", node, describe(node), defect);
    abandon(nowNs, node, SocketError.ESHUTDOWN);
    services.flows().removeAll(node);
  }

  private static String describe(ConnectionNode node) {
    try {
      ConnectionInfo info = node.connection().info(node.id());
      return info + " " + info.subflows();
    } catch (RuntimeException e) {
      return "not available: " + e;
    }
  }

  /** Ends a connection without a word to the peer and tells the application why. */
  private void abandon(long nowNs, ConnectionNode node, SocketError why) {
    if (node.phase() == ConnectionNode.Phase.HALF_OPEN) {
      acceptance.forget(node);
    }
    node.giveUp(why);
    try {
      node.connection().release();
    } catch (RuntimeException e) {
      LOG.error("releasing {} failed; it may leak", node, e);
      services.flows().removeAll(node);
    }
    touch(node);
  }

  /** Moves what the connection reports to where the application finds it. */
  private void collect(ConnectionNode node) {
    fastOpens.look(transmitNs, node);
    int bits = node.broken() ? 0 : node.connection().meta().takeEvents();
    switch (node.phase()) {
      case HALF_OPEN -> collectHalfOpen(node, bits);
      case BACKLOG -> node.addPending(bits);
      case OWNED -> {
        if ((bits & ConnectionEvents.CONNECTED) != 0) {
          services.journal().connected(node.id(), node.connection());
        }
        node.addPending(bits);
        if (node.hasPending()) {
          events.add(node);
        }
      }
      case REPORTED, ORPHAN -> {
        // Nobody listens.
      }
    }
  }

  private void collectHalfOpen(ConnectionNode node, int bits) {
    if ((bits & ConnectionEvents.CONNECTED) != 0) {
      node.addPending(bits & ~ConnectionEvents.CONNECTED);
      acceptance.establish(transmitNs, node);
    } else if ((bits & (ConnectionEvents.CONNECT_FAILED | ConnectionEvents.CLOSED)) != 0) {
      acceptance.forget(node);
    } else {
      node.addPending(bits);
      if (node.isDeferred() && node.hasInput()) {
        acceptance.complete(node);
      }
    }
  }

  /**
   * The connection has nothing to send: collect its events, set its timer, forget it when it is
   * over.
   */
  private void settle(ConnectionNode node) {
    collect(node);
    holdings.settled(transmitNs, node);
    unannounced |= node.queued();
    if (node.done()) {
      if (node.phase() == ConnectionNode.Phase.HALF_OPEN) {
        acceptance.forget(node);
      }
      wheel.cancel(node);
      forgetIfReported(node);
    } else {
      wheel.schedule(node, node.deadlineNs());
    }
  }

  private void forgetIfReported(ConnectionNode node) {
    boolean waits = node.phase() == ConnectionNode.Phase.BACKLOG || node.hasPending();
    if (!waits && node.done()) {
      holdings.forget(node);
      nodes.remove(node);
      if (node.isUnread()) {
        unread.add(node);
      } else {
        unread.remove(node);
      }
    }
  }

  // ---- The driver's verbs

  /** See {@link MptcpStack#pollEvent}. */
  StackEvent pollEvent() {
    unannounced = false;
    for (ConnectionNode n = running.takeTouched(); n != null; n = running.takeTouched()) {
      collect(n);
    }
    while (true) {
      if (events.poll(event)) {
        return event;
      }
      EventSource head = events.removeHead();
      if (head == null) {
        event.clear();
        return null;
      }
      if (head instanceof ConnectionNode node) {
        forgetIfReported(node);
      }
    }
  }

  /** See {@link MptcpStack#pollTransmit}. */
  void pollTransmit(long nowNs, PacketBatch out) {
    transmitNs = nowNs;
    outbox.drainTo(out);
    while (!out.isFull() && !running.isIdle()) {
      ConnectionNode node = running.takeReady();
      boolean more = true; // also after an error, which the caller gets
      try {
        more = sendTurn(nowNs, node, out);
      } finally {
        if (more) {
          running.again(node);
        } else {
          running.dry(node);
          settle(node);
        }
      }
    }
  }

  /** Lets a connection send its share. Returns whether it may have more. */
  private boolean sendTurn(long nowNs, ConnectionNode node, PacketBatch out) {
    if (node.broken()) {
      return false;
    }
    Connection connection = node.connection();
    try {
      boolean any = connection.pollTransmit(nowNs, segment);
      for (int i = 1; any; i++) {
        services.counters().add(Mib.OUT_SEGS, wireSegments());
        encodeInto(out);
        if (i == TURN_SEGMENTS || out.isFull()) {
          return true;
        }
        any = connection.pollFurther(nowNs, segment);
      }
    } catch (RuntimeException e) {
      segment.clear();
      fail(nowNs, node, e);
    }
    return false;
  }

  /** What a (super-)segment becomes on the wire. */
  private int wireSegments() {
    int size = segment.gsoSize();
    int payload = segment.payloadLength();
    return size > 0 && payload > size ? (payload + size - 1) / size : 1;
  }

  private void encodeInto(PacketBatch out) {
    Packet slot = out.add();
    try {
      segment.encodeInto(slot, services.allocator());
    } catch (RuntimeException | Error e) {
      out.removeLast();
      segment.clear();
      throw e;
    }
  }

  /** See {@link MptcpStack#nextTimeoutNs}. */
  long nextTimeoutNs() {
    // Sending may end a connection: the driver is woken once, so that the application hears of it.
    long event = unannounced ? transmitNs : Long.MAX_VALUE;
    return Math.min(event, nextTimerNs());
  }

  private long nextTimerNs() {
    long next = Math.min(wheel.nextTimeoutNs(), shutdown.nextTimeoutNs());
    return Math.min(next, services.flows().nextTimeoutNs());
  }

  /** See {@link MptcpStack#onTimeout}. */
  void onTimeout(long nowNs) {
    unannounced = false;
    endOverdue(nowNs);
    services.flows().expire(nowNs, TURN_TIMERS);
    for (int i = 0; i < TURN_TIMERS; i++) {
      TimerWheel.Timer timer = wheel.expire(nowNs);
      if (timer == null) {
        return;
      }
      ConnectionNode node = (ConnectionNode) timer;
      if (node.deadlineNs() > nowNs) {
        wheel.schedule(node, node.deadlineNs());
      } else if (node.isDeferred() && node.connectDeadlineNs() <= nowNs) {
        acceptance.waitedEnough(nowNs, node);
        touch(node);
      } else if (node.connectDeadlineNs() <= nowNs) {
        abandon(nowNs, node, SocketError.ETIMEDOUT);
      } else {
        call(nowNs, node, c -> c.onTimeout(nowNs));
      }
    }
  }

  /** See {@link MptcpStack#shutdown}. */
  void shutdown(long nowNs, long deadlineNs) {
    if (closed) {
      return;
    }
    shutdown.begin(deadlineNs);
    acceptance.closeAll();
    nodes.all().forEach(ConnectionNode::closeHandle);
    endOverdue(nowNs);
  }

  private void endOverdue(long nowNs) {
    shutdown.onTimeout(nowNs);
    if (!shutdown.takeReset(nowNs)) {
      return;
    }
    for (ConnectionNode node : nodes.all()) {
      if (!node.broken()) {
        shutdown.resetting(nowNs, node.connection());
        node.connection().reset();
        touch(node);
      }
    }
  }

  /** See {@link MptcpStack#close}. */
  void close(long nowNs) {
    closed = true;
    unannounced = false;
    running.close();
    acceptance.discardAll();
    for (ConnectionNode node : nodes.all()) {
      if (node.phase() == ConnectionNode.Phase.OWNED) {
        services.journal().closed(node.id(), node.connection(), SocketError.ESHUTDOWN);
      }
      abandon(nowNs, node, SocketError.ESHUTDOWN);
      wheel.cancel(node);
      nodes.remove(node);
    }
    unread.forEach(node -> node.connection().release());
    unread.clear();
    events.clear();
    holdings.close();
    services.flows().clear();
    outbox.clear();
    segment.clear();
  }
}
