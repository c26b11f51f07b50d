package org.mptcp4j.mptcp;

import org.mptcp4j.api.Protocol;
import org.mptcp4j.pm.RemoteAddress;
import org.mptcp4j.tcp.FourTuple;

/** What the parts of one connection share. Each part changes only what it answers for. */
final class ConnectionState {
  private static final int EVENT_LIMIT = 64;

  final ConnectionConfig config;
  final FourTuple tuple;
  final Counters counters;
  final ConnectionList subflows = new ConnectionList();
  final MetaTimers timers = new MetaTimers();
  final MetaSock meta;
  final Transmitter transmitter;
  final PlainTcp plain;
  final MetaRetransmission retransmission;
  private final RareQueue<SubflowEvent> subflowEvents = new RareQueue<>();
  private PlainProgress plainProgress;
  private boolean counted;
  private final RareQueue<RemoteAddress> announcements = new RareQueue<>();

  /** Null when MPTCP is not, or no longer, negotiated. */
  MptcpCb cb;

  MptcpInput options;
  SubflowControl control;
  Protocol protocol = Protocol.UNDECIDED;
  String pathManager = "none";

  /** The data level is over; only subflows are left. */
  boolean over;

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
    plain = new PlainTcp(meta.window());
    transmitter =
        new Transmitter(meta, subflows, config.scheduler().get(), config.noDelay(), counters);
    retransmission = new MetaRetransmission(config, meta, subflows, transmitter, timers, counters);
  }

  /** Gives the connection what MPTCP needs. */
  void negotiate(SessionKeys keys, boolean passive, MptcpCrypto crypto) {
    PathSession paths =
        new PathSession(
            config.pathManager().get(), passive, tuple, keys, subflows, config.limits());
    AddressAnnouncements announced = new AddressAnnouncements(config.addAddrRetries());
    pathManager = paths.managerName();
    cb = new MptcpCb(keys, meta, subflows, paths, announced);
    options = new MptcpInput(cb, crypto, counters);
    control = new SubflowControl(config, cb, subflows, transmitter, timers);
  }

  /** The data level of plain TCP, made when it is needed. */
  PlainProgress plainProgress() {
    if (plainProgress == null) {
      plainProgress = new PlainProgress(meta);
    }
    return plainProgress;
  }

  /** It is plain TCP from the beginning. */
  void startPlain() {
    protocol = Protocol.TCP;
    meta.window().start(1);
  }

  /** Keeps the gauge of established MPTCP connections. */
  void countEstablished(boolean established) {
    if (established != counted) {
      counted = established;
      counters.add(Mib.MP_CURR_ESTAB, established ? 1 : -1);
    }
  }

  boolean connecting() {
    return meta.state() == MetaState.CONNECTING;
  }

  /** Whether data goes through mappings. */
  boolean multipath() {
    return protocol == Protocol.MPTCP;
  }

  void subflowEvent(SubflowEvent.Kind kind, Subflow s) {
    if (subflowEvents.size() < EVENT_LIMIT) {
      subflowEvents.add(new SubflowEvent(kind, ConnectionSnapshot.subflow(s, s.error())));
    }
    meta.event(ConnectionEvents.SUBFLOWS_CHANGED);
  }

  void announced(RemoteAddress address) {
    if (announcements.size() < EVENT_LIMIT) {
      announcements.add(address);
    }
    meta.event(ConnectionEvents.ADDRESS_ANNOUNCED);
  }

  SubflowEvent pollSubflowEvent() {
    return subflowEvents.poll();
  }

  RemoteAddress pollAnnouncement() {
    return announcements.poll();
  }
}
