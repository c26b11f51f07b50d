package org.mptcp4j.lab.decode;

import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.wire.MpJoinSyn;
import org.mptcp4j.wire.MpJoinSynAck;
import org.mptcp4j.wire.RxSegment;

/**
 * What a capture told about one TCP four tuple. Direction 0 is from the end that was seen sending
 * first.
 */
final class Conversation {
  /** A four tuple, the same one in both directions. */
  record Key(IpAddress a, int aPort, IpAddress b, int bPort) {
    static Key of(RxSegment s) {
      IpAddress src = s.src();
      IpAddress dst = s.dst();
      int order = src.compareTo(dst);
      boolean forward = order != 0 ? order < 0 : s.srcPort() <= s.dstPort();
      return forward
          ? new Key(src, s.srcPort(), dst, s.dstPort())
          : new Key(dst, s.dstPort(), src, s.srcPort());
    }
  }

  private final IpAddress first;
  private final int firstPort;
  private final int[] initialSeq = new int[2];
  private final boolean[] initialSeqKnown = new boolean[2];
  private final MappingChecksums[] checksums = {new MappingChecksums(), new MappingChecksums()};
  private Session session;
  private int subflow;
  private int sideOfFirst;
  private MpJoinSyn joinSyn;
  private MpJoinSynAck joinSynAck;

  Conversation(RxSegment firstSeen) {
    first = firstSeen.src();
    firstPort = firstSeen.srcPort();
  }

  int direction(RxSegment s) {
    return s.src().equals(first) && s.srcPort() == firstPort ? 0 : 1;
  }

  /** Whether this is the first segment of another connection on the same four tuple. */
  boolean isReplacedBy(RxSegment s) {
    int d = direction(s);
    return s.syn() && !s.hasAck() && initialSeqKnown[d] && initialSeq[d] != s.seq();
  }

  /** Takes note of the numbers that relative ones count from. */
  void observe(RxSegment s) {
    int d = direction(s);
    if (!initialSeqKnown[d]) {
      initialSeq[d] = s.syn() ? s.seq() : s.seq() - 1;
      initialSeqKnown[d] = true;
    }
    if (!initialSeqKnown[1 - d] && s.hasAck()) {
      initialSeq[1 - d] = s.ack() - 1;
      initialSeqKnown[1 - d] = true;
    }
  }

  int relativeSeq(RxSegment s) {
    return s.seq() - initialSeq[direction(s)];
  }

  int relativeAck(RxSegment s) {
    return s.ack() - initialSeq[1 - direction(s)];
  }

  MappingChecksums checksums(int direction) {
    return checksums[direction];
  }

  /** Makes this a subflow of a connection, in which the end that was seen first is {@code side}. */
  void join(Session to, int side) {
    session = to;
    sideOfFirst = side;
    subflow = to.addSubflow();
  }

  /** The MPTCP connection, or null. */
  Session session() {
    return session;
  }

  /** The side of the connection that sends in this direction. */
  int side(int direction) {
    return direction == 0 ? sideOfFirst : 1 - sideOfFirst;
  }

  /** The name of the subflow. */
  String flow() {
    return session == null ? "-" : "c" + session.number() + "." + subflow;
  }

  void joinSyn(MpJoinSyn option) {
    joinSyn = option;
  }

  MpJoinSyn joinSyn() {
    return joinSyn;
  }

  void joinSynAck(MpJoinSynAck option) {
    joinSynAck = option;
  }

  MpJoinSynAck joinSynAck() {
    return joinSynAck;
  }
}
