package org.mptcp4j.stack;

/** What shares a part of a budget or table: where one host may have all addresses for itself. */
final class SourceNetwork {
  private SourceNetwork() {}

  /**
   * The /24 of an IPv4 address, or the /64 of an IPv6 one.
   *
   * @param hi upper half of the address
   * @param lo lower half of it
   */
  static long of(long hi, long lo, boolean v4) {
    return v4 ? lo >>> 8 : hi;
  }
}
