package org.mptcp4j.tcp;

import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.Seq32;
import org.mptcp4j.wire.TcpFlags;
import org.mptcp4j.wire.TcpOptions;
import org.mptcp4j.wire.TxSegment;

/**
 * What remains of a connection in TIME-WAIT: a few numbers instead of a {@link TcpSock}. It answers
 * retransmissions of the peer's FIN, and lets a new SYN, or a new connection of this end, reuse the
 * addresses when that is safe. A RST that is exactly where it must be ends it, as RFC 9293 section
 * 3.10.7.4 says and Linux does, unless {@link org.mptcp4j.api.TcpOptions#rfc1337()}; this departs
 * from the fix of RFC 1337 section 3, whose hazard is a RST that a delayed segment of this
 * connection caused: where both ends have timestamps, what comes late is told from what is new. One
 * thread.
 */
public final class TimeWaitSock {

  /** What to do with a segment that arrived for a connection in TIME-WAIT. */
  public enum Verdict {
    /** Nothing. */
    DROP,
    /** Send the segment that was filled in. */
    REPLY,
    /** Forget this object. */
    END,
    /** Forget this object and treat the segment, a SYN, as one for a new connection. */
    REUSE
  }

  private static final long REUSE_AFTER_NS = 1_000_000_000L;

  private final FourTuple tuple;
  private final int sndNxt;
  private final int rcvNxt;
  private final boolean timestamps;
  private final int tsOffset;
  private final int hopLimit;
  private final int trafficClass;
  private final int flags;
  private final int window;
  private final boolean rfc1337;
  private final long durationNs;
  private int tsRecent;
  private long expiryNs;
  private long lastReplyNs = Long.MIN_VALUE;

  TimeWaitSock(
      FourTuple tuple, int sndNxt, int rcvNxt, int window, TimestampClock clock, TcpSock of) {
    this.tuple = tuple;
    this.sndNxt = sndNxt;
    this.rcvNxt = rcvNxt;
    this.window = window;
    this.timestamps = clock.enabled();
    this.tsOffset = clock.offset();
    this.tsRecent = clock.recent();
    TcpConfig config = of.config;
    this.hopLimit = of.hopLimit();
    // RFC 9768 section 3.2.2: the flags of every ACK count what came with a mark.
    this.flags = TcpFlags.ACK | of.ecn.takeFlags(true, false);
    this.trafficClass = of.trafficClass() | of.ecn.codePoint(false);
    this.rfc1337 = config.options().rfc1337();
    this.durationNs = config.timeouts().timeWaitNs();
    this.expiryNs = of.life.timeWaitEndNs();
  }

  /**
   * The compact form of a connection. Its last ACK must have been polled; the socket should be
   * released afterwards.
   *
   * @throws IllegalStateException when the connection is not in TIME-WAIT
   */
  public static TimeWaitSock of(TcpSock sock) {
    return sock.toTimeWait();
  }

  /** Addresses and ports. */
  public FourTuple tuple() {
    return tuple;
  }

  /** When it may be forgotten. */
  public long expiryNs() {
    return expiryNs;
  }

  /**
   * Whether a new connection of this end may have the addresses and ports, as Linux does it. The
   * peer tells its segments from late ones by their timestamps, which must have moved on.
   */
  public boolean mayBeReused(long nowNs) {
    return timestamps && nowNs - (expiryNs - durationNs) >= REUSE_AFTER_NS;
  }

  /**
   * The initial sequence number of a connection that takes the place of this one: beyond all that
   * this one sent, in any window (RFC 9293 section 3.4.1).
   *
   * @param wanted what it would be otherwise
   */
  public int issBeyond(int wanted) {
    int least = sndNxt + 65_535 + 2;
    return Seq32.lt(wanted, least) ? least : wanted;
  }

  /**
   * A segment for these addresses and ports.
   *
   * @param reply filled when the verdict is {@link Verdict#REPLY}; link and traffic class are the
   *     caller's
   */
  public Verdict onSegment(long nowNs, RxSegment seg, TxSegment reply) {
    TcpOptions options = seg.options();
    boolean stamped = timestamps && options.hasTimestamps();
    boolean old = stamped && Seq32.lt(options.tsVal(), tsRecent);
    if (seg.rst()) {
      return !rfc1337 && !old && seg.seq() == rcvNxt ? Verdict.END : Verdict.DROP;
    }
    if (seg.syn() && !seg.hasAck()) {
      // RFC 6191 section 2: a SYN with a newer timestamp, or without timestamps with a higher
      // sequence number, may open a new incarnation.
      boolean newer = stamped && Seq32.gt(options.tsVal(), tsRecent);
      if (newer || (!old && Seq32.gt(seg.seq(), rcvNxt))) {
        return Verdict.REUSE;
      }
    }
    if (stamped && !old && Seq32.le(seg.seq(), rcvNxt)) {
      tsRecent = options.tsVal();
    }
    if (seg.fin() && !old && seg.seqEnd() == rcvNxt) {
      // RFC 9293 section 3.10.7.4: a retransmission of the remote FIN restarts the 2 MSL timeout.
      expiryNs = nowNs + durationNs;
      return answer(nowNs, reply);
    }
    if (!seg.syn() && seg.seqLength() == 0 && seg.seq() == rcvNxt) {
      return Verdict.DROP;
    }
    return answerRarely(nowNs, reply);
  }

  /**
   * A SYN that could open a new incarnation finds nobody who wants one: it is old, like any other.
   *
   * @see #onSegment
   */
  public Verdict onUnwantedSyn(long nowNs, TxSegment reply) {
    return answerRarely(nowNs, reply);
  }

  private Verdict answerRarely(long nowNs, TxSegment reply) {
    // RFC 5961 section 7: limited.
    if (lastReplyNs != Long.MIN_VALUE && nowNs - lastReplyNs < 500_000_000L) {
      return Verdict.DROP;
    }
    return answer(nowNs, reply);
  }

  private Verdict answer(long nowNs, TxSegment reply) {
    lastReplyNs = nowNs;
    reply.clear();
    reply.src(tuple.local()).srcPort(tuple.localPort());
    reply.dst(tuple.remote()).dstPort(tuple.remotePort());
    reply.seq(sndNxt).ack(rcvNxt).flags(flags).window(window);
    reply.hopLimit(hopLimit).trafficClass(trafficClass);
    if (timestamps) {
      reply.options().timestamps(TimestampClock.value(nowNs, tsOffset), tsRecent);
    }
    return Verdict.REPLY;
  }
}
