package org.mptcp4j.tcp;

/** How a client begins: RFC 7413 section 4.2.1. */
public final class FastOpenStart {
  /** With an ordinary SYN. */
  public static final FastOpenStart NONE = new FastOpenStart(null, new byte[0], 0, false);

  private final FastOpenCache cache;
  private final byte[] cookie;
  private final int mss;
  private final boolean data;

  /**
   * Makes one.
   *
   * @param cache learns from what happens
   * @param cookie the server's; empty to ask for one
   * @param mss the server's, 0 when unknown
   * @param data whether data goes with the SYN
   */
  FastOpenStart(FastOpenCache cache, byte[] cookie, int mss, boolean data) {
    this.cache = cache;
    this.cookie = cookie;
    this.mss = mss;
    this.data = data;
  }

  FastOpenCache cache() {
    return cache;
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

  /** The handshake at this end. */
  Handshake handshake(int tsOffset) {
    return cache == null ? new Handshake(tsOffset) : new ActiveFastOpen(tsOffset, this);
  }
}
