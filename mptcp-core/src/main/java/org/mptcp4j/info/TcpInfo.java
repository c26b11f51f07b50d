package org.mptcp4j.info;

import java.util.Locale;

/**
 * Linux's {@code tcp_info} of one TCP connection or subflow, its fields under their names as far as
 * they are known here. Where Linux counts segments this counts bytes, and says so in the name: a
 * segment may be 64 KB long. Times are nanoseconds; points in time are those of the driver's clock.
 *
 * @param state connection state
 * @param caState what congestion control is about
 * @param backoff how often the retransmission or persist timeout is doubled
 * @param retransmits retransmissions in a row that nobody has answered
 * @param probes probes of a closed window, or of an idle peer, in a row that nobody has answered
 * @param timestamps whether timestamps were agreed
 * @param sack whether selective acknowledgements were agreed
 * @param synData whether data that a SYN carried was taken (RFC 7413): {@code TCPI_OPT_SYN_DATA}
 * @param sndWscale shift of the windows that the peer advertises
 * @param rcvWscale shift of the windows that we advertise
 * @param rtoNs retransmission timeout with its back-off
 * @param sndMss payload of a full wire segment with the options that data segments carry
 * @param rcvMss payload of the largest packet that came, as far as acknowledgements depend on it
 * @param advmss segment size that we announced
 * @param pmtu the largest IP packet that is sent, as far as the path is known
 * @param unackedBytes sent and not acknowledged
 * @param inFlightBytes of these, what is thought to be in the network: the pipe of RFC 6675
 * @param lastDataSentNs when data, a SYN or a FIN was last sent; {@link #NEVER} if not
 * @param lastDataRecvNs when data last came, in order or not, or else when the handshake was over;
 *     {@link #NEVER} before that
 * @param lastAckRecvNs when an acceptable segment last came, each of which acknowledges
 * @param rttNs smoothed round-trip time, 0 while unknown
 * @param rttvarNs its variation
 * @param minRttNs smallest sample, 0 while unknown
 * @param sndSsthreshBytes slow-start threshold, {@link Integer#MAX_VALUE} before the first loss
 * @param sndCwndBytes congestion window
 * @param bytesSent payload bytes sent, retransmissions included
 * @param bytesAcked payload bytes acknowledged
 * @param bytesReceived payload bytes received in order
 * @param bytesRetrans payload bytes sent again
 * @param segsOut segments sent, a super-segment counting once
 * @param segsIn segments received, a super-segment counting once
 * @param dataSegsOut packets sent with payload, as they are on the wire
 * @param notsentBytes queued and never sent
 * @param sndWndBytes window that the peer last advertised
 * @param rcvOooBytes held beyond a hole
 * @param totalRto expiries of the retransmission timer
 * @param deliveredCe segments delivered with a congestion mark, or by acknowledgements that told of
 *     marks (RFC 3168, RFC 9768)
 * @param fastRecoveries recoveries that needed no timeout; Linux counts them for the host only
 * @param rcvWndBytes window that was last advertised to the peer
 * @param loss what is thought lost of what is in flight
 * @param rates how fast it sends and how much gets through
 * @param sending how long something was to be sent, and what held it up
 * @param receiving what comes, and what is offered
 * @param ecn what Accurate ECN has counted
 */
public record TcpInfo(
    State state,
    CaState caState,
    int backoff,
    int retransmits,
    int probes,
    boolean timestamps,
    boolean sack,
    boolean synData,
    int sndWscale,
    int rcvWscale,
    long rtoNs,
    int sndMss,
    int rcvMss,
    int advmss,
    int pmtu,
    int unackedBytes,
    int inFlightBytes,
    long lastDataSentNs,
    long lastDataRecvNs,
    long lastAckRecvNs,
    long rttNs,
    long rttvarNs,
    long minRttNs,
    int sndSsthreshBytes,
    int sndCwndBytes,
    long bytesSent,
    long bytesAcked,
    long bytesReceived,
    long bytesRetrans,
    long segsOut,
    long segsIn,
    long dataSegsOut,
    int notsentBytes,
    int sndWndBytes,
    int rcvOooBytes,
    long totalRto,
    long deliveredCe,
    long fastRecoveries,
    int rcvWndBytes,
    LossState loss,
    Rates rates,
    SendingTimes sending,
    Receiving receiving,
    EcnCounters ecn) {
  /** The time of what has not happened. */
  public static final long NEVER = Long.MIN_VALUE;

  /** The states of RFC 9293 section 3.3.2. */
  public enum State {
    /** A SYN was sent. */
    SYN_SENT,
    /** A SYN was received and answered. */
    SYN_RECV,
    /** Data goes both ways. */
    ESTABLISHED,
    /** Our FIN was sent. */
    FIN_WAIT1,
    /** Our FIN is acknowledged. */
    FIN_WAIT2,
    /** The peer's FIN came. */
    CLOSE_WAIT,
    /** FINs have crossed. */
    CLOSING,
    /** Our FIN followed the peer's. */
    LAST_ACK,
    /** Both FINs are acknowledged; late segments are waited for. */
    TIME_WAIT,
    /** It is over. */
    CLOSE;

    /** As {@code ss} prints it, for example {@code FIN-WAIT-1}. */
    public String ssName() {
      return switch (this) {
        case ESTABLISHED -> "ESTAB";
        case CLOSE -> "UNCONN";
        case FIN_WAIT1 -> "FIN-WAIT-1";
        case FIN_WAIT2 -> "FIN-WAIT-2";
        default -> name().replace('_', '-').toUpperCase(Locale.ROOT);
      };
    }
  }

  /** What congestion control is about: {@code tcpi_ca_state}. */
  public enum CaState {
    /** Nothing hints at a loss. */
    OPEN,
    /** Something came out of order, or twice: perhaps a loss. */
    DISORDER,
    /** Something was lost, and acknowledgements told so. */
    RECOVERY,
    /** Something was lost, and the retransmission timer told so. */
    LOSS
  }
}
