package org.mptcp4j.mptcp;

/**
 * What the peer of the only subflow was asked since it had all: it may have fallen back, and its
 * word be lost. Its answer would say so.
 */
final class Questions {
  private int inARow;
  private long lastNs;

  /** Asks, at an expiry of the data level's timer. */
  void ask(long nowNs, MptcpTcpSock only) {
    inARow = only.options().tx().allArrived() ? inARow + 1 : 0;
    lastNs = nowNs;
    only.tcp().requestProbe();
  }

  /** Whether it was asked so often, and has answered the last. */
  boolean answered(MptcpTcpSock only, int times) {
    return inARow >= times && only.tcp().lastReceivedNs() >= lastNs;
  }
}
