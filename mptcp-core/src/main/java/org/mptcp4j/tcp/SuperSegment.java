package org.mptcp4j.tcp;

import org.mptcp4j.cc.CongestionControl;
import org.mptcp4j.wire.TxSegment;

/** How much one (super-)segment carries. */
public final class SuperSegment {

  private SuperSegment() {}

  /** As much of a number of bytes as fills segments. */
  static int whole(int bytes, int mss) {
    return bytes <= mss ? bytes : bytes - bytes % mss;
  }

  /**
   * The most payload that fits, in whole segments; one of them at least.
   *
   * @param mss payload of a full segment
   */
  public static int most(int mss) {
    return Math.max(mss, TxSegment.MAX_PAYLOAD - TxSegment.MAX_PAYLOAD % mss);
  }

  /** What one is worth waiting for: a millisecond of data, as on Linux. */
  static int worthwhile(CongestionControl cc, long srttNs, int mss) {
    int millisecond = Pacer.quantumBytes(cc.pacingRateBytesPerSecond(srttNs), mss);
    return Math.min(Math.min(most(mss), millisecond), cc.cwndBytes() / 8);
  }
}
