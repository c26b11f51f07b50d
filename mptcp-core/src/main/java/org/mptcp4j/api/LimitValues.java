package org.mptcp4j.api;

/** What {@link Limits} is made of. */
record LimitValues(
    int connections,
    int halfOpen,
    int timeWait,
    int flows,
    int subflowsPerConnection,
    int joinsPendingPerConnection,
    int remoteAddressesPerConnection,
    int outOfOrderPiecesPerSubflow,
    int unmappedBytesPerSubflow,
    int challengeAcksPerSecond,
    int resetsPerSecond,
    int echoRepliesPerSecond,
    int orphans,
    long memoryBytes)
    implements Limits {
  static final int LEAST_MEMORY_BYTES = 1 << 20;

  /** Checks the values. */
  LimitValues {
    Checks.atLeast("connections", connections, 1);
    Checks.atLeast("halfOpen", halfOpen, 1);
    Checks.atLeast("timeWait", timeWait, 0);
    Checks.atLeast("flows", flows, 1);
    Checks.atLeast("subflowsPerConnection", subflowsPerConnection, 1);
    Checks.atLeast("joinsPendingPerConnection", joinsPendingPerConnection, 0);
    Checks.atLeast("remoteAddressesPerConnection", remoteAddressesPerConnection, 0);
    Checks.atLeast("outOfOrderPiecesPerSubflow", outOfOrderPiecesPerSubflow, 1);
    Checks.atLeast("unmappedBytesPerSubflow", unmappedBytesPerSubflow, 0);
    Checks.atLeast("challengeAcksPerSecond", challengeAcksPerSecond, 0);
    Checks.atLeast("resetsPerSecond", resetsPerSecond, 0);
    Checks.atLeast("echoRepliesPerSecond", echoRepliesPerSecond, 0);
    Checks.atLeast("orphans", orphans, 0);
    if (memoryBytes < LEAST_MEMORY_BYTES) {
      throw new IllegalArgumentException(
          "memoryBytes must be at least " + LEAST_MEMORY_BYTES + ", but is " + memoryBytes);
    }
  }
}
