package org.mptcp4j.cc;

/**
 * What one acknowledgement says, with the delivery rate of
 * draft-cheng-iccrg-delivery-rate-estimation. The rate is that of the newest segment acknowledged:
 * what was delivered from the time when it was sent until now, over the longer of the two times
 * that sending and acknowledging it took.
 */
public interface RateSample {

  /**
   * Bytes by which a window may grow: newly acknowledged, cumulatively or selectively. 0 for a
   * duplicate acknowledgement outside recovery (RFC 3042 section 2): what it reported is counted
   * when the cumulative acknowledgement passes it.
   */
  int ackedBytes();

  /** Bytes newly acknowledged, cumulatively or selectively. */
  int newlyDeliveredBytes();

  /** Bytes delivered since the beginning. */
  long totalDeliveredBytes();

  /**
   * {@link #totalDeliveredBytes()} when the newest segment acknowledged was sent, or -1 when that
   * is not known. A round trip is over when it reaches what the total was at its beginning.
   */
  long priorDeliveredBytes();

  /** Bytes delivered in {@link #intervalNs()}. */
  long deliveredBytes();

  /** The time in which they were delivered; 0 when this is no valid sample of the rate. */
  long intervalNs();

  /**
   * Whether the application did not have enough to send: the path may deliver more than the rate
   * says.
   */
  boolean appLimited();

  /** Round-trip time of the newest segment acknowledged; 0 when it was sent more than once. */
  long rttNs();

  /** Bytes that were in flight before this acknowledgement. */
  int inFlightBytes();

  /** The most bytes that were in flight at a time in this round trip. */
  int peakInFlightBytes();

  /** Bytes deemed lost because of this acknowledgement. */
  int lostBytes();

  /**
   * Bytes of {@link #newlyDeliveredBytes()} that came with congestion experienced; 0 without ECN.
   * Peers tell of packets: each counts as a full segment. With RFC 3168 alone, whose answer does
   * not say which packet was marked, it is all that an acknowledgement with ECE delivers.
   */
  int ecnMarkedBytes();

  /** The delivery rate in bytes per second; 0 when this is no valid sample. */
  default long bytesPerSecond() {
    return intervalNs() == 0 ? 0 : (long) (deliveredBytes() * 1e9 / intervalNs());
  }
}
