package org.mptcp4j.info;

/**
 * What a connection that has data in flight thinks became of it, in payload bytes: {@code
 * tcpi_sacked}, {@code tcpi_lost}, {@code tcpi_retrans} and {@code tcpi_reord_seen}. Instead of
 * {@code tcpi_reordering}, a number of segments, there is the time that RACK waits (RFC 8985).
 *
 * @param sackedBytes acknowledged selectively
 * @param lostBytes deemed lost when they were sent first, and not acknowledged since
 * @param retransBytes sent again and not acknowledged
 * @param reorderingSeen whether data has overtaken other data
 * @param reorderingWindowNs for how long data that was overtaken is not deemed lost
 */
public record LossState(
    long sackedBytes,
    long lostBytes,
    long retransBytes,
    boolean reorderingSeen,
    long reorderingWindowNs) {}
