package org.mptcp4j.tcp;

import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.TcpFlags;

/**
 * When an acknowledgement is due: at once, after two full segments, or after a short delay (RFC
 * 5681 section 4.2, RFC 9293 section 3.8.6.3). Also the rate limit of challenge ACKs.
 */
final class AckPolicy {

  /** RFC 9293 section 3.7.1: hardly a peer has less room for payload and options. */
  private static final int DEFAULT_SEGMENT = 536;

  /** What is smaller is not taken for a full segment, with options. As Linux. */
  private static final int LEAST_SEGMENT = 88;

  /** Flags on the end of what was written, which is no full segment. */
  private static final int END = TcpFlags.PSH | TcpFlags.FIN | TcpFlags.URG;

  private static final int TCP_HEADER = 20;

  private static final int MAX_PENDING_DUPLICATES = 16;

  private static final int QUICK_AFTER_PAUSE = 16;

  private static final long SECOND_NS = 1_000_000_000L;

  private int bytesSinceAck;
  private char segmentEstimate = DEFAULT_SEGMENT;
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

  /** The handshake is over: no segment has more payload than so much. */
  void onAgreed(int fullBytes) {
    segmentEstimate = (char) Math.min(segmentEstimate, fullBytes);
  }

  /** In-order data arrived. */
  void onInOrder(long nowNs, RxSegment seg, TcpConfig config) {
    int bytes = seg.payloadLength();
    int segments = seg.segments();
    estimate(seg, config.mss());
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
  private void estimate(RxSegment seg, int mss) {
    int bytes = seg.payloadLength();
    int segments = seg.segments();
    int wire = Math.min(mss, (bytes + segments - 1) / segments);
    boolean full = wire * segments == bytes && mayBeFull(seg, wire);
    if (wire > segmentEstimate || full && wire == lastSegment) {
      segmentEstimate = (char) wire;
    }
    lastSegment = (char) (full ? wire : 0);
  }

  /** Whether there may be no room for more in segments with so much payload. */
  private static boolean mayBeFull(RxSegment seg, int wireBytes) {
    int withOptions = wireBytes + seg.payloadIndex() - seg.upperIndex() - TCP_HEADER;
    // Of segments that were put together only the last one has such a flag.
    boolean end = seg.segments() == 1 && (seg.flags() & END) != 0;
    return withOptions >= DEFAULT_SEGMENT || withOptions >= LEAST_SEGMENT && !end;
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
