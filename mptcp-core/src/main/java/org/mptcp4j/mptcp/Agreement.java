package org.mptcp4j.mptcp;

/**
 * What two ends agreed on, and what came of it: for people. Stays when a connection falls back.
 *
 * @param checksum whether DSS checksums are used
 * @param localToken our token, 0 without MPTCP
 * @param remoteToken the peer's token, 0 while its key is unknown
 * @param bytesReinjected bytes given to another subflow again
 * @param remoteAddresses that the peer announces now
 * @param subflowsCreated subflows there ever were
 * @param scheduler its name
 * @param pathManager its name
 */
record Agreement(
    boolean checksum,
    int localToken,
    int remoteToken,
    long bytesReinjected,
    int remoteAddresses,
    int subflowsCreated,
    String scheduler,
    String pathManager) {
  /** Plain TCP. */
  static final Agreement NONE = new Agreement(false, 0, 0, 0, 0, 1, "none", "none");
}
