package org.mptcp4j.api;

import java.net.InetSocketAddress;

/**
 * A {@code struct tcp_sock} as it was at one moment: one flow, without anything of MPTCP. Sequence
 * numbers are those on the wire, sizes are in bytes, windows without their scale.
 *
 * @param local this end
 * @param remote the peer's end
 * @param state of the connection, as RFC 9293 section 3.3.2 calls it: {@code "ESTABLISHED"}
 * @param sndUna first byte that is not acknowledged ({@code SND.UNA})
 * @param sndNxt next byte to be sent ({@code SND.NXT})
 * @param sndWnd window that the peer last advertised ({@code SND.WND})
 * @param rcvNxt next byte expected ({@code RCV.NXT})
 * @param mss payload of a full wire segment
 * @param cwnd congestion window
 * @param ssthresh slow start threshold
 * @param inFlight estimate of the bytes in the network
 * @param unsent bytes queued and never sent
 * @param outOfOrder bytes held beyond a hole
 * @param srttNs smoothed round trip time, 0 before the first sample
 * @param rttVarNs its variation
 * @param rtoNs retransmission timeout with its back-off
 * @param backoffs consecutive expiries of the timer
 */
public record TcpSockView(
    InetSocketAddress local,
    InetSocketAddress remote,
    String state,
    int sndUna,
    int sndNxt,
    int sndWnd,
    int rcvNxt,
    int mss,
    int cwnd,
    int ssthresh,
    int inFlight,
    int unsent,
    int outOfOrder,
    long srttNs,
    long rttVarNs,
    long rtoNs,
    int backoffs) {}
