package org.mptcp4j.mptcp;

import org.mptcp4j.pm.RemoteAddress;
import org.mptcp4j.wire.AddAddr;
import org.mptcp4j.wire.Dss;
import org.mptcp4j.wire.DssChecksum;
import org.mptcp4j.wire.IpAddress;
import org.mptcp4j.wire.MpCapable;
import org.mptcp4j.wire.MpFail;
import org.mptcp4j.wire.MpFastclose;
import org.mptcp4j.wire.MpJoinAck;
import org.mptcp4j.wire.MpJoinSynAck;
import org.mptcp4j.wire.MpPrio;
import org.mptcp4j.wire.MpTcpRst;
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

  /** The peer, or a box on the way, does not speak MPTCP on this connection. */
  static final int FALLBACK = 1 << 1;

  /** The subflow must be reset; its reason is set. */
  static final int RESET = 1 << 2;

  /** The peer ended the whole connection. */
  static final int FASTCLOSED = 1 << 3;

  /** New data, or the DATA_FIN, was acknowledged. */
  static final int PROGRESS = 1 << 4;

  /** The peer's announcement was taken. */
  static final int ANNOUNCED = 1 << 5;

  private final MptcpCb cb;
  private final MptcpCrypto crypto;
  private final Counters counters;
  private final Destinations destinations;
  private RemoteAddress announced;

  MptcpInput(MptcpCb cb, MptcpCrypto crypto, Counters counters, Destinations destinations) {
    this.cb = cb;
    this.crypto = crypto;
    this.counters = counters;
    this.destinations = destinations;
  }

  /** The address that came with {@link #ANNOUNCED}. */
  RemoteAddress announced() {
    return announced;
  }

  /** An acceptable segment arrived: the bits above. */
  int onSegment(Subflow sf, RxSegment seg) {
    TcpOptions options = seg.options();
    MptcpTcpSock m = sf.mptcp();
    switch (m.handshake()) {
      case CAPABLE_SYN_SENT:
        return seg.syn() ? capableSynAck(m, seg) : 0;
      case CAPABLE_SYN_RECEIVED:
        return seg.syn() ? 0 : capableAck(sf, seg);
      case JOIN_SYN_SENT:
        return seg.syn() ? joinSynAck(m, options) : 0;
      case JOIN_SYN_RECEIVED:
        return seg.syn() ? 0 : joinAck(sf, seg);
      case CAPABLE_ACK_SENT:
        if (seg.syn()) {
          return 0;
        }
        if (!options.hasMptcp()) {
          return missingFromServer(sf, seg);
        }
        m.handshake(Handshake.DONE);
        return UP | established(sf, seg);
      case JOIN_ACK_SENT:
        // RFC 8684 section 3.2: the fourth ACK makes the subflow usable at the end that joins.
        if (seg.syn() || !options.hasMptcp()) {
          return 0;
        }
        m.handshake(Handshake.DONE);
        return UP | established(sf, seg);
      default:
        return options.hasMptcp() && !seg.syn() ? established(sf, seg) : 0;
    }
  }

  // ---- handshakes

  private int capableSynAck(MptcpTcpSock m, RxSegment seg) {
    MpCapable option = seg.options().mptcp(MpCapable.class);
    // RFC 8684 section 3.1: anything but version 1 with HMAC-SHA256 and no B flag is no agreement.
    boolean agreed =
        seg.hasAck()
            && m.offered()
            && option != null
            && option.encodedLength() == MpCapable.LENGTH_SYN_ACK
            && option.version() == MpCapable.VERSION_1
            && option.hmacSha256()
            && !option.extensibility();
    if (!agreed) {
      countFallbackOfClient(m, seg);
      return FALLBACK;
    }
    counters.increment(Mib.MP_CAPABLE_SYNACK_RX);
    learnPeer(option, seg.window());
    m.handshake(Handshake.CAPABLE_ACK_SENT);
    return 0;
  }

  private void countFallbackOfClient(MptcpTcpSock m, RxSegment seg) {
    if (!seg.hasAck()) {
      counters.increment(Mib.SIMULT_CONNECT_FALLBACK);
    } else {
      counters.increment(m.offered() ? Mib.MP_CAPABLE_FALLBACK_SYNACK : Mib.MP_CAPABLE_SYN_TX_DROP);
    }
  }

  private void learnPeer(MpCapable option, long windowBytes) {
    SessionKeys keys = cb.keys();
    keys.remote(option.senderKey(), crypto);
    keys.remoteFlags(option.checksumRequired(), option.denyJoinInitial());
    // RFC 8684 section 3.1: the first data byte follows the initial data sequence number.
    cb.meta().window().start(keys.remoteIdsn() + 1);
    cb.meta().initialWindow(windowBytes);
  }

  private int capableAck(Subflow sf, RxSegment seg) {
    MptcpTcpSock m = sf.mptcp();
    MpCapable option = seg.options().mptcp(MpCapable.class);
    if (option == null || !option.hasReceiverKey()) {
      // RFC 8684 section 3.7: a segment from beyond a gap says nothing about the handshake.
      boolean beyondGap = seg.payloadLength() > 0 && seg.seq() != sf.tcp().irs() + 1;
      // A DATA_FIN without the keys: they were lost, and will come again.
      Dss dss = seg.options().dss();
      if (beyondGap || seg.payloadLength() == 0 && dss.dataFin()) {
        takeEarlyMapping(sf, dss);
        return 0;
      }
      counters.increment(Mib.MP_CAPABLE_FALLBACK_ACK);
      return FALLBACK;
    }
    // RFC 8684 section 3.1: another version, no HMAC-SHA256 or the B flag is no agreement here too.
    boolean agreed =
        option.receiverKey() == cb.keys().localKey()
            && option.senderKey() != 0
            && option.version() == MpCapable.VERSION_1
            && option.hmacSha256()
            && !option.extensibility();
    if (!agreed) {
      counters.increment(Mib.MP_CAPABLE_FALLBACK_ACK);
      return FALLBACK;
    }
    counters.increment(Mib.MP_CAPABLE_ACK_RX);
    learnPeer(option, (long) seg.window() << sf.tcp().sendScale());
    m.handshake(Handshake.DONE);
    return UP | mapFirstData(sf, option);
  }

  /** A mapping that came before the peer's key: only a full one can be understood. */
  private void takeEarlyMapping(Subflow sf, Dss dss) {
    if (dss.hasMapping() && dss.length() > 0 && dss.dsn64() && !dss.dataFin()) {
      addMapping(sf, sf.tcp().irs() + dss.ssn(), dss.length(), dss.dsn(), checksumOf(dss));
    }
  }

  private int mapFirstData(Subflow sf, MpCapable option) {
    if (!option.hasDataLength() || option.dataLength() == 0) {
      return 0;
    }
    // RFC 8684 section 3.1: data with MP_CAPABLE begins at subflow sequence number 1 and IDSN + 1.
    int checksum = RxMappings.NO_CHECKSUM;
    if (cb.keys().checksum()) {
      checksum = option.hasChecksum() ? option.checksum() : RxMappings.MISSING_CHECKSUM;
    }
    int seq = sf.tcp().irs() + 1;
    return addMapping(sf, seq, option.dataLength(), cb.keys().remoteIdsn() + 1, checksum);
  }

  private int joinSynAck(MptcpTcpSock m, TcpOptions options) {
    MpJoinSynAck option = options.mptcp(MpJoinSynAck.class);
    if (option == null) {
      return reset(m, MpTcpRst.MPTCP_ERROR);
    }
    counters.increment(Mib.MP_JOIN_SYNACK_RX);
    if (option.backup()) {
      counters.increment(Mib.MP_JOIN_SYNACK_BACKUP_RX);
      m.remoteBackup(true);
    }
    // RFC 8684 section 3.2: a wrong HMAC closes the subflow.
    if (!m.join().acceptSynAck(option.nonce(), option.truncatedHmac(), cb.keys(), crypto)) {
      counters.increment(Mib.MP_JOIN_SYNACK_HMAC_FAILURE);
      return reset(m, MpTcpRst.MPTCP_ERROR);
    }
    m.ids(m.localId(), option.addressId());
    m.handshake(Handshake.JOIN_ACK_SENT);
    return 0;
  }

  private int joinAck(Subflow sf, RxSegment seg) {
    MptcpTcpSock m = sf.mptcp();
    MpJoinAck option = seg.options().mptcp(MpJoinAck.class);
    if (option == null) {
      return reset(m, MpTcpRst.MPTCP_ERROR);
    }
    if (!m.join().acceptAck(option, cb.keys(), crypto)) {
      counters.increment(Mib.MP_JOIN_ACK_HMAC_FAILURE);
      return reset(m, MpTcpRst.MPTCP_ERROR);
    }
    counters.increment(Mib.MP_JOIN_ACK_RX);
    m.handshake(Handshake.DONE);
    // RFC 8684 section 3.2: the fourth ACK tells the peer that its HMAC arrived.
    sf.tcp().requestAck();
    return UP;
  }

  /** The server answered without MPTCP: a box strips options, or it fell back. */
  private int missingFromServer(Subflow sf, RxSegment seg) {
    int first = sf.tcp().iss() + 1;
    // RFC 8684 section 3.7: no option on the first data, or on its acknowledgement: plain TCP.
    if (seg.payloadLength() > 0 || seg.fin() || seg.hasAck() && Seq32.gt(seg.ack(), first)) {
      counters.increment(Mib.MP_CAPABLE_DATA_FALLBACK);
      return FALLBACK;
    }
    return 0;
  }

  private static int reset(MptcpTcpSock m, int reason) {
    m.resetReason(reason);
    return RESET;
  }

  // ---- established

  private int established(Subflow sf, RxSegment seg) {
    int result = 0;
    Dss dss = seg.options().dss();
    if (dss.present()) {
      result = dss(sf, seg, dss);
    }
    int others = seg.options().mptcpOptions();
    for (int i = 0; i < others; i++) {
      result |= control(sf, seg.options().mptcp(i));
    }
    return result;
  }

  private int dss(Subflow sf, RxSegment seg, Dss dss) {
    MetaSock meta = cb.meta();
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
      counters.increment(Mib.INFINITE_MAP_RX);
      return result | FALLBACK;
    }
    long dsn = dss.dsn64() ? dss.dsn() : Seq64.expand(meta.window().next(), (int) dss.dsn());
    int payload = dss.length() - (dss.dataFin() ? 1 : 0);
    if (payload > 0) {
      result |= addMapping(sf, sf.tcp().irs() + dss.ssn(), payload, dsn, checksumOf(dss));
    }
    if (dss.dataFin() && dataFinIsRight(dss, dsn, payload)) {
      // RFC 8684 section 3.3.3: DATA_FIN is the last octet of its mapping; each one is answered.
      meta.peerFin(dsn + payload);
      sf.tcp().requestAck();
    }
    return result;
  }

  private int checksumOf(Dss dss) {
    if (!cb.keys().checksum()) {
      return RxMappings.NO_CHECKSUM;
    }
    if (!dss.hasChecksum()) {
      return RxMappings.MISSING_CHECKSUM;
    }
    return dss.checksum() | (dss.dataFin() ? SubflowInput.WITH_DATA_FIN : 0);
  }

  private boolean dataFinIsRight(Dss dss, long dsn, int payload) {
    if (!cb.keys().checksum() || payload > 0) {
      return true;
    }
    boolean right =
        dss.hasChecksum() && DssChecksum.verify(dsn, dss.ssn(), dss.length(), 0, dss.checksum());
    if (!right) {
      counters.increment(Mib.DATA_CSUM_ERR);
    }
    return right;
  }

  private int addMapping(Subflow sf, int seq, int length, long dsn, int checksum) {
    MptcpTcpSock m = sf.mptcp();
    int readSeq = sf.tcp().readSeq();
    if (Seq32.diff(seq, readSeq) > cb.meta().window().acceptable()) {
      counters.increment(Mib.DSS_NO_MATCH_TCP);
      return 0;
    }
    return switch (m.input().mappings().add(readSeq, seq, length, dsn, checksum)) {
      // What is beyond the limit is not kept; its data was not taken either.
      case ADDED, REPEATED, FULL -> 0;
      case CONFLICT -> {
        counters.increment(Mib.DSS_NOT_MATCHING);
        counters.increment(Mib.DSS_CORRUPTION_RESET);
        yield reset(m, MpTcpRst.MPTCP_ERROR);
      }
    };
  }

  // ---- control

  private int control(Subflow sf, MptcpOption option) {
    if (option instanceof AddAddr addAddr) {
      return addAddr(sf, addAddr);
    }
    if (option instanceof RemoveAddr removeAddr) {
      removeAddr(removeAddr);
    } else if (option instanceof MpPrio prio) {
      prio(sf, prio);
    } else if (option instanceof MpFastclose fastclose) {
      return fastclose(fastclose) ? FASTCLOSED : 0;
    } else if (option instanceof MpFail) {
      counters.increment(Mib.MP_FAIL_RX);
      return FALLBACK;
    } else if (option instanceof MpCapable capable && capable.hasReceiverKey()) {
      return capable.receiverKey() == cb.keys().localKey() ? mapFirstData(sf, capable) : 0;
    } else if (option instanceof MpJoinAck) {
      // The fourth ACK was lost: the peer repeats its third.
      sf.tcp().requestAck();
    }
    return 0;
  }

  private int addAddr(Subflow sf, AddAddr option) {
    SessionKeys keys = cb.keys();
    if (option.echo()) {
      counters.increment(Mib.ECHO_ADD);
      if (cb.announcements() != null) {
        cb.announcements().echoed(option);
      }
      return 0;
    }
    long expected =
        crypto.addAddrHmac(
            keys.remoteKey(),
            keys.localKey(),
            option.addressId(),
            option.address().toBytes(),
            option.port());
    // RFC 8684 section 3.4.1: an announcement that is not authentic is ignored silently.
    if ((expected ^ option.hmac()) != 0) {
      counters.increment(Mib.ADD_ADDR_DROP);
      return 0;
    }
    counters.increment(Mib.ADD_ADDR);
    if (option.hasPort()) {
      counters.increment(Mib.PORT_ADD);
    }
    // RFC 8684 section 3.4.1: the echo says that the option arrived, not that it will be used.
    if (sf.mptcp().addControl(option.toEcho())) {
      sf.tcp().requestAck();
    }
    IpAddress initial = cb.paths().initialRemote().address();
    if (!destinations.mayBelongToPeer(option.address(), initial)) {
      counters.increment(Mib.ADD_ADDR_DROP);
      return 0;
    }
    int port = option.hasPort() ? option.port() : cb.paths().initialRemote().port();
    RemoteAddress address = new RemoteAddress(option.addressId(), option.address(), port);
    if (!cb.paths().announced(address)) {
      return 0;
    }
    announced = address;
    return ANNOUNCED;
  }

  private void removeAddr(RemoveAddr option) {
    for (int id : option.addressIds()) {
      counters.increment(Mib.RM_ADDR);
      // RFC 8684 section 3.4.2: every subflow that uses the address is closed.
      for (Subflow s : cb.connectionList()) {
        if (s.mptcp().remoteId() == id && !s.draining()) {
          s.markDraining();
          s.mptcp().resetReason(MpTcpRst.UNSPECIFIED);
          s.tcp().abort();
          counters.increment(Mib.RM_SUBFLOW);
        }
      }
      cb.paths().withdrawn(id);
    }
  }

  private void prio(Subflow sf, MpPrio option) {
    counters.increment(Mib.MP_PRIO_RX);
    for (Subflow s : cb.connectionList()) {
      boolean meant = option.hasAddressId() ? s.mptcp().remoteId() == option.addressId() : s == sf;
      if (meant && s.mptcp().remoteBackup() != option.backup()) {
        s.mptcp().remoteBackup(option.backup());
        cb.paths().priorityChanged(s, option.backup());
      }
    }
  }

  /** Whether an MP_FASTCLOSE is for us. RFC 8684 section 3.5: it names our own key. */
  boolean fastclose(MpFastclose option) {
    boolean ours = cb.keys().localKey() == option.receiverKey();
    if (ours) {
      counters.increment(Mib.MP_FASTCLOSE_RX);
    }
    return ours;
  }
}
