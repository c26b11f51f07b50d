package org.mptcp4j.stack;

import org.mptcp4j.api.StackConfig;

/** Whether peers are told of an address by ADD_ADDR (RFC 8684 section 3.4.1). */
enum Announce {
  /** They are. */
  YES,
  /** They are not. */
  NO;

  /** What a configuration wants for every address. */
  static Announce of(StackConfig config) {
    return config.mptcp().announceAddresses() ? YES : NO;
  }
}
