package org.mptcp4j.mptcp;

import org.mptcp4j.api.Protocol;
import org.mptcp4j.pm.RemoteAddress;
import org.mptcp4j.tcp.FourTuple;

/** What the parts of one connection share. Each part changes only what it answers for. */
final class ConnectionState {
  private static final int EVENT_LIMIT = 64;

  /** Some retransmissions fit in. */
  private static final long LOSS_PATIENCE_NS = 5_000_000_000L;

  final ConnectionConfig config;
  final FourTuple tuple;
  final Counters counters;
  final ConnectionList subflows = new ConnectionList();
  final MetaTimers timers = new MetaTimers();
  final MetaSock meta;
  final Transmitter transmitter;
  final MetaRetransmission retransmission;
  private Chain<SubflowEvent> subflowEvents;
  private PlainProgress plainProgress;
  private boolean counted;
  private Chain<RemoteAddress> announcements;

  /** Null when MPTCP is not, or no longer, negotiated. */
  MptcpCb cb;

  MptcpInput options;
  SubflowControl control;
  Protocol protocol = Protocol.UNDECIDED;

  /** The data level is over; only subflows are left. */
  boolean over;

  /** The stack took the event that says so. */
  boolean closeReported;

  /** Whether a further subflow ever carried data. */
  boolean joined;

  /**
   * Makes the parts.
   *
   * @param keys null for plain TCP
   */
  ConnectionState(ConnectionConfig config, FourTuple tuple, SessionKeys keys, Counters counters) {
    this.config = config;
    this.tuple = tuple;
    this.counters = counters;
    long first = keys == null ? 1 : keys.localIdsn() + 1;
    meta = new MetaSock(config, first, counters);
    transmitter = new Transmitter(this, config.scheduler().get());
    retransmission = new MetaRetransmission(this);
  }

  /** Gives the connection what MPTCP needs. */
  void negotiate(SessionKeys keys, boolean passive, StackServices services) {
    PathSession paths =
        new PathSession(
            config.pathManager().get(), passive, tuple, keys, subflows, config.limits());
    cb = new MptcpCb(keys, meta, subflows, paths);
    options = new MptcpInput(cb, services.crypto(), counters, services.destinations());
    control = new SubflowControl(this);
  }

  /** The data level of plain TCP, made when it is needed. */
  PlainProgress plainProgress() {
    if (plainProgress == null) {
      plainProgress = new PlainProgress(meta);
    }
    return plainProgress;
  }

  /** It is plain TCP from the beginning, through the extension that this returns. */
  PlainTcp startPlain() {
    protocol = Protocol.TCP;
    meta.window().start(1);
    return new PlainTcp(meta.window());
  }

  /** Keeps the gauge of established MPTCP connections. */
  void countEstablished(boolean established) {
    if (established != counted) {
      counted = established;
      counters.add(Mib.MP_CURR_ESTAB, established ? 1 : -1);
    }
  }

  /** How long a closed connection waits for the next sign that what was written gets through. */
  long closePatienceNs() {
    // RFC 2525 section 2.17: a peer must soon hear that nobody reads what it goes on to send.
    return meta.losesInput()
        ? Math.min(LOSS_PATIENCE_NS, config.closeTimeoutNs())
        : config.closeTimeoutNs();
  }

  boolean connecting() {
    return meta.state() == MetaState.CONNECTING;
  }

  /** Whether data goes through mappings. */
  boolean multipath() {
    return protocol == Protocol.MPTCP;
  }

  /**
   * Something happened to a subflow; of no interest once the end of the connection was reported.
   */
  void subflowEvent(SubflowEvent.Kind kind, Subflow s) {
    if (closeReported) {
      return;
    }
    if (Chain.size(subflowEvents) < EVENT_LIMIT) {
      SubflowEvent event = new SubflowEvent(kind, ConnectionSnapshot.subflow(s, s.error()));
      subflowEvents = Chain.add(subflowEvents, event);
    }
    meta.event(ConnectionEvents.SUBFLOWS_CHANGED);
  }

  void announced(RemoteAddress address) {
    if (Chain.size(announcements) < EVENT_LIMIT) {
      announcements = Chain.add(announcements, address);
    }
    meta.event(ConnectionEvents.ADDRESS_ANNOUNCED);
  }

  SubflowEvent pollSubflowEvent() {
    if (subflowEvents == null) {
      return null;
    }
    SubflowEvent event = subflowEvents.item();
    subflowEvents = subflowEvents.next();
    return event;
  }

  RemoteAddress pollAnnouncement() {
    if (announcements == null) {
      return null;
    }
    RemoteAddress address = announcements.item();
    announcements = announcements.next();
    return address;
  }
}
