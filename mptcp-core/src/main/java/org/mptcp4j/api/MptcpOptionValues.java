package org.mptcp4j.api;

import java.util.Objects;

/** What {@link MptcpOptions} is made of. */
record MptcpOptionValues(
    MptcpMode mode,
    boolean checksumRequired,
    boolean joinInitialAddress,
    boolean announceAddresses,
    int maxSubflowsOpened,
    int maxSubflowsAccepted,
    int maxAcceptedAddresses,
    int synRetriesBeforeTcp,
    int addAddressRetries)
    implements MptcpOptions {
  /** Checks the values. */
  MptcpOptionValues {
    Objects.requireNonNull(mode, "mode");
    Checks.atLeast("maxSubflowsOpened", maxSubflowsOpened, 0);
    Checks.atLeast("maxSubflowsAccepted", maxSubflowsAccepted, 0);
    Checks.atLeast("maxAcceptedAddresses", maxAcceptedAddresses, 0);
    Checks.atLeast("synRetriesBeforeTcp", synRetriesBeforeTcp, 0);
    Checks.atLeast("addAddressRetries", addAddressRetries, 0);
  }
}
