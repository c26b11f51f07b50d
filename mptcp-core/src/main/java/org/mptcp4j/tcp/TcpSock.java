package org.mptcp4j.tcp;

import io.netty.buffer.ByteBuf;
import org.mptcp4j.cc.CongestionControlFactory;
import org.mptcp4j.info.TcpInfo;
import org.mptcp4j.mib.Mib;
import org.mptcp4j.wire.IcmpError;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.TxSegment;

/**
 * {@code tcp_sock}: one TCP connection, or one subflow of an MPTCP connection, from SYN-SENT or
 * SYN-RECEIVED through TIME-WAIT. It has no thread, clock or I/O: segments are given to {@link
 * #onSegment}, outgoing ones are polled with {@link #pollTransmit}, and time passes through {@link
 * #onTimeout}.
 *
 * <p>After {@link #onSegment}, {@link #onTimeout}, {@link #enqueue}, {@link #shutdownOutput},
 * {@link #abort}, {@link #requestAck}, {@link #requestProbe} and {@link #windowMayHaveGrown} the
 * owner polls until {@link #pollTransmit} returns false, then asks {@link #nextTimeoutNs}. Early or
 * superfluous calls do nothing. One thread.
 */
public final class TcpSock extends Tcb {
  private boolean synDue = true;
  private Reset reset = Reset.NONE;
  private boolean probeDue;
  private boolean released;

  private TcpSock(
      long nowNs,
      TcpConfig config,
      FourTuple tuple,
      TcpExtension extension,
      CongestionControlFactory algorithm,
      int iss,
      Handshake handshake,
      TcpState state) {
    super(config, tuple, extension, algorithm, iss, handshake, state);
    lastReceivedNs = nowNs;
  }

  /**
   * Active open: the first {@link #pollTransmit} gives the SYN.
   *
   * @param nowNs current time
   * @param config limits and timers
   * @param tuple addresses and ports
   * @param extension windows and options; held until {@link #extension} replaces it
   * @param algorithm makes its congestion control when the handshake completes
   * @param iss initial sequence number
   * @param tsOffset offset of our timestamps
   * @param start whether the SYN takes data along that is queued before it is polled
   */
  public static TcpSock connect(
      long nowNs,
      TcpConfig config,
      FourTuple tuple,
      TcpExtension extension,
      CongestionControlFactory algorithm,
      int iss,
      int tsOffset,
      FastOpenStart start) {
    Handshake handshake = start.handshake(tsOffset, extension.counters());
    return new TcpSock(
        nowNs, config, tuple, extension, algorithm, iss, handshake, TcpState.SYN_SENT);
  }

  /**
   * Passive open: a SYN arrived for a listener; the first {@link #pollTransmit} gives the SYN/ACK.
   * The SYN's own MPTCP options are the owner's business.
   *
   * @param syn the SYN, borrowed for the call
   * @param fastOpen whether what it carries is taken at once, and what the answer says of that
   * @see #connect the other parameters
   */
  public static TcpSock accept(
      long nowNs,
      TcpConfig config,
      FourTuple tuple,
      TcpExtension extension,
      CongestionControlFactory algorithm,
      int iss,
      int tsOffset,
      RxSegment syn,
      FastOpenAnswer fastOpen) {
    Handshake handshake = fastOpen.handshake(tsOffset);
    TcpSock sock =
        new TcpSock(
            nowNs, config, tuple, extension, algorithm, iss, handshake, TcpState.SYN_RECEIVED);
    sock.passive = true;
    sock.segmentsIn = 1;
    sock.receiver.onSyn(syn.seq());
    sock.ecn = Ecn.ofSyn(syn, config.options());
    sock.handshake.onPeerSyn(nowNs, syn.options(), config, tuple.local().isV4());
    if (fastOpen.opensEarly()) {
      sock.openEarly(nowNs, syn);
    }
    return sock;
  }

  /**
   * Passive open by the acknowledgement of a SYN cookie; {@link #onSegment} then gets that segment.
   *
   * @param ack the segment, borrowed for the call
   * @param cookie what it says of the SYN
   * @see #connect the other parameters
   */
  public static TcpSock accept(
      long nowNs,
      TcpConfig config,
      FourTuple tuple,
      TcpExtension extension,
      CongestionControlFactory algorithm,
      int tsOffset,
      RxSegment ack,
      SynCookie cookie) {
    TcpSock sock =
        new TcpSock(
            nowNs,
            config,
            tuple,
            extension,
            algorithm,
            cookie.iss(),
            new Handshake(tsOffset),
            TcpState.SYN_RECEIVED);
    sock.passive = true;
    sock.synDue = false;
    sock.receiver.onSyn(ack.seq() - 1);
    sock.handshake.onCookie(nowNs, cookie, ack.options(), config);
    sock.sender.onCookieSent();
    sock.receiver.advertise(extension, 0);
    return sock;
  }

  /** RFC 7413 section 4.2.2: the SYN is enough, and what it carries goes to the application. */
  private void openEarly(long nowNs, RxSegment syn) {
    sender.begin(1, 0, syn.window(), handshake.sack());
    startCongestionControl();
    receiver.onSegment(nowNs, syn, 1, handshake.clock, ext, config);
    handshake.onSynData(receiver.bytesReceived());
  }

  /**
   * A segment of this connection arrived: RFC 9293 section 3.10.7. Payload that is kept is retained
   * or copied. The owner then reads {@link #notices()} and drains {@link #pollData()}.
   */
  public SegmentVerdict onSegment(long nowNs, RxSegment seg) {
    segmentsIn++;
    life.onPayload(seg.payloadLength() > 0 ? seg.segments() : 0);
    if (reset != Reset.NONE || released) {
      return SegmentVerdict.DROPPED;
    }
    return switch (life.state()) {
      case CLOSED -> seg.rst() ? SegmentVerdict.DROPPED : SegmentVerdict.REPLY_RESET;
      case SYN_SENT -> onSegmentInSynSent(nowNs, seg);
      default -> onSegmentChecked(nowNs, seg);
    };
  }

  /** RFC 9293 section 3.10.7.3. */
  private SegmentVerdict onSegmentInSynSent(long nowNs, RxSegment seg) {
    SegmentInput.Check check = SegmentInput.checkInSynSent(seg, sender);
    if (check != SegmentInput.Check.OK) {
      SegmentInput.onHandshakeRefused(nowNs, check, sender.timer);
      return check == SegmentInput.Check.RESET ? onReset() : check.verdict;
    }
    // RFC 9293 section 3.10.7.3, fourth. Data on the SYN is not kept: it will be sent again.
    lastReceivedNs = nowNs;
    receiver.onSyn(seg.seq());
    handshake.onPeerSyn(nowNs, seg.options(), config, tuple.local().isV4());
    if (seg.hasAck()) {
      // RFC 7323 section 2.2: the window of a SYN is never scaled.
      SynAnswer.onAcked(nowNs, seg, 0, seg.window(), this);
      establish();
      acknowledgeSyn();
    } else {
      // RFC 9293 section 3.5, figure 8: simultaneous open.
      life.onCrossedSyn();
      SynAnswer.onCrossedSyn(seg, this);
      sender.timer.stop();
      synDue = true;
    }
    return SegmentVerdict.ACCEPTED;
  }

  /** RFC 9293 section 3.10.7.4: all states from SYN-RECEIVED on. */
  private SegmentVerdict onSegmentChecked(long nowNs, RxSegment seg) {
    SegmentInput.Check check =
        SegmentInput.check(nowNs, seg, state(), receiver, sender, handshake.clock, ext);
    switch (check) {
      case OK -> process(nowNs, seg);
      case OLD_TIMESTAMP -> {
        count(Mib.PAWS_ESTAB);
        acknowledgeOld(nowNs, seg);
      }
      case OUTSIDE -> {
        acknowledgeOld(nowNs, seg);
        onOldData(seg);
      }
      case CHALLENGE -> {
        challenge(nowNs, seg);
        if (seg.rst()) {
          suspectOpening(nowNs);
        }
      }
      case SYN_AGAIN -> {
        if (!SynAnswer.onSynAgain(seg, this)) {
          close(TcpNotice.RESET);
          return SegmentVerdict.REPLY_RESET;
        }
        synDue = true;
      }
      case RESET -> {
        return onReset();
      }
      default -> {}
    }
    return check.verdict;
  }

  private SegmentVerdict onReset() {
    if (life.is(TcpState.TIME_WAIT) && config.options().rfc1337()) {
      return SegmentVerdict.DROPPED;
    }
    boolean refused = !passive && !state().isSynchronized();
    close(TcpNotice.RESET | (refused ? TcpNotice.REFUSED : 0));
    return refused ? SegmentVerdict.REFUSED : SegmentVerdict.RESET;
  }

  private void process(long nowNs, RxSegment seg) {
    lastReceivedNs = nowNs;
    long seq = receiver.offsetOf(seg.seq());
    if (seg.options().hasTimestamps() && seq <= receiver.lastAckSent()) {
      handshake.clock.update(nowNs, seg.options().tsVal());
    }
    if (life.is(TcpState.SYN_RECEIVED)) {
      if (isEarly()) {
        SynAnswer.onConfirmed(nowNs, seg, this);
      } else {
        SynAnswer.onAcked(nowNs, seg, seq, handshake.windowOf(seg), this);
      }
      establish();
      if (seg.syn()) {
        acknowledgeSyn();
      }
    }
    int news = sender.onAck(nowNs, seg, seq, payloadMss(), handshake, cc, ecn, config);
    if (news != 0) {
      life.notice(news);
      MtuDiscovery.onAck(nowNs, this, news);
      if ((news & TcpNotice.ACKED) != 0 && sender.isFinAcked()) {
        life.onFinAcked(nowNs, config);
        releaseWhenDone();
      }
    }
    ecn.onSegment(seg, receiver.acks, handshake.sack());
    if (seg.urg() && state().canReceive() && receiver.onUrgent(seq, seg.urgentPointer())) {
      life.notice(TcpNotice.URGENT);
    }
    if (seg.payloadLength() > 0 || seg.fin()) {
      receive(nowNs, seg, seq + (seg.syn() ? 1 : 0));
    }
  }

  private void establish() {
    if (!started()) {
      startCongestionControl();
    }
    synDue = false;
    life.notice(sender.una() > 1 ? TcpNotice.ACKED : 0);
    life.onEstablished(sender.finQueued());
  }

  /** RFC 9293 section 3.10.7.4, seventh and eighth: the segment text and the FIN bit. */
  private void receive(long nowNs, RxSegment seg, long offset) {
    if (!state().canReceive()) {
      receiver.acks.immediate();
      if (seg.fin()) {
        life.restartTimeWait(nowNs, config);
      }
      return;
    }
    receiver.beforeData(nowNs, sender.rtt.rtoNs(), config);
    int got = receiver.onSegment(nowNs, seg, offset, handshake.clock, ext, config);
    if ((got & (Receiver.OUT_OF_ORDER | Receiver.DUPLICATE)) == Receiver.OUT_OF_ORDER) {
      count(Mib.TCP_OFO_QUEUE);
      if (seg.fin()) {
        suspectOpening(nowNs);
      }
    }
    if ((got & Receiver.FIN) != 0) {
      life.onFin(nowNs, config);
      receiver.releaseOutOfOrder();
      releaseWhenDone();
    }
  }

  private void releaseWhenDone() {
    if (life.is(TcpState.TIME_WAIT) || life.is(TcpState.CLOSED)) {
      sender.release();
      receiver.releaseOutOfOrder();
    }
  }

  private void close(int why) {
    // RFC 4022: a handshake that fails, and a connection that ends without one more state.
    switch (state()) {
      case SYN_SENT, SYN_RECEIVED -> count(Mib.ATTEMPT_FAILS);
      case ESTABLISHED, CLOSE_WAIT -> count(Mib.ESTAB_RESETS);
      default -> {}
    }
    life.close(why);
    synDue = false;
    probeDue = false;
    releaseWhenDone();
  }

  /**
   * Builds the next segment that should leave now; call again until it returns false.
   *
   * @param out cleared and filled, except for the link
   * @return false when there is nothing to send now; {@code out} is then clear
   */
  public boolean pollTransmit(long nowNs, TxSegment out) {
    out.clear();
    if (reset.form(nowNs, this, out)) {
      reset = Reset.NONE;
      return true;
    }
    TcpState state = life.state();
    if (!state.isSynchronized()) {
      if (synDue) {
        synDue = false;
        SegmentOutput.syn(nowNs, this, out, state == TcpState.SYN_RECEIVED);
        return true;
      }
      // RFC 9293 section 3.10.7.4: SYN-RECEIVED answers what is unacceptable.
      return isEarly() && SegmentOutput.data(nowNs, this, out)
          || state == TcpState.SYN_RECEIVED && SegmentOutput.ackIfDue(nowNs, this, out);
    }
    if (receiver.acks.pureDue()) {
      SegmentOutput.ack(nowNs, this, out);
      return true;
    }
    if (state.canSend() && SegmentOutput.data(nowNs, this, out)) {
      return true;
    }
    if (probeDue) {
      probeDue = false;
      SegmentOutput.probe(nowNs, this, out);
      return true;
    }
    return SegmentOutput.ackIfDue(nowNs, this, out);
  }

  /** When {@link #onTimeout} wants to be called; {@link Long#MAX_VALUE} for never. */
  public long nextTimeoutNs() {
    if (life.is(TcpState.CLOSED)) {
      return SendTimer.NEVER;
    }
    long next = Math.min(sender.deadlineNs(), life.timeWaitEndNs());
    next = Math.min(next, receiver.acks.deadlineNs());
    return watch == null ? next : Math.min(next, watch.deadlineNs());
  }

  /** Does what is due; too early a call does nothing. */
  public void onTimeout(long nowNs) {
    if (life.is(TcpState.CLOSED)) {
      return;
    }
    if (nowNs >= life.timeWaitEndNs()) {
      close(0);
      return;
    }
    receiver.acks.onTimeout(nowNs);
    int news = sender.onDeadline(nowNs, payloadMss(), cc, ecn, config);
    if (news != 0) {
      life.notice(news);
      MtuDiscovery.onAck(nowNs, this, news);
    }
    if (sender.timer.isDue(nowNs)) {
      onSendTimer(nowNs);
    }
    if (watch != null) {
      lookAfterPeer(nowNs);
    }
  }

  private void lookAfterPeer(long nowNs) {
    switch (watch.onTimeout(nowNs, this)) {
      case PROBE -> {
        probeDue = true;
        count(Mib.TCP_KEEP_ALIVE);
      }
      case GIVE_UP -> giveUp();
      case NOTHING -> {}
    }
  }

  /** The peer may hear us although we do not hear it: it must not wait for ever. */
  private void giveUp() {
    boolean handshaking = !state().isSynchronized();
    reset = Reset.ofAbort(!handshaking && life.abortNeedsReset(sender.isDelivered()));
    count(Mib.TCP_ABORT_ON_TIMEOUT);
    close(TcpNotice.TIMED_OUT);
  }

  private void onSendTimer(long nowNs) {
    boolean persist = sender.timer.purpose() == SendTimer.Purpose.PERSIST;
    boolean goOn = sender.timer.expire(nowNs, sender.rtt.rtoNs(), giveUpNs(), config);
    if (watch != null) {
      watch.onSendTimer(nowNs, sender);
    }
    boolean handshaking = !state().isSynchronized();
    if (handshaking) {
      // RFC 9293 section 3.8.3: R2 for a SYN, counted in tries as on Linux.
      int tries = passive ? config.options().synAckRetries() : config.synRetries();
      goOn &= sender.timer.backoffs() <= tries;
    }
    if (!goOn) {
      giveUp();
    } else if (handshaking) {
      count(Mib.TCP_SYN_RETRANS);
      sender.timer.hasten(nowNs + config.synGapNs());
      synDue = true;
    } else if (persist) {
      probeDue |= sender.onPersistTimeout(ext);
    } else if (!MtuDiscovery.onTimeout(nowNs, this)) {
      if (sender.recovery.hasReneged(sender.una())) {
        count(Mib.TCP_SACK_RENEGING);
      }
      life.notice(TcpNotice.RTO_FIRED);
      suspectOpening(nowNs);
      sender.onRetransmissionTimeout(nowNs, payloadMss(), cc, ecn);
    }
  }

  /**
   * Appends bytes to the stream, retaining the buffer until they are acknowledged. Allowed before
   * the handshake completes; ignored when the connection is closed.
   *
   * @param buf holds the bytes, which must not change
   * @throws IllegalStateException after {@link #shutdownOutput()}
   */
  public void enqueue(ByteBuf buf, int index, int length) {
    if (sender.finQueued()) {
      throw new IllegalStateException("output is shut down");
    }
    if (!life.is(TcpState.CLOSED)) {
      sender.enqueue(buf, index, length);
    }
  }

  /** What was queued and not sent is to be queued anew, if at all. */
  public void discardUnsent() {
    sender.discardUnsent();
  }

  /**
   * Bytes that could leave at once beyond those queued already. 0 before the handshake completes.
   */
  public int sendRoomBytes() {
    return state().canSend() ? MtuDiscovery.roomBytes(this, payloadMss()) : 0;
  }

  /** From now on another extension gives the windows and writes the options. */
  public void extension(TcpExtension other) {
    ext = other;
  }

  /** No more data will be queued: a FIN follows what is queued. Repeated calls do nothing. */
  public void shutdownOutput() {
    if (!sender.finQueued() && !life.is(TcpState.CLOSED)) {
      sender.queueFin();
      life.onShutdown();
    }
  }

  /** Ends the connection at once; the next poll gives a RST where the old state calls for one. */
  public void abort() {
    if (!life.is(TcpState.CLOSED)) {
      reset = Reset.ofAbort(life.abortNeedsReset(sender.isDelivered()));
      close(0);
    }
  }

  /** Like {@link #abort()}, also after the peer's FIN: what came with it is lost. */
  public void abortUnread() {
    reset = reset == Reset.NONE ? Reset.ofUnread(state()) : reset;
    close(0);
  }

  /** The path works again: what waits for its timer is due now. Call {@link #onTimeout} then. */
  public void pathRestored(long nowNs) {
    // RFC 6069 section 4: back-off during a loss of connectivity says nothing about congestion.
    sender.timer.expireNow(nowNs);
  }

  /**
   * What another connection found out about the path: the largest packet in bytes. Call it first.
   */
  public void knownPathMtu(long nowNs, int bytes) {
    path.begin(nowNs, bytes);
  }

  /**
   * A router said that a packet of this connection was too big. What is not credible changes
   * nothing. The owner then reads {@link #notices()} and polls.
   */
  public void onPacketTooBig(long nowNs, IcmpError error) {
    if (state().isSynchronized()) {
      MtuDiscovery.onPacketTooBig(nowNs, this, error.seq(), error.mtu(), error.quotedLength());
    }
  }

  /** Asks for a pure ACK at the next poll, whatever else leaves. */
  public void requestAck() {
    if (state().isSynchronized()) {
      receiver.acks.request();
    }
  }

  /** Asks for a probe that makes the peer answer with its window: an old, empty segment. */
  public void requestProbe() {
    probeDue = state().isSynchronized();
  }

  /**
   * The owner consumed data, so that {@link TcpExtension#windowBytes} may have grown: an ACK
   * becomes due when the peer is worth telling.
   *
   * @return whether an ACK became due
   */
  public boolean windowMayHaveGrown() {
    return state().canReceive()
        && receiver.updateWindow(ext, payloadMss(), handshake.receiveScale());
  }

  /**
   * The next in-order piece, owned by the caller; null when there is none. A piece that is small
   * against the buffer it came in has been copied out.
   */
  public ByteBuf pollData() {
    return pollData(Integer.MAX_VALUE);
  }

  /**
   * Like {@link #pollData()}, but no more than so many bytes: the rest stays.
   *
   * @param maxBytes at least 1
   */
  public ByteBuf pollData(int maxBytes) {
    return receiver.poll(maxBytes);
  }

  /**
   * Drops what lies beyond a hole, for lack of memory: RFC 2018 section 8. The peer sends it again.
   *
   * @return whether there was any
   */
  public boolean prune() {
    boolean any = receiver.oooBytes() > 0;
    receiver.releaseOutOfOrder();
    return any;
  }

  /** What came in order and was not polled keeps no more memory than it needs from now on. */
  public void keep() {
    receiver.keep();
  }

  /** A snapshot for people and tests. */
  public TcpInfo info() {
    return TcpSnapshot.of(this);
  }

  TimeWaitSock toTimeWait() {
    if (!life.is(TcpState.TIME_WAIT)) {
      throw new IllegalStateException("not in TIME-WAIT but " + life.state());
    }
    int window = Math.max(0, ext.windowBytes(rcvNxt())) >>> handshake.receiveScale();
    return new TimeWaitSock(
        tuple, sndNxt(), rcvNxt(), Math.min(0xffff, window), handshake.clock, this);
  }

  /** Releases every buffer; the state becomes CLOSED without a notice. May be repeated. */
  public void release() {
    life.close(0);
    life.takeNotices();
    reset = Reset.NONE;
    synDue = false;
    released = true;
    sender.release();
    receiver.release();
  }
}
