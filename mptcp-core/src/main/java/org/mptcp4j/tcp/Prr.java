package org.mptcp4j.tcp;

/**
 * Proportional Rate Reduction, RFC 9937: how much may be sent in fast recovery, so that what is in
 * flight comes down, or up, to the new window by its end, without a silence and without a burst.
 * The names are those of section 6.2.
 */
final class Prr {

  private long prrDelivered;
  private long prrOut;
  private long recoverFs;
  private long ssthresh;
  private long sndcnt;

  /**
   * Fast recovery begins.
   *
   * @param flightBytes RecoverFS: what is in flight, of which nothing was delivered before the
   *     acknowledgement that shows the loss
   * @param targetBytes the window that congestion control has chosen
   */
  void begin(long flightBytes, long targetBytes) {
    prrDelivered = 0;
    prrOut = 0;
    recoverFs = Math.max(1, flightBytes);
    ssthresh = targetBytes;
    sndcnt = 0;
  }

  /**
   * An acknowledgement came, or time has shown a loss.
   *
   * @param deliveredData bytes newly delivered
   * @param safeAck whether the cumulative acknowledgement moved and no further loss was found
   * @param inflight bytes in flight now
   */
  void onAck(long deliveredData, boolean safeAck, long inflight, int mss) {
    if (deliveredData > 0) {
      prrDelivered += deliveredData;
      if (inflight > ssthresh) {
        sndcnt = (prrDelivered * ssthresh + recoverFs - 1) / recoverFs - prrOut;
      } else {
        // Conservative reduction bound, and slow start while the recovery makes good progress.
        sndcnt = Math.max(prrDelivered - prrOut, deliveredData) + (safeAck ? mss : 0);
        sndcnt = Math.min(ssthresh - inflight, sndcnt);
      }
    }
    if (prrOut == 0) {
      sndcnt = Math.max(sndcnt, mss);
    }
  }

  /** Bytes left, new or sent again. */
  void onSent(long bytes) {
    prrOut += bytes;
    sndcnt -= bytes;
  }

  /** Bytes that may be sent now. */
  long roomBytes() {
    return sndcnt;
  }
}
