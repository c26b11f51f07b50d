package org.mptcp4j.api;

/** Whether a socket offers and accepts Multipath TCP. */
public enum MptcpMode {
  /** Offer MP_CAPABLE, and use plain TCP when the peer does not speak MPTCP v1. */
  ENABLED,
  /** Plain TCP only, as a kernel's {@code IPPROTO_TCP} socket. */
  DISABLED
}
