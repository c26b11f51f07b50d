package org.mptcp4j.tcp;

import org.mptcp4j.cc.CongestionControl;
import org.mptcp4j.cc.RateSample;

/**
 * The rate at which the network delivers, draft-cheng-iccrg-delivery-rate-estimation: what had been
 * delivered when a segment was sent, and when, is noted with the segment, so that its
 * acknowledgement shows what was delivered meanwhile. {@link SendTimes} keeps the notes. What was
 * sent again gives no sample, as nobody knows which transmission was acknowledged.
 *
 * <p>An acknowledgement is told by {@link #begin}, {@link #delivered} for its parts, and {@link
 * #sample}, after which this object is the sample.
 */
final class DeliveryRate implements RateSample {
  /** Longs of a note. */
  static final int NOTE_LENGTH = 3;

  /** Stands for that of a connection that has not sent any data; never changed. */
  static final DeliveryRate NOTHING_SENT = new DeliveryRate();

  // C.delivered, C.delivered_time, C.first_sent_time and C.app_limited of the draft.
  private long totalBytes;
  private long totalNs;
  private long firstSentNs;
  private long limitedUntil;

  // The most in flight, up to a segment whose acknowledgement ends the round trip.
  private long peakEnd;
  private int peakBytes;

  // Of the newest segment that the acknowledgement delivers.
  private long sentNs = SendTimes.NEVER;
  private long prior;
  private long priorNs;
  private long firstNs;

  // The sample beside that.
  private int growthBytes; // negative: so many were marked, and marks let no window grow
  private int newBytes;
  private int inFlightBytes;
  private int lostBytes;

  // The rate that holds: the newest sample, but of pauses of the application only the fastest.
  private int rateBytes;
  private int rateUs; // 0 without any, negative for one of a pause

  /**
   * A segment of new data leaves.
   *
   * @param first whether nothing is outstanding before it
   */
  void onSent(long nowNs, boolean first) {
    if (first) {
      firstSentNs = nowNs;
      totalNs = nowNs;
    }
  }

  /** Writes the note of a segment that leaves now. */
  void note(long[] notes, int at) {
    notes[at] = totalBytes << 1 | (limitedUntil > 0 ? 1 : 0);
    notes[at + 1] = totalNs;
    notes[at + 2] = firstSentNs;
  }

  /** An acknowledgement begins, and the sample before it is over. */
  void begin() {
    sentNs = SendTimes.NEVER;
  }

  /** A segment was delivered of which there is a note. */
  void delivered(long timeNs, long[] notes, int at) {
    if (timeNs >= sentNs) {
      sentNs = timeNs;
      prior = notes[at];
      priorNs = notes[at + 1];
      firstNs = notes[at + 2];
    }
  }

  /**
   * A segment has left. What the window was used for in a round trip is the most that was in flight
   * in it (RFC 7661 section 4.2): at the time of an acknowledgement it may be little although the
   * window had been full.
   */
  void onFlight(long una, long nxt, long inFlight) {
    if (una >= peakEnd || inFlight >= peakBytes) {
      peakBytes = (int) Math.min(Integer.MAX_VALUE, inFlight);
      peakEnd = nxt;
    }
  }

  /** There is nothing more to send although the window would let it go. */
  void onAppLimited(long inFlight) {
    limitedUntil = Math.max(1, totalBytes + inFlight);
  }

  /** Data leaves while nothing is in flight: a pause is over, if it was the application's. */
  void onResume(long nowNs, CongestionControl cc) {
    if (limitedUntil > 0) {
      cc.onResume(nowNs);
    }
  }

  /**
   * The acknowledgement is complete.
   *
   * @param acked bytes by which a window may grow
   * @param delivered bytes newly acknowledged, cumulatively or selectively
   * @param inFlight bytes in flight before it
   * @param lost bytes deemed lost since the last one
   * @param marked bytes of the packets that it says were marked
   * @param minRttNs the smallest round-trip time, 0 while unknown
   * @return the sample: this
   */
  RateSample sample(
      long nowNs,
      long acked,
      long delivered,
      long inFlight,
      long lost,
      long marked,
      long minRttNs) {
    totalBytes += delivered;
    totalNs = nowNs;
    if (limitedUntil > 0 && totalBytes > limitedUntil) {
      limitedUntil = 0;
    }
    growthBytes = (int) (marked > 0 ? -Math.min(marked, delivered) : acked);
    newBytes = (int) delivered;
    inFlightBytes = (int) Math.min(Integer.MAX_VALUE, inFlight);
    lostBytes = (int) Math.min(Integer.MAX_VALUE, lost);
    if (sentNs == SendTimes.NEVER) {
      prior = -1;
      return this;
    }
    firstSentNs = sentNs;
    if (Math.max(sentNs - firstNs, nowNs - priorNs) < minRttNs) {
      // Section 3.3: shorter than a round trip it says nothing.
      firstNs = sentNs;
      priorNs = nowNs;
    }
    keepRate();
    return this;
  }

  private void keepRate() {
    long us = Math.min(Integer.MAX_VALUE, intervalNs() / 1_000);
    if (us == 0) {
      return;
    }
    long bytes = Math.min(Integer.MAX_VALUE, totalBytes - priorDeliveredBytes());
    boolean paused = appLimited();
    if (!paused || bytes * Math.abs(rateUs) >= rateBytes * us) {
      rateBytes = (int) bytes;
      rateUs = (int) (paused ? -us : us);
    }
  }

  /** The rate that holds, 0 before the first sample. */
  long keptBytesPerSecond() {
    return rateUs == 0 ? 0 : rateBytes * 1_000_000L / Math.abs(rateUs);
  }

  /** Whether that is of a time in which the application wrote too little for more. */
  boolean isPaused() {
    return rateUs < 0;
  }

  @Override
  public int ackedBytes() {
    return Math.max(0, growthBytes);
  }

  @Override
  public int newlyDeliveredBytes() {
    return newBytes;
  }

  @Override
  public long totalDeliveredBytes() {
    return totalBytes;
  }

  @Override
  public long priorDeliveredBytes() {
    return prior >> 1;
  }

  @Override
  public long deliveredBytes() {
    return intervalNs() == 0 ? 0 : totalBytes - priorDeliveredBytes();
  }

  @Override
  public long intervalNs() {
    // Section 3.3: the longer of the times that sending and acknowledging took.
    return sentNs == SendTimes.NEVER ? 0 : Math.max(sentNs - firstNs, totalNs - priorNs);
  }

  @Override
  public boolean appLimited() {
    return sentNs != SendTimes.NEVER && (prior & 1) != 0;
  }

  @Override
  public long rttNs() {
    return sentNs == SendTimes.NEVER ? 0 : Math.max(1, totalNs - sentNs);
  }

  @Override
  public int inFlightBytes() {
    return inFlightBytes;
  }

  @Override
  public int peakInFlightBytes() {
    return peakBytes;
  }

  @Override
  public int lostBytes() {
    return lostBytes;
  }

  @Override
  public int ecnMarkedBytes() {
    return Math.max(0, -growthBytes);
  }
}
