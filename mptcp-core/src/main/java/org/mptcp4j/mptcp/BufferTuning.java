package org.mptcp4j.mptcp;

/**
 * Finds out how large the buffers of a connection have to be: dynamic right-sizing at the data
 * level. What a buffer holds back gets through once in a round trip, so a buffer of twice the bytes
 * that pass in a round trip is never what limits. Those bytes are what the application reads, for
 * the receive buffer, and what the peer acknowledges, for the send buffer. The round trip is that
 * of the slowest subflow, because bytes of the fast ones may have to wait for those of the slow
 * ones (RFC 8684 section 3.3.1).
 */
final class BufferTuning {
  /** A round, when nothing is known of the round-trip time. */
  private static final long UNKNOWN_RTT_NS = 100_000_000;

  /**
   * The shortest round. On a path without delay, what makes the round trip is how soon each end
   * gets its turn at a processor and how much it does in one.
   */
  private static final long SHORTEST_NS = 250_000;

  private Round reading;
  private Round acknowledged;

  /**
   * The application may have read.
   *
   * @param bytes what it has read since the beginning
   * @return the size that the receive buffer should have at least; 0 for no opinion
   */
  long onRead(long nowNs, long bytes, RoundTrip path) {
    if (reading == null) {
      reading = new Round();
    }
    return reading.passed(nowNs, bytes, path);
  }

  /**
   * The peer may have acknowledged.
   *
   * @param bytes what it has acknowledged since the beginning
   * @return the size that the send buffer should have at least; 0 for no opinion
   */
  long onAcknowledged(long nowNs, long bytes, RoundTrip path) {
    if (acknowledged == null) {
      acknowledged = new Round();
    }
    return acknowledged.passed(nowNs, bytes, path);
  }

  /** A round trip, and what passes meanwhile. */
  private static final class Round {
    private long startNs;
    private long lengthNs;
    private long startBytes;
    private long lastBytes;

    long passed(long nowNs, long totalBytes, RoundTrip path) {
      if (lengthNs == 0) {
        begin(nowNs, totalBytes, path);
        return 0;
      }
      if (totalBytes == startBytes) {
        return 0;
      }
      // By what is known now of the round-trip time: the first measurement may have been slow, or
      // that of a pause.
      lengthNs = Math.min(lengthNs, roundTripNs(path));
      long elapsedNs = nowNs - startNs;
      if (elapsedNs < lengthNs) {
        return 0;
      }
      // In proportion: who comes to it only now and then does not need more room for that.
      long bytes = (long) ((totalBytes - startBytes) * ((double) lengthNs / elapsedNs));
      // Meanwhile a sender in slow start has doubled its window again: half of that in advance.
      long growth = Math.max(0, Math.min(bytes - lastBytes, lastBytes));
      lastBytes = bytes;
      begin(nowNs, totalBytes, path);
      return 2 * (bytes + growth);
    }

    private void begin(long nowNs, long totalBytes, RoundTrip path) {
      startNs = nowNs;
      lengthNs = roundTripNs(path);
      startBytes = totalBytes;
    }

    private static long roundTripNs(RoundTrip path) {
      long rtt = path.pathRttNs();
      return rtt == 0 ? UNKNOWN_RTT_NS : Math.max(rtt, SHORTEST_NS);
    }
  }
}
