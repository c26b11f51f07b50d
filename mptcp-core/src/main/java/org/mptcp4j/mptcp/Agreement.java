package org.mptcp4j.mptcp;

/**
 * What two ends agreed on, and what came of it: for people. Stays when a connection falls back.
 *
 * @param checksum whether DSS checksums are used
 * @param localToken our token, 0 without MPTCP
 * @param remoteToken the peer's token, 0 while its key is unknown
 * @param remoteKeyReceived whether the peer's key is known
 * @param bytesReinjected bytes given to another subflow again
 * @param retransmits expiries in a row of the retransmission timer of the data level
 * @param subflowsCreated subflows there ever were
 * @param paths what path management uses
 * @param scheduler its name
 * @param pathManager its name
 */
record Agreement(
    boolean checksum,
    int localToken,
    int remoteToken,
    boolean remoteKeyReceived,
    long bytesReinjected,
    int retransmits,
    int subflowsCreated,
    PathFigures paths,
    String scheduler,
    String pathManager) {
  /** Plain TCP. */
  static final Agreement NONE =
      new Agreement(false, 0, 0, false, 0, 0, 1, PathFigures.NONE, "none", "none");

  /** An offer of MPTCP, which the peer has not answered yet. */
  static Agreement offered(SessionKeys keys) {
    return new Agreement(
        keys.checksum(), keys.localToken(), 0, false, 0, 0, 1, PathFigures.NONE, "none", "none");
  }

  /** MPTCP as it is at the moment. */
  static Agreement of(
      SessionKeys keys,
      long bytesReinjected,
      int retransmits,
      int subflowsCreated,
      PathFigures paths,
      String scheduler,
      String pathManager) {
    return new Agreement(
        keys.checksum(),
        keys.localToken(),
        keys.remoteToken(),
        keys.remoteKnown(),
        bytesReinjected,
        retransmits,
        subflowsCreated,
        paths,
        scheduler,
        pathManager);
  }
}
