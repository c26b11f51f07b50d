package org.mptcp4j.info;

/**
 * What a connection thinks became of what it sent, in payload bytes: {@code tcpi_sacked}, {@code
 * tcpi_lost}, {@code tcpi_retrans}, {@code tcpi_reord_seen}, {@code tcpi_reordering}, {@code
 * tcpi_dsack_dups}, {@code tcpi_total_rto_recoveries} and {@code tcpi_total_rto_time}.
 *
 * @param sackedBytes acknowledged selectively
 * @param lostBytes deemed lost when they were sent first, and not acknowledged since
 * @param retransBytes sent again and not acknowledged
 * @param reorderingSeen whether data has overtaken other data
 * @param reorderingBytes how far, at most: from where it begins to the end of what was delivered
 * @param reorderingWindowNs for how long data that was overtaken is not deemed lost (RFC 8985)
 * @param dsackBytes what came twice, as the peer says (RFC 2883)
 * @param rtoRecoveries times that the retransmission timer began a recovery
 * @param rtoRecoveryNs how long these took that are over
 */
public record LossState(
    long sackedBytes,
    long lostBytes,
    long retransBytes,
    boolean reorderingSeen,
    long reorderingBytes,
    long reorderingWindowNs,
    long dsackBytes,
    long rtoRecoveries,
    long rtoRecoveryNs) {}
