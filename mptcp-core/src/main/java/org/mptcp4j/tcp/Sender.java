package org.mptcp4j.tcp;

import io.netty.buffer.ByteBuf;
import org.mptcp4j.cc.CongestionControl;
import org.mptcp4j.wire.Packet;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.Seq32;
import org.mptcp4j.wire.TcpFlags;
import org.mptcp4j.wire.TcpOptions;
import org.mptcp4j.wire.TxSegment;

/**
 * The send half: queue, window, what to send next. Offsets count from our initial sequence number:
 * 0 is the SYN, 1 the first byte, the FIN follows the last byte. A plan (offset, length, FIN) is
 * made by {@link #planRetransmit} or {@link #planNew} and carried out by {@link #commit}.
 */
final class Sender {

  private static final long NEVER = Long.MIN_VALUE;

  final LossRecovery recovery = new LossRecovery();
  final SendTimer timer = new SendTimer();
  final RttEstimator rtt;
  private final RttSampler sampler = new RttSampler();
  private final Pacer pacer; // null when sending is not paced
  private final int iss;
  private SendQueue queue;
  private long una;
  private long nxt;
  private boolean finQueued;

  private long windowEnd;
  private int lastWindow;
  private long windowSeq;
  private long windowAck;
  private int maxWindow;
  private boolean windowBlocked;
  private boolean sendSmall;
  private long smallEnd;
  private final boolean slowStartAfterIdle;
  private long lastSentNs = NEVER;

  private long planOffset;
  private int planLength;
  private int planMss;
  private boolean planFin;
  private boolean planRepeat;
  private long bytesRetransmitted;

  Sender(int iss, TcpConfig config) {
    this.iss = iss;
    rtt = new RttEstimator(config.initialRtoNs());
    pacer = config.pacing() ? new Pacer() : null;
    slowStartAfterIdle = config.slowStartAfterIdle();
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

  int maxWindow() {
    return maxWindow;
  }

  int windowBytes() {
    return (int) Math.max(0, Math.min(Integer.MAX_VALUE, windowEnd - una));
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

  long bytesRetransmitted() {
    return bytesRetransmitted;
  }

  long lastSentNs() {
    return lastSentNs;
  }

  void enqueue(ByteBuf buf, int index, int length) {
    queue().append(buf, index, length);
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
    if (pacer != null) {
      room = pacer.isWaiting() ? 0 : Math.min(room, quantum(cc, mss));
    }
    return (int) Math.max(0, Math.min(Integer.MAX_VALUE, room));
  }

  // ---- SYN

  /** A SYN, or SYN/ACK, left. */
  void onSynSent(long nowNs, TcpConfig config) {
    if (nxt == 0) {
      nxt = 1;
      sampler.onSent(1, nowNs);
    } else {
      sampler.forget();
    }
    lastSentNs = nowNs;
    timer.startIfIdle(SendTimer.Purpose.RETRANSMIT, nowNs, rtt.rtoNs(), config);
  }

  /** A SYN/ACK left that nothing was held for, nobody knows when. */
  void onCookieSent() {
    nxt = 1;
  }

  /** Our SYN is acknowledged: the window of the acknowledging segment is the first. */
  void onSynAcked(long nowNs, RxSegment seg, long seq, int window, Handshake agreed, TcpConfig c) {
    una = 1;
    windowSeq = seq;
    windowAck = 1;
    lastWindow = window;
    windowEnd = una + window;
    maxWindow = Math.max(maxWindow, window);
    boolean repeated = timer.backoffs() > 0;
    measure(nowNs, sampler.onAcked(1, nowNs), seg.options(), agreed.clock, c);
    if (repeated) {
      rtt.afterSynLoss(c);
    }
    timer.onProgress();
    timer.stop();
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
      TcpConfig c) {
    long ack = offsetOf(seg.ack());
    if (ack < una) {
      // RFC 9293 section 3.10.7.4: a duplicate, ignored; its payload is not.
      return 0;
    }
    long flight = recovery.pipe(una, nxt);
    boolean outstanding = nxt > una;
    boolean wasOpen = recovery.isOpen();
    long oldEnd = windowEnd;
    boolean windowSame = updateWindow(seg, seq, ack, agreed.sendScale());
    long news = agreed.sack() ? recordSack(seg.options(), Math.max(una, ack)) : 0;
    long acked = ack - una;
    long delivered = news;
    if (acked > 0) {
      delivered += acked - recovery.advance(ack);
      una = ack;
      queue().freeUntil(una);
      long sample = sampler.onAcked(una, nowNs);
      measure(nowNs, recovery.isOpen() ? sample : -1, seg.options(), agreed.clock, c);
    }
    boolean duplicate = acked == 0 && outstanding && windowSame && seg.seqLength() == 0;
    boolean began = recovery.onAck(nowNs, acked, news, duplicate, agreed.sack(), una, nxt, mss, cc);
    if (began) {
      sampler.forget();
    } else if (!recovery.isFast()) {
      // RFC 3042 section 2: duplicates do not change the window; what they reported counts when the
      // cumulative acknowledgement passes it.
      long grown = wasOpen ? acked : delivered;
      if (grown > 0) {
        cc.onAck(nowNs, (int) grown, rtt.srttNs(), (int) Math.min(flight, Integer.MAX_VALUE));
      }
    }
    runTimer(nowNs, acked, c);
    return (acked > 0 ? TcpNotice.ACKED | TcpNotice.WINDOW_OPENED : 0)
        | (windowEnd > oldEnd ? TcpNotice.WINDOW_OPENED : 0)
        | (began ? TcpNotice.FAST_RECOVERY : 0);
  }

  private void runTimer(long nowNs, long acked, TcpConfig config) {
    if (acked > 0) {
      timer.onProgress();
      if (una == nxt) {
        recovery.onAllAcked();
        timer.stop();
      } else {
        timer.restart(SendTimer.Purpose.RETRANSMIT, nowNs, rtt.rtoNs(), config);
      }
    } else if (timer.purpose() == SendTimer.Purpose.PERSIST) {
      timer.onSignOfLife();
      if (windowEnd > nxt) {
        timer.onProgress();
        timer.stop();
      }
    } else if (windowEnd <= una) {
      timer.onSignOfLife();
    }
  }

  /** Returns whether the window is the one advertised before. */
  private boolean updateWindow(RxSegment seg, long seq, long ack, int scale) {
    int window = seg.window() << scale;
    // RFC 9293 section 3.10.7.4: SND.WL1 and SND.WL2 keep old segments from changing the window.
    if (windowSeq < seq || (windowSeq == seq && windowAck <= ack)) {
      boolean same = window == lastWindow;
      windowSeq = seq;
      windowAck = ack;
      lastWindow = window;
      windowEnd = ack + window;
      maxWindow = Math.max(maxWindow, window);
      return same;
    }
    return true;
  }

  private long recordSack(TcpOptions options, long from) {
    long news = 0;
    for (int i = 0; i < options.sackBlocks(); i++) {
      long left = offsetOf(options.sackLeft(i));
      long right = offsetOf(options.sackRight(i));
      // RFC 2018 section 3: what was never sent, or is acknowledged already, says nothing.
      if (right <= nxt && left < right && right > from) {
        news += recovery.sack(Math.max(left, from), right);
      }
    }
    return news;
  }

  private void measure(
      long nowNs, long sample, TcpOptions options, TimestampClock clock, TcpConfig config) {
    if (sample >= 0) {
      rtt.sample(sample, config);
    } else if (clock.enabled() && options.hasTimestamps() && options.tsEcr() != 0) {
      // RFC 7323 section 4.1: an ACK that moves the left edge echoes the segment that caused it.
      long elapsed = clock.elapsedNs(nowNs, options.tsEcr());
      if (elapsed > 0 && recovery.isBeforeTimeout(options.tsEcr() - clock.offset())) {
        rtt.uncertain(elapsed, config);
      } else if (elapsed > 0 && elapsed <= config.maxRtoNs()) {
        rtt.sample(elapsed, config);
      }
    }
  }

  // ---- pacing

  /** Time passes. Returns whether data must wait although windows admit it. */
  boolean pace(long nowNs) {
    return pacer != null && pacer.isWaiting(nowNs);
  }

  private int quantum(CongestionControl cc, int mss) {
    return Pacer.quantumBytes(cc.pacingRateBytesPerSecond(rtt.srttNs()), mss);
  }

  /** The earliest deadline of the send half. */
  long deadlineNs() {
    return pacer == null ? timer.deadlineNs() : Math.min(timer.deadlineNs(), pacer.deadlineNs());
  }

  // ---- planning

  /** Plans the next retransmission, if there is one that may leave now. */
  boolean planRetransmit(TcpExtension ext, CongestionControl cc, int mss) {
    planMss = mss;
    if (recovery.isOpen() || una >= nxt) {
      return false;
    }
    long start = recovery.nextRetransmit(una, nxt, mss, canSendNew(ext));
    if (start < 0) {
      return false;
    }
    long rangeEnd = recovery.rangeEnd(start, nxt);
    long dataEnd = queue.end();
    long room = (long) cc.cwndBytes() - recovery.pipe(una, nxt);
    if (recovery.firstRetransmitDue()) {
      // RFC 6675 section 5 step (4.3): the first segment goes out whatever the pipe.
      room = Math.max(room, mss);
    }
    long want = Math.min(rangeEnd, dataEnd) - start;
    if (room < Math.min(want, mss) || (want == 0 && room <= 0)) {
      return false;
    }
    planRepeat = true;
    planOffset = start;
    planLength = 0;
    if (want > 0) {
      long fits = Math.min(Math.min(want, room), maxPayload(mss));
      fits = pacer == null ? fits : Math.min(fits, quantum(cc, mss));
      int length = fits < want ? wholeSegments((int) fits, mss) : (int) fits;
      length = ext.segmentLimit(seqOf(start), length);
      planLength = queue.span(start, length, Packet.MAX_PIECES);
    }
    planFin = finSent() && rangeEnd > dataEnd && start + planLength == dataEnd;
    return true;
  }

  private boolean canSendNew(TcpExtension ext) {
    return unsentBytes() > 0 && una + ext.sendWindow(windowBytes()) > nxt;
  }

  /** Plans the next new data, if any may leave now. */
  boolean planNew(long nowNs, TcpExtension ext, CongestionControl cc, int mss, boolean nagle) {
    planMss = mss;
    windowBlocked = false;
    if (queue == null || finSent()) {
      return false;
    }
    planRepeat = false;
    planOffset = nxt;
    planLength = 0;
    planFin = finQueued;
    long avail = queue.end() - nxt;
    if (avail == 0) {
      return finQueued;
    }
    restartAfterIdle(nowNs, cc);
    planLength = newLength(avail, ext, cc, mss, nagle);
    if (pacer != null) {
      planLength = Math.min(planLength, quantum(cc, mss));
    }
    planFin = finQueued && planLength == avail;
    return planLength > 0;
  }

  /** Room for new data now, by both windows; may be negative. */
  long room(TcpExtension ext, CongestionControl cc) {
    long byWindow = una + ext.sendWindow(windowBytes()) - nxt;
    return Math.min(byWindow, (long) cc.cwndBytes() - recovery.pipe(una, nxt));
  }

  /** Plans so many new bytes in one segment, larger than the others, if they may leave now. */
  boolean planProbe(long nowNs, TcpExtension ext, CongestionControl cc, int length) {
    windowBlocked = false;
    restartAfterIdle(nowNs, cc);
    if (room(ext, cc) < length
        || ext.segmentLimit(seqOf(nxt), length) < length
        || queue.span(nxt, length, Packet.MAX_PIECES) < length) {
      return false;
    }
    planRepeat = false;
    planMss = length;
    planOffset = nxt;
    planLength = length;
    planFin = false;
    return true;
  }

  private void restartAfterIdle(long nowNs, CongestionControl cc) {
    // RFC 5681 section 4.1: nothing sent for longer than a retransmission timeout.
    if (slowStartAfterIdle
        && una == nxt
        && lastSentNs != NEVER
        && nowNs - lastSentNs > rtt.rtoNs()) {
      cc.onIdle(nowNs, nowNs - lastSentNs);
    }
  }

  private int newLength(
      long avail, TcpExtension ext, CongestionControl cc, int mss, boolean nagle) {
    long window = una + ext.sendWindow(windowBytes()) - nxt;
    if (window <= 0) {
      windowBlocked = una == nxt;
      return 0;
    }
    long pipe = recovery.pipe(una, nxt);
    long room = cc.cwndBytes() - pipe;
    if (room <= 0) {
      return 0;
    }
    int want = (int) Math.min(Math.min(avail, window), Math.min(room, maxPayload(mss)));
    int mapped = ext.segmentLimit(seqOf(nxt), want);
    int length = queue.span(nxt, mapped, Packet.MAX_PIECES);
    if (length < mapped) {
      return length >= mss ? wholeSegments(length, mss) : length;
    }
    if (mapped < want) {
      return length; // The end of a mapping: its small rest cannot be joined to what follows.
    }
    if (length < avail) {
      return cutLength(length, window, room, pipe, mss, cc);
    }
    int rest = length % mss;
    // RFC 9293 section 3.7.4 (Nagle), as modified by Minshall: a small segment waits only while an
    // earlier small segment is unacknowledged.
    if (rest > 0 && nagle && !finQueued && smallEnd > una) {
      return length - rest;
    }
    return length;
  }

  /** Something did not leave room for all that waits: whole segments only. */
  private int cutLength(
      int length, long window, long room, long pipe, int mss, CongestionControl cc) {
    if (length < mss) {
      // RFC 9293 section 3.8.6.2.1: silly windows are not filled, unless half the largest is open
      // or the override timer has expired.
      boolean worth = length == window && (window >= maxWindow / 2 || sendSmall);
      windowBlocked = !worth && window < mss && una == nxt;
      return worth ? length : 0;
    }
    int whole = wholeSegments(length, mss);
    int enough = Math.min(maxPayload(mss), cc.cwndBytes() / 8);
    // While much is in flight more room is about to open: larger super-segments cost less.
    if (room <= window && whole < enough && pipe > cc.cwndBytes() / 2 && recovery.isOrderly()) {
      return 0;
    }
    return whole;
  }

  private static int wholeSegments(int length, int mss) {
    return length <= mss ? length : length - length % mss;
  }

  private static int maxPayload(int mss) {
    return Math.max(mss, TxSegment.MAX_PAYLOAD - TxSegment.MAX_PAYLOAD % mss);
  }

  /** After planning in vain: a window that is closed while nothing is in flight is probed. */
  void watchWindow(long nowNs, TcpConfig config) {
    if (windowBlocked) {
      // RFC 9293 section 3.8.6.1: the sender must probe a closed window.
      timer.startIfIdle(SendTimer.Purpose.PERSIST, nowNs, rtt.rtoNs(), config);
    }
  }

  /** Payload of a full segment in the plan. */
  int planMss() {
    return planMss;
  }

  long planOffset() {
    return planOffset;
  }

  /** Adds the planned payload to a segment. Returns the flags that the plan calls for. */
  int fill(TxSegment out) {
    int flags = planFin ? TcpFlags.FIN : 0;
    if (planLength > 0) {
      queue.addTo(out, planOffset, planLength);
      if (planOffset + planLength == queue.end()) {
        flags |= TcpFlags.PSH;
      }
    }
    return flags;
  }

  /** The planned segment leaves. */
  void commit(long nowNs, CongestionControl cc, TcpConfig config) {
    if (pacer != null) {
      pacer.onSent(nowNs, planLength, cc.pacingRateBytesPerSecond(rtt.srttNs()));
    }
    long planEnd = planOffset + planLength + (planFin ? 1 : 0);
    if (planRepeat) {
      recovery.onRetransmit(planOffset, planEnd, nxt);
      sampler.forget();
      bytesRetransmitted += planLength;
      if (planOffset == una) {
        timer.restart(SendTimer.Purpose.RETRANSMIT, nowNs, rtt.rtoNs(), config);
      }
    } else {
      if (planLength % planMss != 0) {
        smallEnd = planEnd;
      }
      nxt = planEnd;
      sendSmall = false;
      sampler.onSent(planEnd, nowNs);
      timer.startIfIdle(SendTimer.Purpose.RETRANSMIT, nowNs, rtt.rtoNs(), config);
    }
    lastSentNs = nowNs;
  }

  // ---- timers

  /** The retransmission timer expired; {@link SendTimer#expire} was asked already. */
  void onRetransmissionTimeout(long nowNs, CongestionControl cc) {
    sampler.forget();
    recovery.onTimeout(nowNs, una, nxt, timer.backoffs() == 1, cc);
  }

  /**
   * What is in flight was too large for the path and is sent again, in segments of today's size.
   */
  void onTooBig(long nowNs) {
    if (una < nxt) {
      sampler.forget();
      recovery.onTooBig(nowNs, nxt);
    }
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
