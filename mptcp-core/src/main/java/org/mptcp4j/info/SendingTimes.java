package org.mptcp4j.info;

/**
 * How long a connection has had something to send, and what held it up meanwhile, as Linux measures
 * it: {@code tcpi_busy_time}, {@code tcpi_rwnd_limited} and {@code tcpi_sndbuf_limited}. What is
 * held up by neither is held up by the path: congestion window and losses.
 *
 * @param now what holds for the moment
 * @param sinceNs since when, by the driver's clock; the other times end there
 * @param busyNs bytes were queued or not acknowledged, in all
 * @param rwndLimitedNs of this, the window of the peer did not admit what was queued
 * @param sndbufLimitedNs of this, all was sent, and an application that would have written more had
 *     no room in its send buffer
 */
public record SendingTimes(
    State now, long sinceNs, long busyNs, long rwndLimitedNs, long sndbufLimitedNs) {
  /** Of a connection that had never anything to send. */
  public static final SendingTimes NONE = new SendingTimes(State.IDLE, 0, 0, 0, 0);

  /** What holds up sending. */
  public enum State {
    /** Nothing is queued, and all is acknowledged. */
    IDLE,
    /** The path. */
    BUSY,
    /** The window of the peer. */
    RWND_LIMITED,
    /** The send buffer. */
    SNDBUF_LIMITED
  }

  /**
   * The same at a later time, when nothing has changed meanwhile.
   *
   * @param nowNs that time
   * @return times that end then
   */
  public SendingTimes at(long nowNs) {
    long passedNs = now == State.IDLE ? 0 : nowNs - sinceNs;
    return new SendingTimes(
        now,
        nowNs,
        busyNs + passedNs,
        rwndLimitedNs + (now == State.RWND_LIMITED ? passedNs : 0),
        sndbufLimitedNs + (now == State.SNDBUF_LIMITED ? passedNs : 0));
  }
}
