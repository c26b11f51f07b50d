package org.mptcp4j.tcp;

import java.util.Optional;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.TcpOptions;

/**
 * SYN cookies: RFC 4987 section 3.6. What has to be known of a SYN is in our initial sequence
 * number, which nobody can predict, and in our timestamp, so that nothing is held until a peer has
 * shown that it is where it says it is.
 *
 * <p>A cookie is 28 bits of a keyed hash of the addresses, ports, the peer's initial sequence
 * number and the segment size; one bit that tells the secret; three for the segment size. Each
 * secret makes cookies for a minute and is good for checking them for one more, as long as those of
 * Linux are. Secrets follow from a root and the time, so that the stacks of a group need to share
 * nothing else. One thread.
 */
public final class SynCookies {

  /** How long a secret makes cookies; they are good until the next one is replaced. */
  public static final long PERIOD_NS = 60_000_000_000L;

  /**
   * Segment sizes that a cookie can tell, ascending; most peers have exactly one of them. The first
   * is the least that any peer is taken to have, so that there is one that is not too large.
   */
  private static final int[] MSS = {Handshake.LEAST_MSS, 536, 1220, 1300, 1400, 1440, 1460, 8940};

  private static final int MSS_BITS = 3;
  private static final int PARITY_BIT = 1 << MSS_BITS;
  private static final int HASH_MASK = -1 << MSS_BITS + 1;

  // In the low bits of the timestamp: window scale, or all ones for none; SACK.
  private static final int OPTION_MASK = 0x3f;
  private static final int NO_SCALE = 0xf;
  private static final int SACK = 0x10;

  /** The secrets of one period. */
  private static final class Secret {
    final long period;
    final SipHash cookie;
    final SipHash key;

    Secret(SipHash root, long period) {
      this.period = period;
      cookie = new SipHash(root.hash(period, 0, 0, 0, 0), root.hash(period, 1, 0, 0, 0));
      key = new SipHash(root.hash(period, 2, 0, 0, 0), root.hash(period, 3, 0, 0, 0));
    }
  }

  private final SipHash root;
  private final Secret[] secrets = new Secret[2];

  /**
   * Makes the cookies of one root secret.
   *
   * @param k0 half of 128 bits that nobody can guess
   * @param k1 the other half
   */
  public SynCookies(long k0, long k1) {
    root = new SipHash(k0, k1);
  }

  /** Others that follow from these: none of the one kind is good where the other is checked. */
  public SynCookies forJoins() {
    return new SynCookies(root.hash(0, 0, 0, 0, 1), root.hash(0, 0, 0, 0, 2));
  }

  /** Cookies of fast open that follow from these. */
  public FastOpenCookies forFastOpen() {
    return new FastOpenCookies(root.hash(0, 0, 0, 0, 3), root.hash(0, 0, 0, 0, 4));
  }

  /** A hash of the ends of a segment that nobody outside can compute. */
  public long placeOf(RxSegment seg) {
    return mix(root, seg, 0, 0);
  }

  private Secret secret(long period) {
    int i = (int) period & 1;
    if (secrets[i] == null || secrets[i].period != period) {
      secrets[i] = new Secret(root, period);
    }
    return secrets[i];
  }

  private static long periodOf(long nowNs) {
    return Math.floorDiv(nowNs, PERIOD_NS);
  }

  /**
   * The initial sequence number that answers a SYN.
   *
   * @param syn the SYN, borrowed
   */
  public int iss(long nowNs, RxSegment syn) {
    long period = periodOf(nowNs);
    int named = syn.options().mss();
    int mss = named > 0 ? named : syn.isV4() ? Handshake.DEFAULT_MSS_V4 : Handshake.DEFAULT_MSS_V6;
    int index = MSS.length - 1;
    while (index > 0 && MSS[index] > mss) {
      index--;
    }
    return cookie(secret(period), syn, syn.seq(), index);
  }

  private static int cookie(Secret secret, RxSegment seg, int peerIss, int mssIndex) {
    int hash = (int) mix(secret.cookie, seg, peerIss, mssIndex) & HASH_MASK;
    return hash | ((int) secret.period & 1) * PARITY_BIT | mssIndex;
  }

  /** Salt goes where only our own addresses stand, which no peer chooses. */
  private static long mix(SipHash hash, RxSegment seg, int peerIss, int salt) {
    return hash.hash(
        seg.dstHi() + ((long) salt << 56),
        seg.dstLo(),
        seg.srcHi(),
        seg.srcLo(),
        (long) seg.dstPort() << 48 | (long) seg.srcPort() << 32 | Integer.toUnsignedLong(peerIss));
  }

  /**
   * A number that goes with the cookie of a SYN and can be computed again from the acknowledgement:
   * a key that needs not be held.
   *
   * @param syn the SYN
   * @param attempt from 0: others, should the first not do
   */
  public long key(long nowNs, RxSegment syn, int attempt) {
    return mix(secret(periodOf(nowNs)).key, syn, syn.seq(), attempt);
  }

  /**
   * Whether a number goes with the cookie that a segment acknowledges, which {@link #check} found
   * good.
   *
   * @param attempts how many were tried for the SYN at most
   */
  public boolean isKey(long nowNs, RxSegment ack, long key, int attempts) {
    Secret secret = secret(periodOf(nowNs, ack.ack() - 1));
    for (int i = 0; i < attempts; i++) {
      if (mix(secret.key, ack, ack.seq() - 1, i) == key) {
        return true;
      }
    }
    return false;
  }

  /** Of this period and the one before, the one that a cookie is of. */
  private static long periodOf(long nowNs, int cookie) {
    long period = periodOf(nowNs);
    boolean odd = (cookie & PARITY_BIT) != 0;
    return ((period & 1) != 0) == odd ? period : period - 1;
  }

  /**
   * The timestamp of a SYN/ACK, in which the other options of the SYN are noted.
   *
   * @param syn the SYN, which has timestamps
   * @param offset of our timestamps to that peer
   */
  public static int timestamp(long nowNs, RxSegment syn, int offset, TcpConfig config) {
    TcpOptions options = syn.options();
    boolean scales = options.windowScale() >= 0 && config.windowScale() >= 0;
    int noted = scales ? Math.min(TcpOptions.MAX_WINDOW_SCALE, options.windowScale()) : NO_SCALE;
    if (options.sackPermitted() && config.options().sack()) {
      noted |= SACK;
    }
    int now = TimestampClock.value(nowNs, 0);
    int stamp = now & ~OPTION_MASK | noted;
    // RFC 7323 section 5.4: a clock does not run backwards; one from the future would.
    return (stamp - now > 0 ? stamp - OPTION_MASK - 1 : stamp) + offset;
  }

  /**
   * Reads the cookie that a segment acknowledges.
   *
   * @param ack a segment of no flow, with ACK and without SYN and RST
   * @param offset of our timestamps to that peer
   * @return none when it is none of ours, or too old
   */
  public Optional<SynCookie> check(long nowNs, RxSegment ack, int offset, TcpConfig config) {
    int cookie = ack.ack() - 1;
    int mssIndex = cookie & PARITY_BIT - 1;
    Secret secret = secret(periodOf(nowNs, cookie));
    if (cookie(secret, ack, ack.seq() - 1, mssIndex) != cookie) {
      return Optional.empty();
    }
    if (!ack.options().hasTimestamps() || !config.options().timestamps()) {
      return Optional.of(new SynCookie(cookie, MSS[mssIndex], -1, false, false));
    }
    int noted = ack.options().tsEcr() - offset & OPTION_MASK;
    int scale = noted & NO_SCALE;
    return Optional.of(
        new SynCookie(
            cookie, MSS[mssIndex], scale == NO_SCALE ? -1 : scale, (noted & SACK) != 0, true));
  }
}
