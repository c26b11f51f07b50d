package org.mptcp4j.mptcp;

/** Something that knows how long the way to the peer and back is. */
interface RoundTrip {
  /**
   * The round trip of the slowest way, because bytes of the fast ones may have to wait for those of
   * the slow ones (RFC 8684 section 3.3.1); in nanoseconds, 0 while nothing was measured.
   */
  long pathRttNs();
}
