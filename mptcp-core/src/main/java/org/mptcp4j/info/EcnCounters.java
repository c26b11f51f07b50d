package org.mptcp4j.info;

/**
 * What Accurate ECN (RFC 9768) has counted: {@code tcpi_received_ce}, {@code
 * tcpi_received_ce_bytes}, {@code tcpi_delivered_e0_bytes} and their like. Nothing without it.
 *
 * @param receivedCe packets that came with a mark
 * @param receivedCeBytes payload bytes that came with a mark
 * @param receivedE0Bytes payload bytes that came with ECT(0)
 * @param receivedE1Bytes payload bytes that came with ECT(1)
 * @param deliveredCeBytes payload bytes that arrived with a mark, as the peer says
 * @param deliveredE0Bytes payload bytes that arrived with ECT(0), as the peer says
 * @param deliveredE1Bytes payload bytes that arrived with ECT(1), as the peer says
 */
public record EcnCounters(
    long receivedCe,
    long receivedCeBytes,
    long receivedE0Bytes,
    long receivedE1Bytes,
    long deliveredCeBytes,
    long deliveredE0Bytes,
    long deliveredE1Bytes) {
  /** Nothing counted. */
  public static final EcnCounters NONE = new EcnCounters(0, 0, 0, 0, 0, 0, 0);
}
