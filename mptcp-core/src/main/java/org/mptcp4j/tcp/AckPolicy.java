package org.mptcp4j.tcp;

/**
 * When an acknowledgement is due: at once, after two full segments, or after a short delay (RFC
 * 5681 section 4.2, RFC 9293 section 3.8.6.3). Also the rate limit of challenge ACKs.
 */
final class AckPolicy {

  private static final int MIN_SEGMENT = 536;

  private static final int MAX_PENDING_DUPLICATES = 16;

  private static final int QUICK_AFTER_PAUSE = 16;

  private static final long SECOND_NS = 1_000_000_000L;

  private int bytesSinceAck;
  private char segmentEstimate = MIN_SEGMENT;
  private char lastSegment;
  private short quickLeft;
  private byte duplicates;
  private boolean now;
  private boolean quick;
  private boolean requested;
  private boolean ofAcks;
  private boolean interactive;
  private long deadlineNs = Long.MAX_VALUE;
  private Challenges challenges; // null until the first

  AckPolicy(int quickAcks) {
    quickLeft = (short) Math.min(Short.MAX_VALUE, quickAcks);
  }

  /** Chooses whether every segment is acknowledged at once. */
  void quick(boolean always) {
    quick = always;
  }

  /**
   * Data arrives after a pause: the peer begins anew with a small window, which it is to open soon
   * (RFC 5681 section 4.1). Whoever answers with data sends its ACKs along. As Linux.
   */
  void onPause(TcpConfig config) {
    if (!interactive) {
      int most = Math.min(QUICK_AFTER_PAUSE, config.options().quickAcks());
      quickLeft = (short) Math.max(quickLeft, most);
    }
  }

  /** In-order data arrived. */
  void onInOrder(long nowNs, int bytes, int segments, TcpConfig config) {
    estimate(bytes, Math.max(1, segments), config.mss());
    bytesSinceAck = (int) Math.min(Integer.MAX_VALUE, (long) bytesSinceAck + bytes);
    if (quickLeft > 0) {
      quickLeft -= (short) Math.min(quickLeft, segments);
      now = true;
    } else if (quick || config.timeouts().delayedAckNs() == 0) {
      now = true;
    } else if (deadlineNs == Long.MAX_VALUE) {
      // RFC 9293 section 3.8.6.3: the delay must be under half a second.
      deadlineNs = nowNs + config.timeouts().delayedAckNs();
    }
  }

  /** The peer's segments may become smaller; two alike in a row are taken for full. As Linux. */
  private void estimate(int bytes, int segments, int mss) {
    int wire = Math.min(mss, (bytes + segments - 1) / segments);
    boolean again = wire == lastSegment && wire * segments == bytes && wire >= MIN_SEGMENT;
    lastSegment = (char) wire;
    if (again || wire > segmentEstimate) {
      segmentEstimate = lastSegment;
    }
  }

  /** Something that is acknowledged at once: a FIN, a filled hole, an unacceptable segment. */
  void immediate() {
    now = true;
  }

  /** ACKs came that are acknowledged at once, for the marks on them. */
  void ofAcks() {
    ofAcks = true;
  }

  /** Whether the ACK that is due acknowledges nothing but ACKs. */
  boolean isOfAcks() {
    return ofAcks && !now && !pureDue() && bytesSinceAck == 0;
  }

  /** RFC 5681 section 4.2: out-of-order segments are acknowledged at once, each one. */
  void outOfOrder(int segments) {
    duplicates = (byte) Math.min(MAX_PENDING_DUPLICATES, duplicates + segments);
  }

  /** The owner wants a pure ACK, for the options it will carry; asked twice it gets one. */
  void request() {
    requested = true;
  }

  /** Whether an ACK must leave by itself although data could carry it. */
  boolean pureDue() {
    return duplicates > 0 || requested;
  }

  /** Whether an ACK is due, by itself or on data. */
  boolean due() {
    // RFC 9293 section 3.8.6.3: an ACK for at least every second full-sized segment.
    return now || ofAcks || pureDue() || bytesSinceAck >= 2 * segmentEstimate;
  }

  /** Whether in-order data was not acknowledged yet, whether or not that is due. */
  boolean owed() {
    return bytesSinceAck > 0;
  }

  /** Payload of the largest segment that came in order. */
  int segmentEstimate() {
    return segmentEstimate;
  }

  long deadlineNs() {
    return deadlineNs;
  }

  void onTimeout(long nowNs) {
    if (nowNs >= deadlineNs) {
      interactive = false;
      deadlineNs = Long.MAX_VALUE;
      now = true;
    }
  }

  /**
   * A segment with an ACK left.
   *
   * @param repeatDuplicates without SACK every out-of-order segment needs an ACK of its own,
   *     because the peer counts them
   */
  void onAckSent(boolean pure, boolean repeatDuplicates) {
    interactive |= !pure && bytesSinceAck > 0;
    bytesSinceAck = 0;
    now = false;
    ofAcks = false;
    deadlineNs = Long.MAX_VALUE;
    if (pure) {
      requested = false;
      duplicates = (byte) (repeatDuplicates ? Math.max(0, duplicates - 1) : 0);
    }
  }

  /** RFC 5961 section 7: takes one challenge ACK from the allowance, if there is one. */
  boolean challenge(long nowNs, TcpConfig config) {
    if (challenges == null) {
      challenges = new Challenges();
    }
    boolean allowed = challenges.take(nowNs, config.limits().challengeAcksPerSecond());
    now |= allowed;
    return allowed;
  }

  /** Challenge ACKs of the present second. */
  private static final class Challenges {
    private long sinceNs;
    private int count;

    boolean take(long nowNs, int perSecond) {
      if (nowNs - sinceNs >= SECOND_NS || count == 0) {
        sinceNs = nowNs;
        count = 0;
      }
      boolean allowed = count < perSecond;
      count += allowed ? 1 : 0;
      return allowed;
    }
  }
}
