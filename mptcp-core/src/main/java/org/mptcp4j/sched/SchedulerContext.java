package org.mptcp4j.sched;

/**
 * A connection as its scheduler sees it, and where it grants ranges of bytes to subflows. To be
 * used during {@link SchedulerSession#schedule} only; what it tells is up to date after each grant.
 *
 * <p>Bytes are named by their position in the stream: 0 is the first that the application wrote,
 * whose data sequence number follows the initial one (RFC 8684 section 3.3.1). Positions never
 * wrap.
 *
 * <pre>
 *   0        una               nxt                  end
 *   | acknowledged | granted      | written           |
 *                                      windowEnd
 * </pre>
 */
public interface SchedulerContext {
  /** Number of subflows in the connection list, in whatever state. */
  int subflows();

  /**
   * One subflow.
   *
   * @param index 0 to {@link #subflows()} - 1, in order of creation
   */
  SubflowView subflow(int index);

  /** The first byte that the peer has not acknowledged at the data level. */
  long una();

  /** The first byte that was not granted to any subflow. */
  long nxt();

  /** Behind the last byte that the application wrote. */
  long end();

  /** Where the peer's data-level window ends: no byte may be granted from there on. */
  long windowEnd();

  /**
   * Where the range begins that is due: bytes that a subflow carried in vain, so that they have to
   * go out on another (RFC 8684 section 3.3.6), otherwise bytes that were never granted. When
   * nothing of the former is granted, the latter are shown in another call.
   */
  long dueStart();

  /** Where the range ends that is due; {@link #dueStart()} when nothing is. */
  long dueEnd();

  /**
   * Gives a range to a subflow, or as much of its beginning as this one can send at once and the
   * window and Nagle's algorithm admit: at most 64 KB, one super-segment, whole segments when more
   * is to follow. Never-granted bytes and bytes that other subflows carry may be in one range. What
   * the subflow carries already is repeated by its own TCP, and not granted to it again.
   *
   * @param index the subflow
   * @param from first byte, between {@link #una()} and {@link #nxt()}: no byte is left out
   * @param to behind the last byte, not before {@code from}; what lies beyond {@link #end()} is not
   *     granted
   * @return bytes that were granted, 0 when the subflow takes none now
   * @throws IllegalArgumentException when the range is none that may be granted
   */
  int grant(int index, long from, long to);

  /** Bytes written by the application and not yet granted. */
  default long unsentBytes() {
    return end() - nxt();
  }

  /** Bytes never granted that the peer's window still admits. */
  default long windowBytes() {
    return Math.max(0, windowEnd() - nxt());
  }
}
