package org.mptcp4j.link.tun;

/** What the kernel may leave undone in the packets it hands to a TUN device (TUNSETOFFLOAD). */
public enum TunOffload {
  /** TCP checksums may be partial. */
  CHECKSUM(1),
  /** TCP over IPv4 may come in packets of up to 64 KB. */
  TSO4(2),
  /** TCP over IPv6 may come in packets of up to 64 KB. */
  TSO6(4),
  /** Such packets may carry CWR. */
  TSO_ECN(8);

  private final int bit;

  TunOffload(int bit) {
    this.bit = bit;
  }

  static int bits(Iterable<TunOffload> offloads) {
    int bits = 0;
    for (TunOffload offload : offloads) {
      bits |= offload.bit;
    }
    return bits;
  }
}
