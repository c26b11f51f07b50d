package org.mptcp4j.testkit.replay;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.testkit.segment.WireSegment;
import org.mptcp4j.wire.MpCapable;
import org.mptcp4j.wire.MpJoinSyn;
import org.mptcp4j.wire.MpJoinSynAck;
import org.mptcp4j.wire.TcpFlags;

/**
 * One TCP flow of a capture: the end that is replayed, and what is known of the two that answer it,
 * the captured one and the stack.
 */
final class ReplayFlow {
  /** One of the two that answer. */
  static final class Answers {
    final List<WireSegment> segments = new ArrayList<>();
    OptionalInt iss = OptionalInt.empty();
    OptionalInt nonce = OptionalInt.empty();
    long sentTo;

    void add(WireSegment raw, int replayedIss) {
      if (raw.has(TcpFlags.SYN) && iss.isEmpty()) {
        iss = OptionalInt.of(raw.rawSeq());
      }
      WireSegment s = raw.relativeTo(iss.orElse(0), replayedIss);
      segments.add(s);
      sentTo = Math.max(sentTo, s.seq() + s.length() + (s.has(TcpFlags.SYN) ? 1 : 0));
      sentTo = s.has(TcpFlags.FIN) ? Math.max(sentTo, s.seq() + s.length() + 1) : sentTo;
      s.mptcp(MpJoinSyn.class).ifPresent(o -> nonce = OptionalInt.of(o.nonce()));
      s.mptcp(MpJoinSynAck.class).ifPresent(o -> nonce = OptionalInt.of(o.nonce()));
    }
  }

  private final IpAddress replayed;
  private final int replayedPort;
  private final IpAddress answering;
  private final int answeringPort;
  private final Answers captured = new Answers();
  private final Answers stack = new Answers();
  private Optional<ReplayConnection> connection = Optional.empty();
  private OptionalInt replayedIss = OptionalInt.empty();
  private OptionalInt replayedNonce = OptionalInt.empty();
  private OptionalInt stackPort = OptionalInt.empty();
  private int stackTimestamp;

  ReplayFlow(IpAddress replayed, int replayedPort, IpAddress answering, int answeringPort) {
    this.replayed = replayed;
    this.replayedPort = replayedPort;
    this.answering = answering;
    this.answeringPort = answeringPort;
  }

  boolean isBetween(IpAddress one, int onePort, IpAddress other, int otherPort) {
    return replayed.equals(one)
        && replayedPort == onePort
        && answering.equals(other)
        && answeringPort == otherPort;
  }

  /** Whether this segment begins another flow between the same ports. */
  boolean isOver(WireSegment s) {
    boolean fromReplayed = replayed.equals(s.src()) && replayedPort == s.srcPort();
    OptionalInt known = fromReplayed ? replayedIss : captured.iss;
    return s.has(TcpFlags.SYN) && known.isPresent() && known.getAsInt() != s.rawSeq();
  }

  // ---- from the capture

  void replayedSegment(WireSegment raw) {
    if (raw.has(TcpFlags.SYN)) {
      replayedIss = OptionalInt.of(raw.rawSeq());
    }
    raw.mptcp(MpJoinSyn.class).ifPresent(o -> replayedNonce = OptionalInt.of(o.nonce()));
    raw.mptcp(MpJoinSynAck.class).ifPresent(o -> replayedNonce = OptionalInt.of(o.nonce()));
    raw.mptcp(MpCapable.class)
        .filter(MpCapable::hasSenderKey)
        .ifPresent(o -> connection.ifPresent(c -> c.replayedKey(o.senderKey())));
  }

  void capturedAnswer(WireSegment raw) {
    captured.add(raw, replayedIss.orElse(0));
    raw.mptcp(MpCapable.class)
        .filter(MpCapable::hasSenderKey)
        .ifPresent(o -> connection.ifPresent(c -> c.capturedKey(o.senderKey())));
  }

  void connection(ReplayConnection belongsTo) {
    connection = Optional.of(belongsTo);
  }

  // ---- from the stack

  /** Whether the SYN of the stack can be the one that opened this flow in the capture. */
  boolean isOpenedBy(WireSegment syn) {
    return stackPort.isEmpty()
        && answering.equals(syn.src())
        && replayed.equals(syn.dst())
        && replayedPort == syn.dstPort()
        && !captured.segments.isEmpty()
        && captured.segments.get(0).has(TcpFlags.SYN)
        && !captured.segments.get(0).has(TcpFlags.ACK);
  }

  boolean isAnsweredBy(WireSegment s) {
    return stackPort.isPresent()
        && stackPort.getAsInt() == s.srcPort()
        && replayedPort == s.dstPort()
        && answering.equals(s.src())
        && replayed.equals(s.dst());
  }

  void stackPort(int port) {
    stackPort = OptionalInt.of(port);
  }

  void stackAnswer(WireSegment raw) {
    stack.add(raw, replayedIss.orElse(0));
    if (raw.options().hasTimestamps()) {
      stackTimestamp = raw.options().tsVal();
    }
    raw.mptcp(MpCapable.class)
        .filter(MpCapable::hasSenderKey)
        .ifPresent(o -> connection.ifPresent(c -> c.stackKey(o.senderKey())));
  }

  // ---- what is known

  /** Whether both handshakes are known, so that an acknowledgement can be translated. */
  boolean isTranslatable() {
    return captured.iss.isPresent() && stack.iss.isPresent();
  }

  boolean hasPort() {
    return stackPort.isPresent();
  }

  int port() {
    return stackPort.orElseThrow();
  }

  int answeringPort() {
    return answeringPort;
  }

  /** What to add to a sequence number of the captured end to have that of the stack. */
  int shift() {
    return stack.iss.orElseThrow() - captured.iss.orElseThrow();
  }

  /** Whether the stack has sent everything that this segment of the replayed end acknowledges. */
  boolean hasSentWhatIsAcknowledgedBy(WireSegment raw) {
    long acknowledged = Integer.toUnsignedLong(raw.rawAck() - captured.iss.orElseThrow());
    return stack.sentTo >= acknowledged;
  }

  int stackTimestamp() {
    return stackTimestamp;
  }

  Optional<ReplayConnection> connection() {
    return connection;
  }

  /** Whether the nonces of a join are known, in the capture and now. */
  boolean knowsNonces() {
    return replayedNonce.isPresent() && captured.nonce.isPresent() && stack.nonce.isPresent();
  }

  int replayedNonce() {
    return replayedNonce.orElseThrow();
  }

  int capturedNonce() {
    return captured.nonce.orElseThrow();
  }

  int stackNonce() {
    return stack.nonce.orElseThrow();
  }

  Answers captured() {
    return captured;
  }

  Answers stack() {
    return stack;
  }

  @Override
  public String toString() {
    return replayed + " port " + replayedPort + " with " + answering + " port " + answeringPort;
  }
}
