package org.mptcp4j.tcp;

import org.mptcp4j.wire.Seq32;

/**
 * What is needed to see that a recovery was spurious: that what it sent again had not been lost.
 * The peer shows it by timestamps (Eifel, RFC 3522) or by DSACKs for all that was sent again (RFC
 * 3708). The names are those of Linux.
 */
final class Undo {

  private static final long NONE = -1;

  private final RangeSet again = new RangeSet(); // once or several times

  private long undoMarker = NONE;
  private long undoEnd;
  private long undoRetrans;
  private boolean retransmitted;
  private int firstTick;

  /** A recovery begins: what it sends again lies in [una, nxt). */
  void begin(long una, long nxt) {
    undoMarker = una;
    undoEnd = nxt;
    undoRetrans = 0;
    again.clear();
    retransmitted = false;
  }

  /** A timeout in the middle of a recovery, which goes on: it may send more again. */
  void onTimeout(long nxt) {
    undoEnd = nxt;
  }

  /** Nothing can be undone any more. */
  void end() {
    undoMarker = NONE;
  }

  /** Whether the recovery, if it turns out to be spurious, can be undone. */
  boolean isPossible() {
    return undoMarker != NONE;
  }

  void onRetransmit(long nowNs, long start, long end) {
    if (!retransmitted) {
      retransmitted = true;
      firstTick = TimestampClock.value(nowNs, 0);
    }
    undoRetrans += end - start;
    again.add(start, end);
    undoEnd = Math.max(undoEnd, end);
  }

  /** Whether a range may have been sent again in this recovery, or in the last one. */
  boolean covers(long start, long end) {
    return undoMarker != NONE && end > undoMarker && start < undoEnd;
  }

  /**
   * The peer got a range twice. RFC 3708 section 2: what was sent once was doubled by the network,
   * which says nothing of the rest.
   *
   * @return whether that is all that was sent again
   */
  boolean onDsack(long start, long end) {
    long twice = undoMarker == NONE || undoRetrans == 0 ? 0 : again.bytesWithin(start, end);
    undoRetrans = Math.max(0, undoRetrans - twice);
    return twice > 0 && undoRetrans == 0;
  }

  /**
   * RFC 3522 section 3.2 step 4: whether an acknowledgement was caused by something sent before the
   * first retransmission.
   *
   * @param echo what it echoes, in ticks of {@link TimestampClock} without offset
   */
  boolean isFromBefore(int echo) {
    return undoMarker != NONE && retransmitted && Seq32.lt(echo, firstTick);
  }
}
