package org.mptcp4j.tcp;

import java.util.Arrays;
import org.mptcp4j.wire.RxSegment;

/**
 * The cookies that a server gives to clients, and knows again without holding any: RFC 7413 section
 * 4.1.2. A cookie is a hash of the two addresses with a secret, which is replaced each period;
 * those of the period before are still good. One thread.
 */
public final class FastOpenCookies {
  /** Bytes of a cookie. */
  public static final int BYTES = 8;

  /** Bytes of one that leaves room for MP_CAPABLE beside all other options: RFC 8684 appendix B. */
  public static final int SHORT_BYTES = 6;

  /** How long a secret is used. */
  static final long PERIOD_NS = 6 * 3_600_000_000_000L;

  /** What a cookie is worth. */
  public enum Check {
    /** One of today's. */
    CURRENT,
    /** Good, and to be replaced. */
    PREVIOUS,
    /** None of ours, or too old. */
    WRONG
  }

  private final SipHash hash;

  FastOpenCookies(long k0, long k1) {
    hash = new SipHash(k0, k1);
  }

  /**
   * The cookie of a client.
   *
   * @param syn a SYN of it, borrowed
   * @param bytes {@link #BYTES} or {@link #SHORT_BYTES}
   */
  public byte[] cookie(long nowNs, RxSegment syn, int bytes) {
    return cookie(syn, periodOf(nowNs), bytes);
  }

  private static long periodOf(long nowNs) {
    return Math.floorDiv(nowNs, PERIOD_NS);
  }

  private byte[] cookie(RxSegment syn, long period, int bytes) {
    long value = hash.hash(syn.dstHi(), syn.dstLo(), syn.srcHi(), syn.srcLo(), period);
    byte[] cookie = new byte[bytes];
    for (int i = 0; i < bytes; i++) {
      cookie[i] = (byte) (value >>> 56 - 8 * i);
    }
    return cookie;
  }

  /**
   * Whether a client has a cookie from here.
   *
   * @param syn borrowed
   * @param cookie what it has, of any length
   */
  public Check check(long nowNs, RxSegment syn, byte[] cookie) {
    if (cookie.length != BYTES && cookie.length != SHORT_BYTES) {
      return Check.WRONG;
    }
    long period = periodOf(nowNs);
    if (Arrays.equals(cookie, cookie(syn, period, cookie.length))) {
      return Check.CURRENT;
    }
    boolean previous = Arrays.equals(cookie, cookie(syn, period - 1, cookie.length));
    return previous ? Check.PREVIOUS : Check.WRONG;
  }
}
