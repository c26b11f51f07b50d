package org.mptcp4j.tcp;

/**
 * The round-trip time as the receiver of a stream sees it: the peer echoes in its data the
 * timestamp of our latest acknowledgement (RFC 7323 section 4.3), so the age of an echo that is
 * seen for the first time is a round trip, or more when the peer had nothing to send. Follows
 * smaller samples at once and larger ones slowly. Milliseconds, as the timestamps are.
 */
final class ReceiveRtt {

  private int lastEcho;
  private int ms = -1;

  /** The estimate in nanoseconds, 0 while there is none or it is under the resolution. */
  long ns() {
    return Math.max(0, ms) * 1_000_000L;
  }

  /** Data arrived that echoes a timestamp of ours. */
  void onEcho(long nowNs, int echo, TimestampClock clock) {
    if (echo == lastEcho) {
      return;
    }
    lastEcho = echo;
    // Both ends of the interval were rounded down: the true one is longer than this.
    long sample = clock.elapsedNs(nowNs, echo) / 1_000_000 - 1;
    if (ms < 0 || sample < ms) {
      ms = (int) Math.max(0, Math.min(sample, 60_000));
    } else {
      // A pause of the sender is not a path that has become slow: no sample counts for too much.
      ms += (int) (Math.min(sample, 2L * ms + 16) - ms + 7) / 8;
    }
  }
}
