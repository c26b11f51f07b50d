package org.mptcp4j.wire;

/**
 * Arithmetic on 64-bit MPTCP data sequence numbers, which wrap like TCP's (the initial one is
 * random).
 *
 * <p>Two numbers compare correctly while they are less than 2^63 apart.
 */
public final class Seq64 {
  private Seq64() {}

  // RFC 8684 section 3.3.1: data sequence numbers are 64 bits, arithmetic is modulo 2^64.

  /** Whether {@code a} comes before {@code b}. */
  public static boolean lt(long a, long b) {
    return a - b < 0;
  }

  /** Whether {@code a} comes before {@code b} or is equal to it. */
  public static boolean le(long a, long b) {
    return a - b <= 0;
  }

  /** Whether {@code a} comes after {@code b}. */
  public static boolean gt(long a, long b) {
    return a - b > 0;
  }

  /** Whether {@code a} comes after {@code b} or is equal to it. */
  public static boolean ge(long a, long b) {
    return a - b >= 0;
  }

  /** The signed distance {@code a - b}. */
  public static long diff(long a, long b) {
    return a - b;
  }

  /** The later of the two. */
  public static long max(long a, long b) {
    return a - b >= 0 ? a : b;
  }

  /** The earlier of the two. */
  public static long min(long a, long b) {
    return a - b <= 0 ? a : b;
  }

  /**
   * The 64-bit number with these low 32 bits that is nearest to a known one; exact while the true
   * number is less than 2^31 away from {@code near}.
   *
   * @param near a recent full number of the same sequence space
   * @param low32 the low half that was on the wire
   */
  public static long expand(long near, int low32) {
    // RFC 8684 section 3.3.1: 32-bit values are expanded with the most significant bits known
    // locally.
    return near + (low32 - (int) near);
  }
}
