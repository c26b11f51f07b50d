package org.mptcp4j.tcp;

import org.mptcp4j.wire.Seq32;

/**
 * The window that the peer has offered, RFC 9293 section 3.8.6, in offsets of the send space. What
 * is given as {@code seq} counts from anywhere, modulo 2^32.
 */
final class SendWindow {

  private int last;
  private int wl1;
  private long wl2;
  private int max;
  private long furthest;

  /** Offset behind the last byte that may be sent. */
  long end() {
    return wl2 + last;
  }

  /**
   * Whether all before an offset, but for a FIN, could be sent at some time by what was offered
   * here. If so, and it is beyond {@link #end()}, the window was taken back.
   *
   * @param scale shift of the field, in whose units the window is told
   */
  boolean onceAdmitted(long offset, int scale) {
    return offset <= furthest + (1L << scale);
  }

  /** The largest window ever offered. */
  int max() {
    return max;
  }

  /**
   * So much is in flight: it had a window, which on a subflow another one may have been told of.
   */
  void used(long bytes) {
    max = (int) Math.max(max, bytes);
  }

  /**
   * Offset up to which the window may have been meant: it is told in units, and so it may seem to
   * be taken back.
   *
   * @param scale shift of the field
   */
  long roundedEnd(int scale) {
    return end() + (1L << scale) - 1;
  }

  /** The segment that acknowledges our SYN offers the first window. */
  void first(long seq, int window) {
    set(seq, 1, window);
  }

  /**
   * An acceptable segment offers a window.
   *
   * @param una what was acknowledged before it
   * @param window its size in bytes
   * @return whether it is the one offered before
   */
  boolean update(long seq, long ack, long una, int window) {
    // RFC 9293 section 3.10.7.4: SND.WL1 and SND.WL2 keep old segments from changing the window. A
    // segment that acknowledges more is not old, although it fills a hole before newer ones.
    if (ack > una || Seq32.lt(wl1, (int) seq) || (wl1 == (int) seq && wl2 <= ack)) {
      boolean same = window == last;
      set(seq, ack, window);
      return same;
    }
    return true;
  }

  private void set(long seq, long ack, int window) {
    wl1 = (int) seq;
    wl2 = ack;
    last = window;
    max = Math.max(max, window);
    furthest = Math.max(furthest, end());
  }
}
