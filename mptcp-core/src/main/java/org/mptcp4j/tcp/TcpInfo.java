package org.mptcp4j.tcp;

/**
 * A snapshot of one TCP connection, for people and tests.
 *
 * @param state connection state
 * @param mss payload bytes of a full wire segment with the options that data segments carry
 * @param cwndBytes congestion window
 * @param ssthreshBytes slow start threshold
 * @param inFlightBytes estimate of the bytes in the network (the pipe of RFC 6675)
 * @param unsentBytes queued and never sent
 * @param sendWindowBytes window the peer last advertised
 * @param srttNs smoothed round-trip time, 0 while unknown
 * @param rttVarNs its variation
 * @param minRttNs smallest sample, 0 while unknown
 * @param rtoNs retransmission timeout with its back-off
 * @param backoffs consecutive expiries of the retransmission or persist timer
 * @param bytesAcked payload bytes acknowledged by the peer
 * @param bytesReceived payload bytes received in order
 * @param bytesRetransmitted payload bytes sent again
 * @param segmentsOut segments emitted, a super-segment counting once
 * @param segmentsIn segments received, a super-segment counting once
 * @param timeouts expiries of the retransmission timer
 * @param fastRecoveries recovery episodes that needed no timeout
 * @param outOfOrderBytes bytes held beyond a hole
 * @param sack whether selective acknowledgements were agreed
 * @param timestamps whether timestamps were agreed
 * @param sendScale window scale shift of the windows the peer advertises
 * @param receiveScale window scale shift of the windows we advertise
 */
public record TcpInfo(
    TcpState state,
    int mss,
    int cwndBytes,
    int ssthreshBytes,
    int inFlightBytes,
    int unsentBytes,
    int sendWindowBytes,
    long srttNs,
    long rttVarNs,
    long minRttNs,
    long rtoNs,
    int backoffs,
    long bytesAcked,
    long bytesReceived,
    long bytesRetransmitted,
    long segmentsOut,
    long segmentsIn,
    long timeouts,
    long fastRecoveries,
    int outOfOrderBytes,
    boolean sack,
    boolean timestamps,
    int sendScale,
    int receiveScale) {

  static TcpInfo of(TcpSock sock) {
    Sender sender = sock.sender;
    Handshake handshake = sock.handshake;
    return new TcpInfo(
        sock.state(),
        sock.payloadMss(),
        sock.cwndBytes(),
        sock.cc.ssthreshBytes(),
        sock.inFlightBytes(),
        sock.unsentBytes(),
        sender.windowBytes(),
        sock.srttNs(),
        sock.rttVarNs(),
        sender.rtt.minRttNs(),
        sock.rtoNs(),
        sock.backoffs(),
        Math.max(0, Math.min(sender.una(), sender.end()) - 1),
        sock.receiver.bytesReceived(),
        sender.bytesRetransmitted(),
        sock.segmentsOut,
        sock.segmentsIn,
        sender.recovery.timeouts(),
        sender.recovery.fastRecoveries(),
        sock.oooBytes(),
        handshake.sack(),
        handshake.clock.enabled(),
        handshake.sendScale(),
        handshake.receiveScale());
  }
}
