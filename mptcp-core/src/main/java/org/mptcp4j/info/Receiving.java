package org.mptcp4j.info;

/**
 * How a connection receives: {@code tcpi_ato}, {@code tcpi_rcv_ssthresh}, {@code tcpi_rcv_rtt},
 * {@code tcpi_data_segs_in} and {@code tcpi_rcv_ooopack}.
 *
 * @param atoNs for how long an acknowledgement may be delayed; 0 before data came
 * @param windowBytes what the peer would be offered now
 * @param rttNs round-trip time by what the peer echoes, 0 while it is unknown
 * @param dataSegments packets that came with payload, as they were on the wire
 * @param outOfOrderSegments of these, those that came beyond a hole
 */
public record Receiving(
    long atoNs, int windowBytes, long rttNs, long dataSegments, long outOfOrderSegments) {}
