package org.mptcp4j.tcp;

/** SipHash-2-4 (Aumasson, Bernstein) of a short sequence of 64-bit words, without allocation. */
final class SipHash {

  private final long k0;
  private final long k1;

  SipHash(long k0, long k1) {
    this.k0 = k0;
    this.k1 = k1;
  }

  /** The hash of the five little-endian words, as of a 40-byte message. */
  long hash(long a, long b, long c, long d, long e) {
    long v0 = k0 ^ 0x736f6d6570736575L;
    long v1 = k1 ^ 0x646f72616e646f6dL;
    long v2 = k0 ^ 0x6c7967656e657261L;
    long v3 = k1 ^ 0x7465646279746573L;
    for (int word = 0; word < 7; word++) {
      long m =
          switch (word) {
            case 0 -> a;
            case 1 -> b;
            case 2 -> c;
            case 3 -> d;
            case 4 -> e;
            case 5 -> 40L << 56;
            default -> 0;
          };
      // Two rounds a word; the finalization is four rounds without one.
      int rounds = word < 6 ? 2 : 4;
      v2 ^= word < 6 ? 0 : 0xff;
      v3 ^= m;
      for (int round = 0; round < rounds; round++) {
        v0 += v1;
        v1 = Long.rotateLeft(v1, 13) ^ v0;
        v0 = Long.rotateLeft(v0, 32);
        v2 += v3;
        v3 = Long.rotateLeft(v3, 16) ^ v2;
        v0 += v3;
        v3 = Long.rotateLeft(v3, 21) ^ v0;
        v2 += v1;
        v1 = Long.rotateLeft(v1, 17) ^ v2;
        v2 = Long.rotateLeft(v2, 32);
      }
      v0 ^= m;
    }
    return v0 ^ v1 ^ v2 ^ v3;
  }
}
