package org.mptcp4j.api;

/** What {@link Timeouts} is made of. */
record TimeoutValues(
    long initialRtoNs,
    long minRtoNs,
    long maxRtoNs,
    long delayedAckNs,
    long timeWaitNs,
    long pathMtuSearchNs,
    long zeroSubflowNs,
    long closingNs,
    long addAddressNs,
    long blackholeNs,
    long fastOpenBlackholeNs)
    implements Timeouts {
  /** Checks the values. */
  TimeoutValues {
    Checks.positive("minRto", minRtoNs);
    Checks.positive("initialRto", initialRtoNs);
    Checks.positive("timeWait", timeWaitNs);
    Checks.positive("pathMtuSearch", pathMtuSearchNs);
    Checks.positive("zeroSubflow", zeroSubflowNs);
    Checks.positive("closing", closingNs);
    Checks.positive("addAddress", addAddressNs);
    Checks.positive("maxRto", maxRtoNs);
    Checks.notShorter("maxRto", maxRtoNs, "minRto", minRtoNs);
    Checks.notShorter("maxRto", maxRtoNs, "initialRto", initialRtoNs);
    Checks.delayedAck(delayedAckNs);
    Checks.zeroOrPositive("blackhole", blackholeNs);
    Checks.zeroOrPositive("fastOpenBlackhole", fastOpenBlackholeNs);
  }
}
