package org.mptcp4j.stack;

import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.api.StackEvent;
import org.mptcp4j.mptcp.Connection;
import org.mptcp4j.mptcp.ConnectionEvents;
import org.mptcp4j.mptcp.Flow;
import org.mptcp4j.mptcp.PathEvent;
import org.mptcp4j.mptcp.Registration;
import org.mptcp4j.pm.RemoteAddress;

/**
 * A connection as the stack keeps it: its timer, its place in the lists of those that may have
 * something to send or to report, and who it belongs to.
 */
final class ConnectionNode extends TimerWheel.Timer implements EventSource, Registration {

  /** Who a connection belongs to. */
  enum Phase {
    /** Nobody yet: the handshake of a passive connection runs. */
    HALF_OPEN,
    /** The backlog of a listener. */
    BACKLOG,
    /** The application. */
    OWNED,
    /** The application, which was told that it is over: nothing is reported after that. */
    REPORTED,
    /** Nobody any more: refused, or its listener was closed. Nothing is reported. */
    ORPHAN
  }

  /** Events of paths that wait for the application at most. */
  private static final int PATHS_LIMIT = 64;

  /** And most times. */
  private static final int FEW_PATHS = 2;

  private final Indexes indexes;
  private long id;
  private Connection connection;
  private Phase phase = Phase.OWNED;
  private MptcpSocket handle;
  private char pending; // bits of ConnectionEvents
  private boolean ready;
  private boolean touched;
  private boolean queued;
  private long receivedBytes;
  private long sentBytes;
  private long connectDeadlineNs = Long.MAX_VALUE;
  private Queue<PathEvent> paths; // null while none waits
  private Orphans.@Nullable Orphan asOrphan; // null while the application has it
  private boolean deferred;
  private SocketError givenUp = SocketError.NONE; // why the stack gave it up
  ConnectionNode previous;
  ConnectionNode next;

  /**
   * Makes one.
   *
   * @param indexes where its connection and flows are found
   */
  ConnectionNode(Indexes indexes) {
    this.indexes = indexes;
  }

  /** Begins to be used, for a connection that is registered. */
  void begin(long newId, Connection registered) {
    id = newId;
    connection = registered;
  }

  long id() {
    return id;
  }

  Connection connection() {
    return connection;
  }

  Phase phase() {
    return phase;
  }

  /** It was made for a SYN to a listener. */
  void halfOpen() {
    phase = Phase.HALF_OPEN;
  }

  /** Its handshake is complete, and its first bytes are waited for until then. */
  void defer(long untilNs) {
    deferred = true;
    connectDeadlineNs = untilNs;
  }

  /** Whether its first bytes are waited for. */
  boolean isDeferred() {
    return deferred;
  }

  /** Its handshake is complete. */
  void enterBacklog() {
    deferred = false;
    phase = Phase.BACKLOG;
  }

  /** Gives it to the application. */
  void own(MptcpSocket socket) {
    phase = Phase.OWNED;
    handle = socket;
  }

  /** Closes the application's end of it, if it has one. */
  void closeHandle() {
    if (phase == Phase.OWNED || phase == Phase.REPORTED) {
      handle.close();
    }
  }

  /** Nobody wants it any more. */
  void orphan() {
    deferred = false;
    phase = Phase.ORPHAN;
    pending = 0;
  }

  /** The memory that it is counted with for what it received. */
  long receivedBytes() {
    return receivedBytes;
  }

  /** The memory that it is counted with for what was written. */
  long sentBytes() {
    return sentBytes;
  }

  /** It is counted with that. */
  void held(long received, long sent) {
    receivedBytes = received;
    sentBytes = sent;
  }

  /** What is known of it since the application closed it, if that is so. */
  Orphans.@Nullable Orphan asOrphan() {
    return asOrphan;
  }

  void asOrphan(Orphans.@Nullable Orphan since) {
    asOrphan = since;
  }

  /** Whether it stands in the list of those that may have something to send. */
  boolean ready() {
    return ready;
  }

  void ready(boolean inList) {
    ready = inList;
  }

  /** Whether its events are to be collected. */
  boolean touched() {
    return touched;
  }

  void touched(boolean inList) {
    touched = inList;
  }

  /** Sets when an attempt to connect is given up. */
  void connectDeadline(long timeNs) {
    connectDeadlineNs = timeNs;
  }

  /** When an attempt to connect is given up; {@link Long#MAX_VALUE} when it is over. */
  long connectDeadlineNs() {
    return deferred || connection.meta().connecting() ? connectDeadlineNs : Long.MAX_VALUE;
  }

  /** When its timer must fire. */
  long deadlineNs() {
    return broken() ? Long.MAX_VALUE : Math.min(connection.nextTimeoutNs(), connectDeadlineNs());
  }

  // ---- what its connection registers

  @Override
  public boolean addToken(int token) {
    return indexes.addToken(token, this);
  }

  @Override
  public void removeToken(int token) {
    indexes.removeToken(token);
  }

  @Override
  public boolean addFlow(Flow flow) {
    return indexes.addFlow(this, flow);
  }

  @Override
  public void replaceFlow(Flow by) {
    indexes.flows().replace(this, by);
  }

  @Override
  public void removeFlow(Flow flow) {
    indexes.flows().remove(flow);
  }

  // ---- what its connection tells

  @Override
  public void log(PathEvent event) {
    indexes.journal().path(id, connection, event);
  }

  @Override
  public void path(PathEvent event) {
    log(event);
    boolean heard = phase != Phase.REPORTED && phase != Phase.ORPHAN && !endPending();
    if (!heard) {
      return;
    }
    if (paths == null) {
      paths = new ArrayDeque<>(FEW_PATHS);
    }
    if (paths.size() < PATHS_LIMIT) {
      paths.add(event);
    }
    pending |= ConnectionEvents.PATHS_CHANGED;
  }

  /** Whether the last event waits: what follows is of no interest. */
  private boolean endPending() {
    return (pending & (ConnectionEvents.CLOSED | ConnectionEvents.CONNECT_FAILED)) != 0;
  }

  // ---- events

  @Override
  public boolean queued() {
    return queued;
  }

  @Override
  public void queued(boolean inQueue) {
    queued = inQueue;
  }

  /** Whether the stack gave it up: its connection must not be called any more. */
  boolean broken() {
    return givenUp != SocketError.NONE;
  }

  /** Its connection must not be called any more; the application is told that it is closed. */
  void giveUp(SocketError why) {
    int last =
        connection.meta().connecting() ? ConnectionEvents.CONNECT_FAILED : ConnectionEvents.CLOSED;
    givenUp = why;
    pending = (char) (phase == Phase.ORPHAN || phase == Phase.REPORTED ? 0 : last);
  }

  /** Whether nothing is left of its connection. */
  boolean done() {
    return broken() || connection.done();
  }

  /** Why it is closed. */
  SocketError error() {
    return broken() ? givenUp : connection.meta().error();
  }

  /** Adds bits of {@link ConnectionEvents} to what is to be reported, unless the last event was. */
  void addPending(int bits) {
    if (phase != Phase.REPORTED) {
      pending |= bits;
    }
  }

  /** Whether the application, which was told of the end, may still read what came before it. */
  boolean isUnread() {
    return phase == Phase.REPORTED && !broken() && connection.meta().readableBytes() > 0;
  }

  /** Whether there is something to read, or never will be. */
  boolean hasInput() {
    int input =
        ConnectionEvents.READABLE | ConnectionEvents.END_OF_STREAM | ConnectionEvents.CLOSED;
    return (pending & input) != 0;
  }

  /** Whether there is something to report. */
  boolean hasPending() {
    return pending != 0;
  }

  @Override
  public boolean nextEvent(PolledEvent into) {
    if (pending == 0) {
      return false;
    }
    return opening(into) || path(into) || data(into) || closing(into);
  }

  private boolean opening(PolledEvent into) {
    return take(ConnectionEvents.CONNECTED, StackEvent.Type.CONNECTED, into)
        || take(ConnectionEvents.CONNECT_FAILED, StackEvent.Type.CONNECT_FAILED, into)
        || take(ConnectionEvents.ESTABLISHED, StackEvent.Type.ESTABLISHED, into);
  }

  private boolean path(PolledEvent into) {
    if ((pending & ConnectionEvents.PATHS_CHANGED) == 0) {
      return false;
    }
    PathEvent event = paths.poll();
    if (event == null) {
      pending &= ~ConnectionEvents.PATHS_CHANGED;
      paths = null;
      return false;
    }
    if (event instanceof PathEvent.SubEstablished up) {
      set(into, StackEvent.Type.SUB_ESTABLISHED, up.subflow());
    } else if (event instanceof PathEvent.SubClosed down) {
      set(into, StackEvent.Type.SUB_CLOSED, down.subflow());
    } else if (event instanceof PathEvent.SubPriority changed) {
      set(into, StackEvent.Type.SUB_PRIORITY, changed.subflow());
    } else if (event instanceof PathEvent.Announced announced) {
      into.set(StackEvent.Type.ANNOUNCED, handle, end(announced.address()));
    } else if (event instanceof PathEvent.Removed removed) {
      into.set(StackEvent.Type.REMOVED, handle, end(removed.address()));
    }
    return true;
  }

  private void set(PolledEvent into, StackEvent.Type type, Flow subflow) {
    into.set(type, handle, subflow.error(), subflow::info);
  }

  private static InetSocketAddress end(RemoteAddress address) {
    return address.address().withPort(address.port());
  }

  private boolean data(PolledEvent into) {
    return take(ConnectionEvents.URGENT, StackEvent.Type.URGENT, into)
        || take(ConnectionEvents.READABLE, StackEvent.Type.READABLE, into)
        || take(ConnectionEvents.WRITABLE, StackEvent.Type.WRITABLE, into)
        || take(ConnectionEvents.END_OF_STREAM, StackEvent.Type.END_OF_STREAM, into);
  }

  private boolean closing(PolledEvent into) {
    return take(ConnectionEvents.CLOSED, StackEvent.Type.CLOSED, into);
  }

  private boolean take(int bit, StackEvent.Type type, PolledEvent into) {
    if ((pending & bit) == 0) {
      return false;
    }
    pending &= ~bit;
    boolean last = type == StackEvent.Type.CLOSED || type == StackEvent.Type.CONNECT_FAILED;
    if (last) {
      indexes.journal().closed(id, connection, error());
      // Nothing is reported after it, although subflows may still be on their way out.
      phase = Phase.REPORTED;
      pending = 0;
    }
    into.set(type, handle, last ? error() : SocketError.NONE);
    return true;
  }

  @Override
  public String toString() {
    return "connection " + id + " " + connection.tuple() + " " + phase;
  }
}
