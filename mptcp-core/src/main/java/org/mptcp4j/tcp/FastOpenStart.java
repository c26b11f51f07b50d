package org.mptcp4j.tcp;

import org.mptcp4j.mib.Counters;

/** How a client begins, and what it learns from that for the next time: RFC 7413 section 4.1.3. */
public final class FastOpenStart {
  /** With an ordinary SYN. */
  public static final FastOpenStart NONE = new FastOpenStart(null, null, new byte[0], 0, false);

  private final FastOpenCache cache;
  private final FourTuple tuple;
  private final byte[] cookie;
  private final int mss;
  private final boolean data;

  /**
   * Makes one.
   *
   * @param cache learns from what happens
   * @param cookie the server's; empty when there is none
   * @param mss the largest segment that the server takes
   * @param data whether data goes with the SYN
   */
  FastOpenStart(FastOpenCache cache, FourTuple tuple, byte[] cookie, int mss, boolean data) {
    this.cache = cache;
    this.tuple = tuple;
    this.cookie = cookie;
    this.mss = mss;
    this.data = data;
  }

  byte[] cookie() {
    return cookie;
  }

  int mss() {
    return mss;
  }

  boolean data() {
    return data;
  }

  /** Whether the SYN asks for a cookie. */
  boolean asks() {
    return cookie.length == 0 && !data;
  }

  void learned(byte[] fresh, int serverMss) {
    cache.learned(tuple, fresh, serverMss);
  }

  void unanswered(long nowNs) {
    cache.unanswered(nowNs, tuple);
  }

  void worked() {
    cache.worked(tuple);
  }

  boolean lost(long nowNs) {
    return cache.lost(nowNs, tuple);
  }

  boolean blackhole(long nowNs) {
    return cache.blackhole(nowNs, tuple);
  }

  /** The handshake at this end. */
  Handshake handshake(int tsOffset, Counters counters) {
    return this == NONE ? new Handshake(tsOffset) : new ActiveFastOpen(tsOffset, this, counters);
  }
}
