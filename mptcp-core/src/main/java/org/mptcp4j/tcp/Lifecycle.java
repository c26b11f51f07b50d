package org.mptcp4j.tcp;

/** The state of RFC 9293 section 3.3.2, its transitions, and what the owner has to be told of. */
final class Lifecycle {

  private TcpState state;
  private int notices;
  private int dataSegments; // that came so far; unsigned
  private long timeWaitEndNs = SendTimer.NEVER;

  Lifecycle(TcpState initial) {
    state = initial;
  }

  TcpState state() {
    return state;
  }

  boolean is(TcpState other) {
    return state == other;
  }

  long timeWaitEndNs() {
    return timeWaitEndNs;
  }

  /** A segment came, of so many packets with payload on the wire. */
  void onPayload(int segments) {
    dataSegments += segments;
  }

  /** Packets with payload that came, as they were on the wire. */
  long dataSegments() {
    return Integer.toUnsignedLong(dataSegments);
  }

  void notice(int bits) {
    notices |= bits;
  }

  int takeNotices() {
    int bits = notices;
    notices = 0;
    return bits;
  }

  /** RFC 9293 section 3.5, figure 8: SYNs crossed. */
  void onCrossedSyn() {
    state = TcpState.SYN_RECEIVED;
  }

  /**
   * RFC 9293 section 3.10.4: a CLOSE that came before the handshake was over is carried out now.
   */
  void onEstablished(boolean finQueued) {
    state = finQueued ? TcpState.FIN_WAIT_1 : TcpState.ESTABLISHED;
    notices |= TcpNotice.ESTABLISHED;
  }

  /** RFC 9293 section 3.10.4: CLOSE. Before the handshake is over, it waits. */
  void onShutdown() {
    if (state == TcpState.ESTABLISHED) {
      state = TcpState.FIN_WAIT_1;
    } else if (state == TcpState.CLOSE_WAIT) {
      state = TcpState.LAST_ACK;
    }
  }

  /** RFC 9293 section 3.10.7.4, fifth: our FIN is acknowledged. */
  void onFinAcked(long nowNs, TcpConfig config) {
    notices |= TcpNotice.FIN_ACKED;
    if (state == TcpState.FIN_WAIT_1) {
      state = TcpState.FIN_WAIT_2;
    } else if (state == TcpState.CLOSING) {
      enterTimeWait(nowNs, config);
    } else if (state == TcpState.LAST_ACK) {
      close(0);
    }
  }

  /** RFC 9293 section 3.10.7.4, eighth: the peer's FIN was reached. */
  void onFin(long nowNs, TcpConfig config) {
    notices |= TcpNotice.FIN_RECEIVED;
    if (state == TcpState.ESTABLISHED) {
      state = TcpState.CLOSE_WAIT;
    } else if (state == TcpState.FIN_WAIT_1) {
      state = TcpState.CLOSING;
    } else if (state == TcpState.FIN_WAIT_2) {
      enterTimeWait(nowNs, config);
    }
  }

  private void enterTimeWait(long nowNs, TcpConfig config) {
    state = TcpState.TIME_WAIT;
    timeWaitEndNs = nowNs + config.timeouts().timeWaitNs();
  }

  /** RFC 9293 section 3.10.7.4, eighth: the peer's FIN came again. */
  void restartTimeWait(long nowNs, TcpConfig config) {
    if (state == TcpState.TIME_WAIT) {
      timeWaitEndNs = nowNs + config.timeouts().timeWaitNs();
    }
  }

  /** The end, with the notices that say why. */
  void close(int why) {
    state = TcpState.CLOSED;
    notices |= why;
    timeWaitEndNs = SendTimer.NEVER;
  }

  /**
   * RFC 9293 section 3.10.5: whether ABORT sends a RST. In CLOSING and LAST-ACK all that was
   * written and the FIN have left, says section 3.10.4; here they may still wait, and then the peer
   * must hear that they never come.
   *
   * @param delivered whether the peer has all that was written and our FIN has left
   */
  boolean abortNeedsReset(boolean delivered) {
    return switch (state) {
      case SYN_RECEIVED, ESTABLISHED, FIN_WAIT_1, FIN_WAIT_2, CLOSE_WAIT -> true;
      case CLOSING, LAST_ACK -> !delivered;
      case SYN_SENT, TIME_WAIT, CLOSED -> false;
    };
  }
}
