package org.mptcp4j.tcp;

import org.mptcp4j.mib.Mib;
import org.mptcp4j.wire.TxSegment;

/** What the {@link PathMtu} of a connection has to do with the rest of it. */
final class MtuDiscovery {

  /** A flow whose window holds less than so many segments needs no larger ones. */
  private static final int LEAST_WINDOW_SEGMENTS = 8;

  /** RFC 5681 section 3.2: so many segments behind a lost one tell of its loss. */
  private static final int SEGMENTS_BEHIND = 3;

  private MtuDiscovery() {}

  /**
   * A router said that a packet was too big.
   *
   * @param seq sequence number of the packet
   * @param claimed largest packet that passes there, 0 from an old router
   * @param quoted size of the packet
   */
  static void onPacketTooBig(long nowNs, Tcb tcb, int seq, int claimed, int quoted) {
    long offset = tcb.sender.offsetOf(seq);
    // RFC 5927 section 4.1: it must be about something that is in flight.
    boolean sent = offset >= tcb.sender.una() && offset < tcb.sender.nxt();
    boolean inFlight = sent && !tcb.sender.recovery.board().isSacked(offset);
    if (inFlight && tcb.path.onPacketTooBig(nowNs, offset, claimed, quoted)) {
      repeat(nowNs, tcb);
    }
  }

  /**
   * RFC 1191 section 6.4: what was too large is sent again at once, and its loss is no sign of
   * congestion.
   */
  private static void repeat(long nowNs, Tcb tcb) {
    Sender sender = tcb.sender;
    if (sender.una() < sender.nxt()) {
      sender.recovery.onTooBig(nowNs, sender.una(), sender.nxt());
    }
    tcb.life.notice(TcpNotice.PATH_MTU);
  }

  /** The sender processed an acknowledgement, or its reordering timer, with those notices. */
  static void onAck(long nowNs, Tcb tcb, int news) {
    boolean recovering = (news & TcpNotice.FAST_RECOVERY) != 0;
    long una = tcb.sender.una();
    int verdict = tcb.path.onAck(nowNs, una, recovering);
    if (verdict != 0) {
      tcb.life.notice(verdict);
      boolean arrived = verdict == TcpNotice.MTU_PROBE_SUCCEEDED;
      tcb.count(arrived ? Mib.TCP_MTUP_SUCCESS : Mib.TCP_MTUP_FAIL);
    }
    // RFC 5927 section 7.2: the loss of another packet says nothing about the one of the report.
    LossRecovery recovery = tcb.sender.recovery;
    if (tcb.path.hasReports(una, recovery.board())
        && recovery.isFast()
        && tcb.path.takeReportOfLost(nowNs, recovery.board())) {
      repeat(nowNs, tcb);
    }
  }

  /**
   * The retransmission timer expired.
   *
   * @return whether a router had said why
   */
  static boolean onTimeout(long nowNs, Tcb tcb) {
    Sender sender = tcb.sender;
    if (tcb.path.hasReports(sender.una(), sender.recovery.board())
        && tcb.path.takeFirstReport(nowNs)) {
      repeat(nowNs, tcb);
      return true;
    }
    // What arrives behind a window that was taken back is thrown away, whatever its size.
    int scale = tcb.handshake.sendScale();
    if (sender.windowBytes() > 0 || !sender.window().onceAdmitted(sender.nxt(), scale)) {
      int mss = tcb.payloadMss();
      int first = (int) Math.min(mss, sender.nxt() - sender.una());
      tcb.path.onTimeout(nowNs, sender.una(), tcb.path.mtu() - mss + first);
    }
    return false;
  }

  // ---- probes

  /**
   * Payload of the probe to send now, 0 for none.
   *
   * @param mss payload of a full segment
   */
  static int probeBytes(long nowNs, Tcb tcb, int mss) {
    return tcb.path.probe(nowNs) == 0 ? 0 : wantedBytes(tcb, mss);
  }

  private static int wantedBytes(Tcb tcb, int mss) {
    int size = tcb.path.probe();
    if (size == 0 || !tcb.sender.recovery.isOrderly() || tcb.sackBytes() > 0) {
      return 0;
    }
    int payload = mss + size - tcb.path.mtu();
    int least = Math.max(LEAST_WINDOW_SEGMENTS * mss, 2 * neededBytes(payload, mss));
    return tcb.cc.cwndBytes() < least ? 0 : payload;
  }

  /** RFC 4821 section 7.4: a probe and what must follow it, so that its loss is found at once. */
  private static int neededBytes(int probeBytes, int mss) {
    return ((probeBytes + mss - 1) / mss + SEGMENTS_BEHIND) * mss;
  }

  /** Plans the probe, if enough waits to be sent. */
  static boolean plan(long nowNs, Tcb tcb, int probeBytes, int mss) {
    Sender sender = tcb.sender;
    return sender.unsentBytes() >= neededBytes(probeBytes, mss)
        && sender.planProbe(nowNs, tcb.ext, tcb.cc, probeBytes);
  }

  /** Whether new data must wait until there is room for the probe, which was not sent yet. */
  static boolean waits(Tcb tcb, int probeBytes, int mss) {
    int needed = neededBytes(probeBytes, mss);
    return tcb.sender.unsentBytes() >= needed
        && isTooLittle(tcb, tcb.sender.room(tcb.ext, tcb.cc), needed);
  }

  /**
   * Bytes that could leave at once beyond those queued: none while a probe waits for its room, then
   * at least as many as it needs.
   */
  static int roomBytes(Tcb tcb, int mss) {
    Sender sender = tcb.sender;
    int room = sender.roomBytes(tcb.ext, tcb.cc, mss);
    int probe = room == 0 ? 0 : wantedBytes(tcb, mss);
    if (probe == 0) {
      return room;
    }
    long all = sender.room(tcb.ext, tcb.cc) - sender.unsentBytes();
    int needed = neededBytes(probe, mss);
    if (all >= needed) {
      return Math.max(room, needed);
    }
    return isTooLittle(tcb, all, needed) ? 0 : room;
  }

  /** Only what is in flight may leave too little room: that will change. */
  private static boolean isTooLittle(Tcb tcb, long room, int needed) {
    return room < needed
        && tcb.sender.una() < tcb.sender.nxt()
        && tcb.ext.sendWindow(tcb.sender.windowBytes()) >= 2L * needed;
  }

  /**
   * A segment left, the one that the sender had planned.
   *
   * @param full payload of a full one
   */
  static void onSent(long nowNs, Tcb tcb, TxSegment out, long offset, int full) {
    int payload = out.payloadLength();
    long end = offset + payload;
    if (full > tcb.startedMss) {
      tcb.path.onProbeSent(offset, end);
      tcb.sender.recovery.onProbeSent(nowNs, tcb.sender.una(), offset, end);
    } else if (payload > 0) {
      int headers = tcb.path.headerBytes() + out.options().used();
      tcb.path.onSent(end, headers + Math.min(payload, full));
    }
  }
}
