package org.mptcp4j.api;

/** What {@link TcpSocketOptions} is made of. */
record TcpSocketOptionValues(
    int maxSegmentSize,
    int trafficClass,
    int hopLimit,
    long lingerNs,
    long deferAcceptNs,
    int notSentLowatBytes,
    boolean cork,
    boolean quickAck,
    boolean fastOpenConnect,
    int fastOpenPending,
    boolean fastOpenNoCookie)
    implements TcpSocketOptions {
  /** Checks the values. */
  TcpSocketOptionValues {
    if (maxSegmentSize != 0) {
      Checks.within("maxSegmentSize", maxSegmentSize, 88, 32_767); // the limits of Linux
    }
    Checks.within("trafficClass", trafficClass, 0, 255);
    Checks.within("hopLimit", hopLimit, 0, 255);
    Checks.zeroOrPositive("deferAccept", deferAcceptNs);
    Checks.atLeast("notSentLowatBytes", notSentLowatBytes, 0);
    Checks.within("fastOpenPending", fastOpenPending, 0, 65_535);
  }
}
