package org.mptcp4j.tcp;

/**
 * The search for the largest packet that a path carries, above a size that is known to pass: RFC
 * 4821 section 7, with the search of RFC 8899 section 5.3. One segment of new data that is larger
 * than the others is the probe. The first probe has the largest size that the ends allow, because a
 * path that was only silent for a while has not changed; then the interval is halved. Sizes are
 * those of whole IP packets.
 */
final class MtuProbe {

  /** The search is over when so few bytes are left between what passes and what does not. */
  private static final int CLOSE_ENOUGH = 8;

  /** How soon a probe is repeated of which nobody knows whether it was lost for its size. */
  private static final long RETRY_NS = 1_000_000_000L;

  /** RFC 8899 section 5.1.2, MAX_PROBES: after so many of a size it is taken not to pass. */
  private static final int MAX_PROBES = 3;

  private static final int UNKNOWN = 0;

  private final long searchAgainNs;
  private int tooLarge = UNKNOWN; // the smallest size that is known not to pass
  private long dueNs;
  private int wanted; // size of the probe to send next, 0 for none
  private int size; // size of the probe in flight, 0 for none
  private long start;
  private long end;
  private int inconclusive; // probes in a row of which nobody knows

  MtuProbe(long searchAgainNs) {
    this.searchAgainNs = searchAgainNs;
  }

  /** What passes was told exactly: nothing is tried for a while. */
  void passesExactly(long nowNs, int mtu) {
    begin(nowNs);
    tooLarge = mtu + 1;
    dueNs = nowNs + searchAgainNs;
  }

  /** Nothing is known of larger sizes than the one that passes. */
  void begin(long nowNs) {
    size = 0;
    wanted = 0;
    inconclusive = 0;
    tooLarge = UNKNOWN;
    dueNs = nowNs;
  }

  /**
   * Size of the probe to send now, 0 for none.
   *
   * @param mtu what is known to pass
   * @param ceiling the largest size that both ends allow
   */
  int update(long nowNs, int mtu, int ceiling) {
    wanted = size > 0 || nowNs < dueNs || mtu >= ceiling ? 0 : next(mtu, ceiling);
    return wanted;
  }

  private int next(int mtu, int ceiling) {
    if (tooLarge != UNKNOWN && isOver(mtu)) {
      // RFC 8899 section 5.2, PMTU_RAISE_TIMER: the path may carry more by now.
      tooLarge = UNKNOWN;
    }
    return tooLarge == UNKNOWN || tooLarge > ceiling ? ceiling : (mtu + tooLarge) / 2;
  }

  /** What {@link #update} said last. */
  int wanted() {
    return wanted;
  }

  /** The probe that was wanted leaves, as the bytes in that range. */
  void onSent(long from, long to) {
    size = wanted;
    wanted = 0;
    start = from;
    end = to;
  }

  boolean isInFlight() {
    return size > 0;
  }

  /** First byte of the probe in flight. */
  long start() {
    return start;
  }

  /** Offset behind the last byte of the probe in flight. */
  long end() {
    return end;
  }

  /** A router said of a packet with that byte that only so much passes. */
  void onReport(long offset, int passes) {
    // RFC 4821 section 7.6.2: the probe is lost; that it is, acknowledgements of later bytes show.
    if (size > 0 && offset >= start && offset < end && passes < size) {
      exclude(passes + 1);
    }
  }

  private void exclude(int bytes) {
    tooLarge = tooLarge == UNKNOWN ? bytes : Math.min(tooLarge, bytes);
  }

  private boolean isOver(int mtu) {
    return tooLarge - mtu <= CLOSE_ENOUGH;
  }

  /** The probe in flight was acknowledged. Returns its size. */
  int succeeded(long nowNs) {
    int passes = size;
    over(nowNs, passes);
    return passes;
  }

  /** The probe in flight, and nothing before it, was lost. */
  void failed(long nowNs, int mtu) {
    exclude(size);
    over(nowNs, mtu);
  }

  private void over(long nowNs, int mtu) {
    size = 0;
    inconclusive = 0;
    if (tooLarge != UNKNOWN && isOver(mtu)) {
      dueNs = nowNs + searchAgainNs;
    }
  }

  /**
   * RFC 4821 section 7.6.4: other losses say nothing about the size of the probe; but when that
   * happens to every probe, there is a better use for the path than probes.
   */
  void inconclusive(long nowNs, int mtu) {
    if (size == 0) {
      return;
    }
    inconclusive++;
    if (inconclusive == MAX_PROBES) {
      failed(nowNs, mtu);
    } else {
      size = 0;
      dueNs = nowNs + RETRY_NS;
    }
  }
}
