package org.mptcp4j.tcp;

import static org.mptcp4j.wire.TcpFlags.ACK;
import static org.mptcp4j.wire.TcpFlags.AE;
import static org.mptcp4j.wire.TcpFlags.CWR;
import static org.mptcp4j.wire.TcpFlags.ECE;
import static org.mptcp4j.wire.TcpFlags.SYN;

import java.util.List;
import java.util.function.Consumer;
import org.mptcp4j.api.AccurateEcnRules;
import org.mptcp4j.api.AccurateEcnRules.OptionUse;
import org.mptcp4j.api.EcnMode;
import org.mptcp4j.wire.TxSegment;

/** A peer of a socket with Accurate ECN: handshakes, and the counter of three bits. */
final class EcnPeer {
  /** Payload of a full segment, with timestamps and the option of Accurate ECN. */
  static final int MSS = 1460 - 12 - 12;

  /** A SYN asks by all three flags. */
  static final int ASKS = SYN | AE | CWR | ECE;

  private EcnPeer() {}

  static ScriptedPeer of(AccurateEcnRules rules) {
    return new ScriptedPeer(
        TcpConfig.builder()
            .options(o -> o.quickAcks(0).ecn(EcnMode.ACCURATE).accurateEcn(rules))
            .build());
  }

  /** With what RFC 9768 recommends, but for when the option is sent. */
  static ScriptedPeer of(OptionUse use) {
    return of(new AccurateEcnRules(use, false, true));
  }

  /** The counter of a segment. */
  static int ace(ScriptedPeer.Sent s) {
    return s.flags() >> 6 & 7;
  }

  static int withAce(int count) {
    return ACK | (count & 7) << 6;
  }

  /** The option of the peer, with what it has received. */
  static Consumer<TxSegment> option(int e0b, int ceb, int e1b) {
    return s -> s.options().accurateEcn(3, e1b, ceb, e0b);
  }

  static boolean hasOption(ScriptedPeer.Sent s) {
    return s.ceBytes() >= 0;
  }

  /** The answer to a SYN that the socket has sent. */
  static void answer(ScriptedPeer peer, int flags, int codePoint) {
    peer.arrive(
        0,
        1,
        SYN | ACK | flags,
        0,
        s -> {
          ScriptedPeer.fullOptions(peer).accept(s);
          s.trafficClass(codePoint);
        });
  }

  /** A connection that the socket opens; returns its third ACK. */
  static ScriptedPeer.Sent connected(ScriptedPeer peer, int answer, int codePoint) {
    peer.connect();
    peer.one();
    peer.nowNs += 10 * ScriptedPeer.MS;
    answer(peer, answer, codePoint);
    ScriptedPeer.Sent third = peer.one();
    peer.arrive(1, 1, withAce(5), 0);
    return third;
  }

  /** A SYN that the socket accepts, or gets again. */
  static SegmentVerdict syn(ScriptedPeer peer, int flags, int codePoint) {
    return peer.arrive(
        0,
        0,
        flags,
        0,
        s -> {
          ScriptedPeer.fullOptions(peer).accept(s);
          s.trafficClass(codePoint);
        });
  }

  /** A connection that the socket accepts. */
  static void accepted(ScriptedPeer peer, int flagsOfThirdAck) {
    syn(peer, ASKS, Ecn.NOT_ECT);
    peer.one();
    peer.nowNs += 10 * ScriptedPeer.MS;
    peer.arrive(1, 1, ACK | flagsOfThirdAck, 0);
  }

  /** So many full segments that the socket sends. */
  static List<ScriptedPeer.Sent> flight(ScriptedPeer peer, int segments) {
    peer.write(segments * MSS);
    return peer.sent();
  }
}
