package org.mptcp4j.testkit.packetdrill;

import java.util.OptionalInt;

/**
 * The counter of Accurate ECN among the flags of a segment: a digit, 0 to 7, for its three bits AE,
 * CWR and ECE, as RFC 9768 section 3.2.2 reads them. It stands where a letter may: {@code .5},
 * {@code P5.}, {@code F.6}.
 */
final class AceDigit {
  /** Where the lowest of the three bits is. */
  private static final int SHIFT = 6;

  private AceDigit() {}

  /** The bits that a character means; empty when it is no such digit. */
  static OptionalInt bits(char c) {
    return c >= '0' && c <= '7' ? OptionalInt.of(c - '0' << SHIFT) : OptionalInt.empty();
  }

  /**
   * Whether a number at the place of flags is one of them. The sequence number, which is a number,
   * too, has a colon behind it.
   */
  static boolean isAt(TokenStream in) {
    return in.at(Token.Kind.NUMBER) && !in.peek(1).is(":");
  }
}
