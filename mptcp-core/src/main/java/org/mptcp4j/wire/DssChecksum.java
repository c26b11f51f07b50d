package org.mptcp4j.wire;

/** The checksum of a DSS mapping. RFC 8684 section 3.3.1. */
public final class DssChecksum {
  private DssChecksum() {}

  /**
   * The checksum that goes into the option.
   *
   * @param dsn all 64 bits, also when the option carries 32
   * @param ssn relative subflow sequence number, as in the option
   * @param length data-level length, as in the option
   * @param payloadSum {@link InternetChecksum} sum over the mapped payload; 0 without payload
   */
  public static int compute(long dsn, int ssn, int length, int payloadSum) {
    return InternetChecksum.finish(sum(dsn, ssn, length, payloadSum));
  }

  /** Whether a received checksum is right; the arguments as for {@link #compute}. */
  public static boolean verify(long dsn, int ssn, int length, int payloadSum, int checksum) {
    int all = InternetChecksum.add(sum(dsn, ssn, length, payloadSum), checksum);
    return InternetChecksum.isValid(all);
  }

  private static int sum(long dsn, int ssn, int length, int payloadSum) {
    // RFC 8684 section 3.3.1: the pseudo header is the 64-bit DSN, the SSN, the length and 16 zero
    // bits.
    int head = InternetChecksum.add(InternetChecksum.sumOf(dsn), InternetChecksum.sumOf(ssn));
    return InternetChecksum.add(InternetChecksum.add(head, length), payloadSum);
  }
}
