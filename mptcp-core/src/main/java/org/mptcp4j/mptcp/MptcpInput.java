package org.mptcp4j.mptcp;

import java.nio.ByteBuffer;
import java.util.LinkedHashSet;
import org.mptcp4j.info.FallbackReason;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.mib.Counters;
import org.mptcp4j.mib.Mib;
import org.mptcp4j.pm.RemoteAddress;
import org.mptcp4j.tcp.FourTuple;
import org.mptcp4j.wire.AddAddr;
import org.mptcp4j.wire.Dss;
import org.mptcp4j.wire.DssChecksum;
import org.mptcp4j.wire.MpCapable;
import org.mptcp4j.wire.MpFail;
import org.mptcp4j.wire.MpFastclose;
import org.mptcp4j.wire.MpJoinAck;
import org.mptcp4j.wire.MpJoinSynAck;
import org.mptcp4j.wire.MpPrio;
import org.mptcp4j.wire.MptcpOption;
import org.mptcp4j.wire.RemoveAddr;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.Seq32;
import org.mptcp4j.wire.Seq64;
import org.mptcp4j.wire.TcpOptions;

/**
 * What the MPTCP options of a received segment mean, for the subflow it came on: RFC 8684 section
 * 3. Updates the state that the connection shares and answers with what the connection must do.
 */
final class MptcpInput {
  /** The handshake of the subflow is over: it may carry data. */
  static final int UP = 1;

  /** The first packets of the server had no option. */
  static final int FALLBACK = 1 << 1;

  /** What came on the subflow cannot be used: it must be reset. */
  static final int RESET = 1 << 2;

  /** The peer ended the whole connection. */
  static final int FASTCLOSED = 1 << 3;

  /** New data, or the DATA_FIN, was acknowledged. */
  static final int PROGRESS = 1 << 4;

  /** A join is right, and there is no room for it. */
  static final int TOO_MANY = 1 << 5;

  /** The peer found a checksum wrong. */
  static final int FAILED = 1 << 6;

  /** The peer maps all that it sends from now on to what comes next. */
  static final int INFINITE = 1 << 7;

  /** The first acknowledgement of data had no option. */
  static final int BARE = 1 << 8;

  private final MetaSock meta;
  private final PathSession paths;
  private final ConnectionNews news;

  MptcpInput(MetaSock meta, PathSession paths, ConnectionNews news) {
    this.meta = meta;
    this.paths = paths;
    this.news = news;
  }

  private SessionKeys keys() {
    return paths.keys();
  }

  private MptcpCrypto crypto() {
    return services().crypto();
  }

  private StackServices services() {
    return paths.host().services();
  }

  private Counters counters() {
    return meta.counters();
  }

  /**
   * An acceptable segment arrived: the bits above. With {@link #UP} the handshake is over, and what
   * else the segment says is for {@link #established}.
   */
  int onSegment(MptcpTcpSock sf, RxSegment seg) {
    TcpOptions options = seg.options();
    switch (sf.state()) {
      case JOIN_SYN_SENT:
        return seg.syn() ? joinSynAck(sf, options) : 0;
      case JOIN_SYN_RECEIVED:
        return seg.syn() ? 0 : joinAck(sf, seg);
      case CAPABLE_ACK_SENT, CAPABLE_ACK_STALE:
        if (seg.syn()) {
          return 0;
        }
        if (!options.hasMptcp()) {
          return missingFromServer(sf, seg);
        }
        if (!showsBothKeys(options)) {
          return established(sf, seg);
        }
        sf.confirmed();
        if (meta.rx().receivedBytes() > 0) {
          // The third ACK had no room for the DATA_ACK of what came before.
          sf.tcp().requestAck();
        }
        return UP;
      case JOIN_ACK_SENT:
        // RFC 8684 section 3.2: the fourth ACK makes the subflow usable at the end that joins.
        if (seg.syn() || !options.hasMptcp()) {
          return 0;
        }
        sf.confirmed();
        return UP;
      case ESTABLISHED, STALE, CLOSING, CLOSING_STALE:
        if (seg.syn()) {
          return 0;
        }
        return options.hasMptcp() ? established(sf, seg) : bare(sf, seg);
      default:
        return options.hasMptcp() && !seg.syn() ? established(sf, seg) : 0;
    }
  }

  // ---- handshakes

  /**
   * RFC 8684 section 3.1: a DATA_ACK shows that the third ACK has arrived. A server that answers
   * the data of a SYN before that (appendix B.3) has mappings, and no key of ours yet.
   */
  private static boolean showsBothKeys(TcpOptions options) {
    Dss dss = options.dss();
    return !dss.present() || dss.hasAck() || options.mptcpOptions() > 0;
  }

  private int joinSynAck(MptcpTcpSock sf, TcpOptions options) {
    SubflowOptions m = sf.options();
    MpJoinSynAck option = options.mptcp(MpJoinSynAck.class);
    if (option == null) {
      return RESET;
    }
    counters().increment(Mib.MP_JOIN_SYNACK_RX);
    if (sf.tuple().remotePort() != paths.initialRemote().port()) {
      counters().increment(Mib.MP_JOIN_PORT_SYNACK_RX);
    }
    if (option.backup()) {
      counters().increment(Mib.MP_JOIN_SYNACK_BACKUP_RX);
      m.remoteBackup(true);
    }
    // RFC 8684 section 3.2: a wrong HMAC closes the subflow.
    if (!m.join().acceptSynAck(option.nonce(), option.truncatedHmac(), keys(), crypto())) {
      counters().increment(Mib.MP_JOIN_SYNACK_HMAC_FAILURE);
      news.log(new PathEvent.JoinRefused(sf, JoinVerdict.WRONG_HMAC));
      return RESET;
    }
    m.ids(m.localId(), option.addressId());
    sf.become(SubflowState.JOIN_ACK_SENT);
    paths.connectionList().promised();
    return 0;
  }

  private int joinAck(MptcpTcpSock sf, RxSegment seg) {
    MpJoinAck option = seg.options().mptcp(MpJoinAck.class);
    if (option == null) {
      return RESET;
    }
    if (!sf.options().join().acceptAck(option, keys(), crypto())) {
      counters().increment(Mib.MP_JOIN_ACK_HMAC_FAILURE);
      news.log(new PathEvent.JoinRefused(sf, JoinVerdict.WRONG_HMAC));
      return RESET;
    }
    if (!portIsJoinable(sf)) {
      news.log(new PathEvent.JoinRefused(sf, JoinVerdict.PROHIBITED));
      return RESET;
    }
    // Only now it is known whose join it is: what never gets so far takes nobody's place.
    if (!paths.admitsJoin()) {
      counters().limitReached(Mib.MP_JOIN_REJECTED);
      news.log(new PathEvent.JoinRefused(sf, JoinVerdict.TOO_MANY));
      return TOO_MANY;
    }
    counters().increment(Mib.MP_JOIN_ACK_RX);
    sf.confirmed();
    // RFC 8684 section 3.2: the fourth ACK tells the peer that its HMAC arrived.
    sf.tcp().requestAck();
    return UP;
  }

  /** RFC 8684 section 3.4.1: another port than the connection's may be joined while announced. */
  private boolean portIsJoinable(MptcpTcpSock sf) {
    FourTuple ends = sf.tuple();
    if (ends.localPort() == paths.initialLocalPort()) {
      return true;
    }
    boolean announced = paths.announcements().admits(ends.local(), ends.localPort());
    counters().increment(announced ? Mib.MP_JOIN_PORT_ACK_RX : Mib.MISMATCH_PORT_ACK_RX);
    return announced;
  }

  /** The server answered without MPTCP: a box strips options, or it fell back. */
  private int missingFromServer(MptcpTcpSock sf, RxSegment seg) {
    int first = sf.options().firstSeq();
    // RFC 8684 section 3.7: no option on the first data, or on its acknowledgement: plain TCP.
    if (seg.payloadLength() > 0 || seg.fin() || seg.hasAck() && Seq32.gt(seg.ack(), first)) {
      return FALLBACK;
    }
    return 0;
  }

  // ---- established

  /** RFC 8684 section 3.7: an acknowledgement of data without a DATA_ACK, before any came. */
  private int bare(MptcpTcpSock sf, RxSegment seg) {
    if (!sf.heardBare(seg)) {
      return 0;
    }
    return BARE;
  }

  /** What a segment says on a subflow that is up: the bits above. */
  int established(MptcpTcpSock sf, RxSegment seg) {
    int result = 0;
    Dss dss = seg.options().dss();
    sf.heardOptions(dss.hasAck());
    if (dss.present()) {
      result = dss(sf, seg, dss);
    }
    int others = seg.options().mptcpOptions();
    for (int i = 0; i < others; i++) {
      result |= control(sf, seg.options().mptcp(i));
    }
    return result;
  }

  private int dss(MptcpTcpSock sf, RxSegment seg, Dss dss) {
    int result = 0;
    if (dss.hasAck()) {
      // RFC 8684 section 3.3.2: 32 bits are expanded around what is outstanding.
      long ack = dss.ack64() ? dss.dataAck() : Seq64.expand(meta.tx().una(), (int) dss.dataAck());
      long window = (long) seg.window() << sf.tcp().sendScale();
      result = meta.onDataAck(ack, window) ? PROGRESS : 0;
    }
    if (!dss.hasMapping()) {
      return result;
    }
    if (dss.length() == 0) {
      if (seg.payloadLength() == 0) {
        // RFC 8684 section 3.7: an infinite mapping comes with the data that it begins with.
        return result;
      }
      return result | infinite(sf, dss);
    }
    if (dss.hasChecksum() != keys().checksum()) {
      // RFC 8684 section 3.3: a peer that does not behave as negotiated. As Linux, that does not
      // hold for an infinite mapping.
      return result | RESET;
    }
    long dsn = dss.dsn64() ? dss.dsn() : Seq64.expand(meta.window().next(), (int) dss.dsn());
    int payload = dss.length() - (dss.dataFin() ? 1 : 0);
    if (payload > 0) {
      // As Linux: neither a DATA_FIN alone nor a mapping of nothing says how wide to answer.
      meta.window().mapped(dss.dsn64());
      result |= taken(sf.input().map(sf.tcp(), sf.options(), dss, payload, dsn));
    }
    if (dss.dataFin() && dataFinIsRight(dss, dsn, payload)) {
      // RFC 8684 section 3.3.3: DATA_FIN is the last octet of its mapping; each one is answered.
      sf.tcp().requestAck();
      if (meta.peerFin(dsn + payload)) {
        paths.connectionList().requestAcks();
      }
    }
    return result;
  }

  /**
   * RFC 8684 section 3.3.1: an infinite mapping begins where it says; all data was in order, so
   * that it may begin earlier or later than the data it comes with.
   */
  private int infinite(MptcpTcpSock sf, Dss dss) {
    if ((int) dss.dsn() - dss.ssn() == sf.streamOffset(meta.window().next())) {
      meta.fallsBack(FallbackReason.INFINITE_MAPPING);
      return INFINITE;
    }
    counters().increment(Mib.INFINITE_MAP_RX);
    counters().increment(Mib.DSS_NOT_MATCHING);
    return RESET;
  }

  private boolean dataFinIsRight(Dss dss, long dsn, int payload) {
    if (!keys().checksum() || payload > 0) {
      return true;
    }
    boolean right = DssChecksum.verify(dsn, dss.ssn(), dss.length(), 0, dss.checksum());
    if (!right) {
      counters().increment(Mib.DATA_CSUM_ERR);
    }
    return right;
  }

  private static int taken(boolean consistent) {
    return consistent ? 0 : RESET;
  }

  // ---- control

  private int control(MptcpTcpSock sf, MptcpOption option) {
    if (option instanceof AddAddr addAddr) {
      addAddr(sf, addAddr);
    } else if (option instanceof RemoveAddr removeAddr) {
      removeAddr(removeAddr);
    } else if (option instanceof MpPrio prio) {
      prio(sf, prio);
    } else if (option instanceof MpFastclose fastclose) {
      return keys().isForUs(fastclose, counters()) ? FASTCLOSED : 0;
    } else if (option instanceof MpFail) {
      meta.fallsBack(FallbackReason.MP_FAIL);
      return FAILED;
    } else if (option instanceof MpCapable capable && capable.hasReceiverKey()) {
      // The keys are known by now: as Linux, nothing is made of others than these.
      return taken(sf.input().mapFirst(sf.tcp(), sf.options(), capable));
    } else if (option instanceof MpJoinAck) {
      // The fourth ACK was lost: the peer repeats its third.
      sf.tcp().requestAck();
    }
    return 0;
  }

  private void addAddr(MptcpTcpSock sf, AddAddr option) {
    if (option.echo()) {
      countAddAddr(option, Mib.ECHO_ADD);
      if (paths.announces()) {
        paths.announcements().echoed(option);
      }
      return;
    }
    // RFC 8684 section 3.4.1: an announcement that is not authentic is ignored silently.
    if (!isAuthentic(option)) {
      counters().increment(Mib.ADD_ADDR_DROP);
      return;
    }
    countAddAddr(option, Mib.ADD_ADDR);
    // RFC 8684 section 3.4.1: the echo says that the option arrived, not that it will be used.
    if (sf.options().addControl(option.toEcho())) {
      sf.tcp().requestAck();
    }
    IpAddress initial = paths.initialRemote().address();
    if (!services().destinations().mayBelongToPeer(option.address(), initial)) {
      counters().increment(Mib.ADD_ADDR_DROP);
      return;
    }
    int port = option.hasPort() ? option.port() : paths.initialRemote().port();
    RemoteAddress address = new RemoteAddress(option.addressId(), option.address(), port);
    if (paths.announced(address)) {
      news.path(new PathEvent.Announced(address));
    }
  }

  private void countAddAddr(AddAddr option, Mib kind) {
    counters().increment(kind);
    if (option.hasPort()) {
      counters().increment(Mib.PORT_ADD);
    }
  }

  private boolean isAuthentic(AddAddr option) {
    IpAddress address = option.address();
    // Linux announces an IPv4-mapped IPv6 address as it was configured.
    return isAuthentic(option, address.toBytes())
        || address.isV4() && isAuthentic(option, mapped(address));
  }

  private boolean isAuthentic(AddAddr option, byte[] address) {
    long expected =
        crypto()
            .addAddrHmac(
                keys().remoteKey(), keys().localKey(), option.addressId(), address, option.port());
    return (expected ^ option.hmac()) == 0;
  }

  /** RFC 4291 section 2.5.5.2: an IPv4 address is held as one of IPv6. */
  private static byte[] mapped(IpAddress v4) {
    return ByteBuffer.allocate(16).putLong(v4.hi()).putLong(v4.lo()).array();
  }

  private void removeAddr(RemoveAddr option) {
    for (int id : new LinkedHashSet<>(option.addressIds())) {
      counters().increment(Mib.RM_ADDR);
      // RFC 8684 section 3.4.2: every subflow that uses the address is closed, or looked at before.
      for (MptcpTcpSock s : paths.connectionList().live()) {
        if (s.remoteId() == id && !s.state().isClosing()) {
          paths.removedByPeer(s);
        }
      }
      if (paths.isFull()) {
        counters().increment(Mib.RM_ADDR_DROP);
      }
      paths.withdrawn(id).ifPresent(gone -> news.path(new PathEvent.Removed(gone)));
    }
  }

  private void prio(MptcpTcpSock sf, MpPrio option) {
    // RFC 8684 appendix E: an address id is unknown here, for who sits on one subflow could make
    // backups of all others by it.
    if (option.hasAddressId()) {
      return;
    }
    counters().increment(Mib.MP_PRIO_RX);
    if (sf.remoteBackup() != option.backup()) {
      sf.options().remoteBackup(option.backup());
      paths.priorityChanged(sf, option.backup());
      news.path(new PathEvent.SubPriority(sf));
    }
  }
}
