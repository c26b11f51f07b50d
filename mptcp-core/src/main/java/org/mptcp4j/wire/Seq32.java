package org.mptcp4j.wire;

/**
 * Arithmetic on 32-bit TCP sequence numbers, which wrap. All comparisons of sequence numbers go
 * through this class.
 *
 * <p>Two numbers compare correctly while they are less than 2^31 apart.
 */
public final class Seq32 {
  private Seq32() {}

  // RFC 9293 section 3.4: sequence arithmetic is performed modulo 2^32.

  /** Whether {@code a} comes before {@code b}. */
  public static boolean lt(int a, int b) {
    return a - b < 0;
  }

  /** Whether {@code a} comes before {@code b} or is equal to it. */
  public static boolean le(int a, int b) {
    return a - b <= 0;
  }

  /** Whether {@code a} comes after {@code b}. */
  public static boolean gt(int a, int b) {
    return a - b > 0;
  }

  /** Whether {@code a} comes after {@code b} or is equal to it. */
  public static boolean ge(int a, int b) {
    return a - b >= 0;
  }

  /** The signed distance {@code a - b}. */
  public static int diff(int a, int b) {
    return a - b;
  }

  /** The later of the two. */
  public static int max(int a, int b) {
    return a - b >= 0 ? a : b;
  }

  /** The earlier of the two. */
  public static int min(int a, int b) {
    return a - b <= 0 ? a : b;
  }
}
