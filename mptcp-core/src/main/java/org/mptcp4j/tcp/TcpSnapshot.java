package org.mptcp4j.tcp;

import org.mptcp4j.info.Rates;
import org.mptcp4j.info.Receiving;
import org.mptcp4j.info.TcpInfo;

/** Turns the state of a socket into a record for people. */
final class TcpSnapshot {
  private TcpSnapshot() {}

  static TcpInfo of(TcpSock sock) {
    Sender sender = sock.sender;
    Handshake handshake = sock.handshake;
    // Offsets begin with the SYN and may end with a FIN, which hold no bytes.
    long acked = payload(sender.una(), sender);
    int unacked = (int) (payload(sender.nxt(), sender) - acked);
    return new TcpInfo(
        state(sock.state()),
        caState(sender.recovery),
        sender.timer.shift(),
        backoffs(sender.timer, SendTimer.Purpose.RETRANSMIT),
        backoffs(sender.timer, SendTimer.Purpose.PERSIST) + sock.keepAliveProbes(),
        handshake.clock.enabled(),
        handshake.sack(),
        handshake.synData(),
        handshake.sendScale(),
        handshake.receiveScale(),
        sock.rtoNs(),
        sock.fullMss(),
        sock.receiver.acks.segmentEstimate(),
        sock.config.mss(),
        sock.pathMtu(),
        unacked,
        sock.inFlightBytes(),
        sender.lastSentNs(),
        sock.receiver.lastDataNs(),
        sock.lastReceivedNs,
        sock.srttNs(),
        sock.rttVarNs(),
        sock.minRttNs(),
        sock.ssthreshBytes(),
        sock.cwndBytes(),
        acked + unacked + sender.recovery.figures().bytesRetransmitted,
        acked,
        sock.receiver.bytesReceived(),
        sender.recovery.figures().bytesRetransmitted,
        Integer.toUnsignedLong(sock.segmentsOut),
        Integer.toUnsignedLong(sock.segmentsIn),
        sender.recovery.dataSegments(),
        sock.unsentBytes(),
        sender.windowBytes(),
        sock.oooBytes(),
        sender.recovery.figures().timeouts,
        sock.ecn.deliveredCe(),
        sender.recovery.figures().fastRecoveries,
        sock.receiver.advertisedBytes(),
        sender.recovery.state(sender.una()),
        rates(sock),
        sock.sendingTimes(),
        receiving(sock),
        sock.ecn.counters());
  }

  private static int backoffs(SendTimer timer, SendTimer.Purpose purpose) {
    return timer.purpose() == purpose ? timer.backoffs() : 0;
  }

  private static Receiving receiving(TcpSock sock) {
    Receiver receiver = sock.receiver;
    boolean any = receiver.bytesReceived() > 0;
    return new Receiving(
        any ? sock.config.timeouts().delayedAckNs() : 0,
        Math.max(0, sock.ext.windowBytes(receiver.nxtSeq())),
        receiver.rttNs(),
        sock.life.dataSegments(),
        receiver.outOfOrderSegments());
  }

  private static Rates rates(TcpSock sock) {
    DeliveryRate rate = sock.sender.recovery.rate();
    return new Rates(
        rate.totalDeliveredBytes(),
        rate.keptBytesPerSecond(),
        rate.isPaused(),
        sock.pacingRateBytesPerSecond());
  }

  private static long payload(long offset, Sender sender) {
    return Math.max(0, Math.min(offset, sender.end()) - 1);
  }

  private static TcpInfo.State state(TcpState state) {
    return switch (state) {
      case SYN_SENT -> TcpInfo.State.SYN_SENT;
      case SYN_RECEIVED -> TcpInfo.State.SYN_RECV;
      case ESTABLISHED -> TcpInfo.State.ESTABLISHED;
      case FIN_WAIT_1 -> TcpInfo.State.FIN_WAIT1;
      case FIN_WAIT_2 -> TcpInfo.State.FIN_WAIT2;
      case CLOSE_WAIT -> TcpInfo.State.CLOSE_WAIT;
      case CLOSING -> TcpInfo.State.CLOSING;
      case LAST_ACK -> TcpInfo.State.LAST_ACK;
      case TIME_WAIT -> TcpInfo.State.TIME_WAIT;
      case CLOSED -> TcpInfo.State.CLOSE;
    };
  }

  private static TcpInfo.CaState caState(LossRecovery recovery) {
    if (recovery.isOrderly()) {
      return TcpInfo.CaState.OPEN;
    }
    if (recovery.isOpen()) {
      return TcpInfo.CaState.DISORDER;
    }
    return recovery.isFast() ? TcpInfo.CaState.RECOVERY : TcpInfo.CaState.LOSS;
  }
}
