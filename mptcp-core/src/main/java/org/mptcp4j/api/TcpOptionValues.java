package org.mptcp4j.api;

import java.util.Objects;

/** What {@link TcpOptions} is made of. */
record TcpOptionValues(
    boolean sack,
    boolean timestamps,
    boolean slowStartAfterIdle,
    int quickAcks,
    int synRetries,
    int synAckRetries,
    int retries,
    int firstEphemeralPort,
    int lastEphemeralPort,
    int leastPathMtu,
    int blackHoleMtu,
    int hopLimit,
    EcnMode ecn,
    AccurateEcnRules accurateEcn,
    boolean timeWaitReuse,
    boolean rfc1337)
    implements TcpOptions {
  /** Checks the values. */
  TcpOptionValues {
    Checks.atLeast("quickAcks", quickAcks, 0);
    Checks.within("synRetries", synRetries, 0, 30);
    Checks.within("synAckRetries", synAckRetries, 0, 30);
    Checks.atLeast("retries", retries, 1);
    Checks.within("firstEphemeralPort", firstEphemeralPort, 1, 65_535);
    Checks.within("lastEphemeralPort", lastEphemeralPort, firstEphemeralPort, 65_535);
    // RFC 1191 section 3: a host must never go below 68 bytes; options and data need more.
    Checks.within("leastPathMtu", leastPathMtu, 200, 1500);
    // RFC 8200 section 5: there is no need to go below 1280 with IPv6.
    Checks.within("blackHoleMtu", blackHoleMtu, 1280, NO_BLACK_HOLES);
    Checks.within("hopLimit", hopLimit, 1, 255);
    Objects.requireNonNull(ecn, "ecn");
    Objects.requireNonNull(accurateEcn, "accurateEcn");
  }
}
