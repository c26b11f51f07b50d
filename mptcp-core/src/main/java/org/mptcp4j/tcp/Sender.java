package org.mptcp4j.tcp;

import io.netty.buffer.ByteBuf;
import org.mptcp4j.cc.CongestionControl;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.mib.Counters;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.Seq32;
import org.mptcp4j.wire.TcpFlags;
import org.mptcp4j.wire.TxSegment;

/**
 * The send half: queue, window, what to send next. Offsets count from our initial sequence number:
 * 0 is the SYN, 1 the first byte, the FIN follows the last byte. A plan (offset, length, FIN) is
 * made by {@link #plan} and carried out by {@link #commit}.
 */
final class Sender {

  final SendTimer timer = new SendTimer();
  final RttEstimator rtt;
  final LossRecovery recovery;
  private final SendWindow window = new SendWindow();
  private Pacer pacer = Pacer.OFF;
  private final int iss;
  private SendQueue queue;
  private long una;
  private long nxt;
  private boolean synRepeated;
  private boolean finQueued;

  private boolean windowBlocked;
  private boolean sendSmall;
  private final boolean slowStartAfterIdle;
  private long lastSentNs = SendTimes.NEVER;

  private int planSeq;
  private int planLength;
  private boolean planFin;
  private boolean planRepeat;
  private boolean planTailProbe;

  Sender(int iss, TcpConfig config, Counters counters) {
    this.iss = iss;
    rtt = new RttEstimator(config.timeouts().initialRtoNs());
    recovery = new LossRecovery(rtt, counters);
    slowStartAfterIdle = config.options().slowStartAfterIdle();
  }

  int iss() {
    return iss;
  }

  int seqOf(long offset) {
    return iss + (int) offset;
  }

  long offsetOf(int seq) {
    return una + Seq32.diff(seq, seqOf(una));
  }

  long una() {
    return una;
  }

  long nxt() {
    return nxt;
  }

  /** Offset behind the last byte queued; the FIN's offset once there is one. */
  long end() {
    return queue == null ? 1 : queue.end();
  }

  SendWindow window() {
    return window;
  }

  int windowBytes() {
    return (int) Math.max(0, Math.min(Integer.MAX_VALUE, window.end() - una));
  }

  boolean finQueued() {
    return finQueued;
  }

  private boolean finSent() {
    return finQueued && queue != null && nxt > queue.end();
  }

  boolean isFinAcked() {
    return finQueued && queue != null && una > queue.end();
  }

  /** Whether every byte queued is acknowledged and the FIN behind them has left. */
  boolean isDelivered() {
    return finSent() && una >= queue.end();
  }

  int unsentBytes() {
    return queue == null ? 0 : (int) Math.max(0, queue.end() - Math.max(1, nxt));
  }

  int inFlightBytes() {
    return (int) Math.min(Integer.MAX_VALUE, recovery.pipe(una, nxt));
  }

  long lastSentNs() {
    return lastSentNs;
  }

  void enqueue(ByteBuf buf, int index, int length) {
    queue().append(buf, index, length);
  }

  long heldBytes() {
    return queue == null ? 0 : queue.heldBytes();
  }

  void queueFin() {
    queue();
    finQueued = true;
  }

  private SendQueue queue() {
    if (queue == null) {
      queue = new SendQueue(1);
    }
    return queue;
  }

  /** Bytes that could leave at once beyond those queued. */
  int roomBytes(TcpExtension ext, CongestionControl cc, int mss) {
    long room = room(ext, cc) - unsentBytes();
    room = pacer.isWaiting() ? 0 : Math.min(room, quantum(cc, mss));
    return (int) Math.max(0, Math.min(Integer.MAX_VALUE, room));
  }

  // ---- SYN

  /** A SYN, or SYN/ACK, left. */
  void onSynSent(long nowNs, TcpConfig config) {
    synRepeated = lastSentNs != SendTimes.NEVER;
    nxt = Math.max(1, nxt);
    lastSentNs = nowNs;
    timer.startIfIdle(nowNs, SendTimer.Purpose.RETRANSMIT, rtt.rtoNs(), config);
  }

  /** RFC 7413 section 4.2.2: the first SYN takes along what was written. */
  void addToSyn(TxSegment out, int mostBytes) {
    int bytes = Math.min(mostBytes, unsentBytes());
    if (bytes > 0) {
      bytes = queue.span(1, bytes, Packet.MAX_PIECES);
      queue.addTo(out, 1, bytes);
      nxt = 1 + bytes;
    }
  }

  /** What was queued and not sent is forgotten. */
  void discardUnsent() {
    assert una == nxt : "something is in flight";
    if (queue != null) {
      queue.discard();
    }
  }

  /** A SYN/ACK left that nothing was held for, nobody knows when. */
  void onCookieSent() {
    nxt = 1;
  }

  /** When the SYN, or SYN/ACK, left that is answered; {@link SendTimes#NEVER}: nobody knows. */
  long synSentNs() {
    return synRepeated || una > 0 && nxt > una ? SendTimes.NEVER : lastSentNs;
  }

  /**
   * From now on data may leave.
   *
   * @param acked offset of the first byte not acknowledged
   * @param seq offset of the segment that tells the window
   */
  void begin(long acked, long seq, int firstWindow, boolean sack) {
    una = acked;
    nxt = acked;
    if (queue != null) {
      queue.freeUntil(una);
    }
    window.first(seq, firstWindow);
    recovery.start(sack);
  }

  // ---- acknowledgements

  /**
   * The ACK, window and SACK fields of an acceptable segment. Returns bits of {@link TcpNotice}.
   */
  int onAck(
      long nowNs,
      RxSegment seg,
      long seq,
      int mss,
      Handshake agreed,
      CongestionControl cc,
      Ecn ecn,
      TcpConfig c) {
    long ack = offsetOf(seg.ack());
    boolean late = ack < una;
    if (late && seg.options().sackBlocks() == 0) {
      // RFC 9293 section 3.10.7.4: a duplicate, ignored; neither its payload is, nor what it
      // selects.
      return 0;
    }
    long flight = recovery.pipe(una, nxt);
    boolean wasOpen = recovery.isOpen();
    long oldEnd = window.end();
    boolean windowSame = !late && window.update(seq, ack, una, agreed.windowOf(seg));
    recovery.begin(nowNs, una);
    if (agreed.sack()) {
      SackOption.record(nowNs, seg.options(), ack, this);
    }
    long acked = late ? 0 : ack - una;
    long delivered = recovery.newlySacked();
    long echo = agreed.clock.echo(seg.options());
    if (acked > 0) {
      boolean certain = recovery.isCertain(ack);
      delivered += acked - recovery.advance(una, ack, echo);
      una = ack;
      queue().freeUntil(una);
      long sentNs = recovery.takeSentTime(una);
      recovery.measure(nowNs, certain ? sentNs : SendTimes.NEVER, echo, c);
    }
    int marked = late ? 0 : ecn.onAck(seg, delivered, mss);
    recovery.onCongested(marked);
    boolean duplicate = acked == 0 && windowSame && seg.saysAckAlone();
    boolean began = recovery.onAck(nowNs, acked, delivered, duplicate, echo, una, nxt, mss, cc);
    boolean tooMany = recovery.onMarks(nowNs, marked, una, nxt, flight, cc);
    if (began || tooMany) {
      ecn.onWindowReduced();
    }
    if (delivered > 0 || acked > 0) {
      // RFC 3042 section 2: duplicates do not change the window; what they reported counts when the
      // cumulative acknowledgement passes it, but not while what is lost is repaired.
      long grown = acked == 0 ? 0 : wasOpen ? acked : delivered;
      cc.onAck(nowNs, recovery.sample(nowNs, grown, delivered, flight, (long) marked * mss));
    }
    runTimer(nowNs, acked, oldEnd, mss, c);
    return (acked > 0 ? TcpNotice.ACKED : 0) | (began ? TcpNotice.FAST_RECOVERY : 0);
  }

  private void runTimer(long nowNs, long acked, long oldEnd, int mss, TcpConfig config) {
    if (acked > 0) {
      timer.onProgress();
      if (una == nxt) {
        recovery.onAllAcked();
        timer.stop();
      } else {
        timer.restart(nowNs, SendTimer.Purpose.RETRANSMIT, rtt.rtoNs(), config);
      }
    } else if (timer.purpose() == SendTimer.Purpose.PERSIST) {
      timer.onSignOfLife();
      if (window.end() > nxt) {
        timer.onProgress();
        timer.stop();
      }
    } else if (window.end() <= una) {
      timer.onSignOfLife();
    } else if (oldEnd <= una && timer.backoffs() > 0) {
      // What was sent again into a closed window was thrown away: no more waiting for the timer.
      timer.expireNow(nowNs);
    }
    if (recovery.hasReneged(una)) {
      timer.onReneging(nowNs, rtt.srttNs());
    }
    if (acked > 0 || !recovery.mayProbeTail()) {
      armProbe(nowNs, mss, config);
    }
  }

  // ---- time

  /** Time passes: what is due but the timer itself. Returns bits of {@link TcpNotice}. */
  int onDeadline(long nowNs, int mss, CongestionControl cc, Ecn ecn, TcpConfig config) {
    pace(nowNs);
    int notices = 0;
    if (timer.isProbeDue(nowNs)) {
      recovery.onTailProbeDue();
      long ptoNs = LossProbe.ptoNs(rtt, nxt - una, mss, config);
      notices = timer.onProbeDue(nowNs, ptoNs, rtt.rtoNs(), config) ? TcpNotice.RTO_POSTPONED : 0;
    }
    if (recovery.onReorderTimeout(nowNs, una, nxt, mss, cc)) {
      ecn.onWindowReduced();
      notices |= TcpNotice.FAST_RECOVERY;
    }
    return notices;
  }

  /** RFC 8985 section 7.2: after new data, and after progress, when nothing else is going on. */
  void armProbe(long nowNs, int mss, TcpConfig config) {
    if (timer.purpose() == SendTimer.Purpose.RETRANSMIT
        && timer.backoffs() == 0
        && recovery.mayProbeTail()) {
      timer.armProbe(nowNs, LossProbe.ptoNs(rtt, nxt - una, mss, config));
    } else {
      timer.cancelProbe();
    }
  }

  // ---- pacing

  /** From now on sending is paced, or not. */
  void pacing(boolean on) {
    pacer = on ? new Pacer() : Pacer.OFF;
  }

  /** Returns whether data must wait although windows admit it. */
  boolean pace(long nowNs) {
    return pacer.isWaiting(nowNs);
  }

  private int quantum(CongestionControl cc, int mss) {
    return pacer.quantumBytes(cc, rtt.srttNs(), mss);
  }

  /** The earliest deadline of the send half. */
  long deadlineNs() {
    long next = Math.min(timer.deadlineNs(), recovery.deadlineNs());
    return Math.min(next, pacer.deadlineNs());
  }

  // ---- planning

  /** Plans what loss recovery wants to leave before new data, if it may leave now. */
  boolean planRepair(TcpExtension ext, CongestionControl cc, int mss, int scale) {
    planTailProbe = false;
    return planTailProbe(ext, mss) || planRetransmit(ext, cc, mss, scale);
  }

  /** RFC 8985 section 7.3, TLP_send_probe: the next new segment, or else the last one again. */
  private boolean planTailProbe(TcpExtension ext, int mss) {
    if (!recovery.takeTailProbeDue() || una == nxt) {
      return false;
    }
    long dataEnd = queue.end();
    long offset = nxt;
    int length = (int) Math.min(dataEnd - nxt, mss);
    planRepeat = length <= 0 || length > una + ext.sendWindow(windowBytes()) - nxt;
    if (planRepeat) {
      long sentEnd = Math.min(nxt, dataEnd);
      offset = Math.max(una, sentEnd - mss);
      length = (int) (sentEnd - offset);
    }
    int limit = length > 0 ? ext.segmentLimit(seqOf(offset), length) : 0;
    while (planRepeat && limit < length) {
      offset += limit;
      length -= limit;
      limit = ext.segmentLimit(seqOf(offset), length);
    }
    planSeq = seqOf(offset);
    planLength = length > 0 ? queue.span(offset, limit, Packet.MAX_PIECES) : 0;
    boolean fin = planRepeat ? finSent() : finQueued;
    planFin = fin && offset + planLength == dataEnd;
    planTailProbe = true;
    return true;
  }

  /** Plans the next retransmission, if there is one that may leave now. */
  private boolean planRetransmit(TcpExtension ext, CongestionControl cc, int mss, int scale) {
    if (recovery.isOpen() || una >= nxt) {
      return false;
    }
    long edge = una + ext.sendWindow(windowBytes());
    long start = recovery.nextRetransmit(una, nxt, canSendNew(ext, cc, mss));
    // The first segment leaves whatever the window: it asks for another. As Linux.
    long limit = Math.max(Math.max(edge, window.roundedEnd(scale)), una + mss);
    long rangeEnd = start < 0 ? start : recovery.rangeEnd(start, limit);
    long dataEnd = queue.end();
    long room = recovery.roomBytes(una, nxt, cc);
    if (recovery.firstRetransmitDue()) {
      // RFC 6675 section 5 step (4.3): the first segment goes out whatever the pipe.
      room = Math.max(room, mss);
    }
    long want = Math.min(rangeEnd, dataEnd) - start;
    if (rangeEnd <= start || room < Math.min(want, mss) || (want == 0 && room <= 0)) {
      return false;
    }
    planRepeat = true;
    planSeq = seqOf(start);
    planLength = 0;
    if (want > 0) {
      int most = Math.min(SuperSegment.most(mss), quantum(cc, mss));
      long fits = Math.min(Math.min(want, room), most);
      int length = fits < want ? SuperSegment.whole((int) fits, mss) : (int) fits;
      length = ext.segmentLimit(seqOf(start), length);
      planLength = queue.span(start, length, Packet.MAX_PIECES);
    }
    planFin = finSent() && rangeEnd > dataEnd && start + planLength == dataEnd;
    return true;
  }

  /** Whether new data would leave: but for the congestion window, which will not stay full. */
  private boolean canSendNew(TcpExtension ext, CongestionControl cc, int mss) {
    long room = Math.max(mss, recovery.roomBytes(una, nxt, cc));
    return unsentBytes() > 0 && newLength(unsentBytes(), room, ext, cc, mss) > 0;
  }

  /** Plans the next new data, if any may leave now. */
  boolean planNew(long nowNs, TcpExtension ext, CongestionControl cc, Ecn ecn, int mss) {
    windowBlocked = false;
    if (queue == null || finSent()) {
      return false;
    }
    planRepeat = false;
    planSeq = seqOf(nxt);
    planLength = 0;
    planFin = finQueued;
    long avail = queue.end() - nxt;
    if (avail == 0) {
      return finQueued;
    }
    long room = recovery.roomBytes(una, nxt, cc);
    int length = newLength(avail, room, ext, cc, mss);
    if (length > 0 && una == nxt && lastSentNs != SendTimes.NEVER) {
      restartAfterIdle(nowNs, cc);
      length = newLength(avail, recovery.roomBytes(una, nxt, cc), ext, cc, mss);
    }
    planLength = Math.min(length, quantum(cc, mss));
    if (ecn.wantsSinglePacket()) {
      planLength = Math.min(planLength, mss);
    }
    planFin = finQueued && planLength == avail;
    return planLength > 0;
  }

  /** Room for new data now, by both windows; may be negative. */
  long room(TcpExtension ext, CongestionControl cc) {
    long byWindow = una + ext.sendWindow(windowBytes()) - nxt;
    return Math.min(byWindow, recovery.roomBytes(una, nxt, cc));
  }

  /** Plans so many new bytes in one segment, larger than the others, if they may leave now. */
  boolean planProbe(long nowNs, TcpExtension ext, CongestionControl cc, int length) {
    windowBlocked = false;
    if (una == nxt && isIdle(nowNs)
        || room(ext, cc) < length
        || ext.segmentLimit(seqOf(nxt), length) < length
        || queue.span(nxt, length, Packet.MAX_PIECES) < length) {
      return false;
    }
    planRepeat = false;
    planSeq = seqOf(nxt);
    planLength = length;
    planFin = false;
    return true;
  }

  private void restartAfterIdle(long nowNs, CongestionControl cc) {
    recovery.rate().onResume(nowNs, cc);
    if (isIdle(nowNs)) {
      cc.onIdle(nowNs, nowNs - lastSentNs);
    }
  }

  /** RFC 5681 section 4.1: nothing sent for longer than a retransmission timeout. */
  private boolean isIdle(long nowNs) {
    return slowStartAfterIdle && nowNs - lastSentNs > rtt.rtoNs();
  }

  private int newLength(long avail, long room, TcpExtension ext, CongestionControl cc, int mss) {
    long open = una + ext.sendWindow(windowBytes()) - nxt;
    if (open <= 0) {
      windowBlocked = una == nxt;
      return 0;
    }
    if (room <= 0) {
      return 0;
    }
    int want = (int) Math.min(Math.min(avail, open), Math.min(room, SuperSegment.most(mss)));
    int mapped = ext.segmentLimit(seqOf(nxt), want);
    int length = queue.span(nxt, mapped, Packet.MAX_PIECES);
    if (length < mapped) {
      return length >= mss ? SuperSegment.whole(length, mss) : length;
    }
    if (mapped < want) {
      return length; // The end of a mapping: its small rest cannot be joined to what follows.
    }
    if (length < avail) {
      return cutLength(length, open, room, mss, cc);
    }
    return length;
  }

  /** Something did not leave room for all that waits: whole segments only. */
  private int cutLength(int length, long open, long room, int mss, CongestionControl cc) {
    if (length < mss) {
      // RFC 9293 section 3.8.6.2.1: silly windows are not filled, unless half the largest is open
      // or the override timer has expired.
      boolean worth = length == open && (open >= window.max() / 2 || sendSmall);
      windowBlocked = !worth && open < mss && una == nxt;
      return worth ? length : 0;
    }
    int whole = SuperSegment.whole(length, mss);
    int enough = SuperSegment.worthwhile(cc, rtt.srttNs(), mss);
    // While much is in flight more room is about to open: larger super-segments cost less.
    if (room <= open && whole < enough && room < cc.cwndBytes() / 2 && recovery.isOrderly()) {
      return 0;
    }
    return whole;
  }

  /** Nothing more can leave, and nothing more will be queued: whether it is for want of data. */
  void watchApplication(CongestionControl cc, int mss) {
    if (unsentBytes() > 0) {
      return;
    }
    long room = cc.cwndBytes() - recovery.pipe(una, nxt);
    // Room that is left on purpose until a larger super-segment fits is no want of data.
    if (room > 0
        && (2 * room >= cc.cwndBytes() || room >= SuperSegment.worthwhile(cc, rtt.srttNs(), mss))) {
      recovery.onAppLimited(una, nxt);
    }
  }

  /** After planning in vain: a window that is closed while nothing is in flight is probed. */
  void watchWindow(long nowNs, TcpConfig config) {
    if (windowBlocked) {
      // RFC 9293 section 3.8.6.1: the sender must probe a closed window.
      timer.startIfIdle(nowNs, SendTimer.Purpose.PERSIST, rtt.rtoNs(), config);
    }
  }

  /** Where what is planned begins. */
  long planOffset() {
    return offsetOf(planSeq);
  }

  /** Whether what is planned was sent before. */
  boolean planRepeats() {
    return planRepeat;
  }

  /** Adds the planned payload to a segment. Returns the flags that the plan calls for. */
  int fill(TxSegment out) {
    int flags = planFin ? TcpFlags.FIN : 0;
    if (planLength > 0) {
      long offset = planOffset();
      queue.addTo(out, offset, planLength);
      if (offset + planLength == queue.end()) {
        flags |= TcpFlags.PSH;
      }
    }
    return flags;
  }

  /** The planned segment leaves. */
  void commit(long nowNs, CongestionControl cc, TcpConfig config) {
    pacer.onSent(nowNs, planLength, pacer.rate(cc, rtt.srttNs()));
    long offset = planOffset();
    long planEnd = offset + planLength + (planFin ? 1 : 0);
    if (planRepeat) {
      recovery.onRetransmit(nowNs, offset, planEnd, planLength, una);
      if (offset == una && !planTailProbe) {
        timer.restart(nowNs, SendTimer.Purpose.RETRANSMIT, rtt.rtoNs(), config);
      }
    } else {
      nxt = planEnd;
      window.used(nxt - una);
      sendSmall = false;
      recovery.onSent(nowNs, planLength, planEnd);
      timer.startIfIdle(nowNs, SendTimer.Purpose.RETRANSMIT, rtt.rtoNs(), config);
    }
    if (planTailProbe) {
      recovery.onTailProbeSent(nxt, planRepeat);
    }
    recovery.rate().onFlight(una, nxt, recovery.pipe(una, nxt));
    lastSentNs = nowNs;
  }

  // ---- timers

  /** The retransmission timer expired; {@link SendTimer#expire} was asked already. */
  void onRetransmissionTimeout(long nowNs, int mss, CongestionControl cc, Ecn ecn) {
    recovery.onTimeout(nowNs, una, nxt, mss, timer.backoffs() == 1, cc);
    ecn.onTimeout();
  }

  /** The persist timer expired. Returns whether a probe must be sent because the window is shut. */
  boolean onPersistTimeout(TcpExtension ext) {
    sendSmall = true;
    return una + ext.sendWindow(windowBytes()) <= nxt;
  }

  void release() {
    if (queue != null) {
      queue.release();
    }
    timer.stop();
  }
}
