package org.mptcp4j.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mptcp4j.api.MptcpException;
import org.mptcp4j.api.Protocol;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.link.packet.ChecksumState;
import org.mptcp4j.mib.Mib;
import org.mptcp4j.pm.PeerReset;
import org.mptcp4j.wire.Dss;
import org.mptcp4j.wire.MpFail;
import org.mptcp4j.wire.MpTcpRst;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.TcpFlags;
import org.mptcp4j.wire.TxSegment;

/**
 * RFC 8684 section 3.7 in mid-connection, with a hand-made peer: what is heard and what is said.
 */
class FallbackTest extends OneVictim {
  private final List<RxSegment> said = new ArrayList<>();

  static List<Setting> withChecksums() {
    return settings().stream().filter(Setting::checksums).toList();
  }

  private void start(Setting setting) {
    start(setting, new TestNet(1, 1));
    said.clear();
    net.paths[0].up = true;
    net.paths[0].drop =
        datagram -> {
          ByteBuf kept = datagram.copy();
          RxSegment rx = new RxSegment();
          rx.parse(kept, ChecksumState.PARTIAL, 0);
          said.add(rx);
          kept.release();
          return true;
        };
  }

  private void assertFellBack() {
    assertThat(victim.connection.protocol()).isEqualTo(Protocol.MPTCP_FALLBACK);
    assertThat(victim.connection.meta().error()).isEqualTo(SocketError.NONE);
  }

  private List<RxSegment> said() {
    host.pump();
    List<RxSegment> taken = List.copyOf(said);
    said.clear();
    return taken;
  }

  private List<MpFail> fails(List<RxSegment> segments) {
    return segments.stream()
        .map(s -> s.options().mptcp(MpFail.class))
        .filter(o -> o != null)
        .toList();
  }

  private Flow here() {
    return victim.connection.flows().get(0);
  }

  /** A segment whose checksum is wrong. */
  private void corrupted(int position, int length) {
    peer.send(
        position,
        length,
        s ->
            s.options()
                .dssWithChecksum(
                    ForgedPeer.MAPPED, ack(), peer.dsn(position), peer.ssn(position), length, 1));
  }

  private long ack() {
    return victim.connection.meta().tx().nxt();
  }

  private void plainAck(int position) {
    peer.send(position, 0, s -> {});
  }

  private void reset(RxSegment segment, int reason) {
    assertThat(segment.rst()).isTrue();
    assertThat(segment.options().mptcp(MpTcpRst.class).reason()).isEqualTo(reason);
  }

  // ---- a wrong checksum

  // "In the rare case that the data is not contiguous ... the receiver MUST close the subflow with
  // a
  // RST with MP_FAIL."
  @ParameterizedTest
  @MethodSource("withChecksums")
  void aWrongChecksumWhereDataIsMissing(Setting setting) {
    start(setting);
    peer.send(0, 100, s -> peer.mapElsewhere(s, 0, 100, 500));
    corrupted(100, 300);
    assertReceived(0);
    List<RxSegment> answers = said();
    RxSegment last = answers.get(answers.size() - 1);
    reset(last, PeerReset.MIDDLEBOX);
    assertThat(fails(List.of(last))).containsExactly(new MpFail(peer.dsn(100)));
    assertThat(victim.connection.protocol()).isEqualTo(Protocol.MPTCP);
  }

  // "it will send back an MP_FAIL option on the subflow-level ACK, referring to the data-level
  // sequence number of the start of the segment"; "failed data MUST NOT be DATA_ACKed".
  @ParameterizedTest
  @MethodSource("withChecksums")
  void aWrongChecksumOnTheOnlySubflow(Setting setting) {
    start(setting);
    peer.mapped(0, 500, 0, 500);
    corrupted(500, 300);
    assertReceived(800);
    assertFellBack();
    List<RxSegment> answers = said();
    assertThat(fails(answers)).containsExactly(new MpFail(peer.dsn(500)));
    RxSegment answer = answers.get(answers.size() - 1);
    assertThat(answer.payloadLength()).isZero();
    assertThat(answer.ack()).isEqualTo(here().tcp().rcvNxt());
    assertThat(answer.options().dss().dataAck()).isEqualTo(peer.dsn(500));
    assertThat(host.count(Mib.MP_FAIL_TX)).isOne();
    assertThat(host.count(Mib.DATA_CSUM_ERR)).isOne();

    // In flight still, mapped, right or wrong: the bytes are the stream.
    peer.mapped(800, 200, 800, 200);
    corrupted(1_000, 200);
    assertReceived(1_200);
    peer.send(1_200, 100, s -> infinite(s, 1_200));
    assertReceived(1_300);
    assertThat(host.count(Mib.INFINITE_MAP_RX)).isOne();
    said();
    peer.plain(1_300, 200);
    assertReceived(1_500);
    // RFC 8684 section 3.7: no DATA_ACKs after an infinite mapping.
    assertThat(said()).isNotEmpty().noneMatch(s -> s.options().hasMptcp());
    peer.send(1_500, 0, s -> s.flags(TcpFlags.ACK | TcpFlags.FIN));
    assertReceived(1_500);
    assertThat(victim.connection.meta().endOfStream()).isTrue();
  }

  // A FIN of TCP has no data sequence number: DATA_ACK has nothing to say of it. A DATA_FIN has.
  @ParameterizedTest
  @MethodSource("withChecksums")
  void theEndAfterAWrongChecksum(Setting setting) {
    for (boolean numbered : new boolean[] {false, true}) {
      start(setting);
      corrupted(0, 300);
      if (numbered) {
        peer.dataFin(300);
      }
      said();
      peer.fin(300);
      net.run(S / 10);
      assertReceived(300);
      assertThat(victim.connection.meta().endOfStream()).isTrue();
      assertThat(said())
          .isNotEmpty()
          .allMatch(s -> s.options().dss().dataAck() == peer.dsn(numbered ? 301 : 300));
    }
  }

  // Whatever changed the data may have made it longer than a DATA_FIN said before.
  @ParameterizedTest
  @MethodSource("withChecksums")
  void theEndOfChangedDataIsThatOfTcp(Setting setting) {
    start(setting);
    peer.dataFin(300);
    corrupted(0, 300);
    peer.plain(300, 3);
    peer.fin(303);
    net.run(S / 10);
    assertReceived(303);
    assertThat(victim.connection.meta().endOfStream()).isTrue();
  }

  private void infinite(TxSegment s, int position) {
    s.options()
        .dssWithChecksum(ForgedPeer.MAPPED, ack(), peer.dsn(position), peer.ssn(position), 0, 0);
  }

  @ParameterizedTest
  @MethodSource("withChecksums")
  void aWrongChecksumOfAMappingInPieces(Setting setting) {
    start(setting);
    Consumer<TxSegment> wrong =
        s ->
            s.options().dssWithChecksum(ForgedPeer.MAPPED, ack(), peer.dsn(0), peer.ssn(0), 900, 1);
    peer.send(0, 300, wrong);
    peer.send(600, 300, wrong);
    assertReceived(0);
    peer.send(300, 300, wrong);
    assertReceived(900);
    assertFellBack();
    assertThat(fails(said())).containsExactly(new MpFail(peer.dsn(0)));
  }

  // The peer must know: MP_FAIL is repeated until it answers.
  @ParameterizedTest
  @MethodSource("withChecksums")
  void mpFailIsRepeatedUntilItIsAnswered(Setting setting) {
    start(setting);
    corrupted(0, 300);
    said();
    net.run(10 * S);
    assertThat(fails(said())).hasSize(3).containsOnly(new MpFail(peer.dsn(0)));
    peer.send(300, 0, s -> s.options().mptcp(new MpFail(ack())));
    net.run(200 * S);
    assertThat(fails(said())).isEmpty();
    assertFellBack();
    assertThat(host.count(Mib.MP_FAIL_RX)).isOne();
  }

  // A peer that sends without options has understood.
  @ParameterizedTest
  @MethodSource("withChecksums")
  void plainDataAnswersMpFail(Setting setting) {
    start(setting);
    corrupted(0, 300);
    peer.plain(300, 100);
    assertReceived(400);
    said();
    net.run(200 * S);
    assertThat(fails(said())).isEmpty();
    assertFellBack();
  }

  // Linux: the peer has 120 s.
  @ParameterizedTest
  @MethodSource("withChecksums")
  void aPeerThatNeverAnswersMpFailIsReset(Setting setting) {
    start(setting);
    corrupted(0, 300);
    assertReceived(300);
    net.run(119 * S);
    assertFellBack();
    net.run(2 * S);
    assertThat(victim.connection.meta().error()).isEqualTo(SocketError.EPROTO);
    assertThat(said()).anyMatch(RxSegment::rst);
  }

  // Both ends find something wrong at once: each takes the other's MP_FAIL for the answer.
  @ParameterizedTest
  @MethodSource("withChecksums")
  void bothEndsFailAtOnce(Setting setting) {
    start(setting);
    corrupted(0, 300);
    assertThat(fails(said())).hasSize(1);
    peer.send(300, 0, s -> s.options().mptcp(new MpFail(ack())));
    assertThat(fails(said())).isEmpty();
    // Ours was lost, so that the peer asks again.
    peer.send(300, 0, s -> s.options().mptcp(new MpFail(ack())));
    assertThat(fails(said())).hasSize(1);
    // Two ends must not answer each other for ever.
    for (int i = 0; i < 100; i++) {
      peer.send(300, 0, s -> s.options().mptcp(new MpFail(ack())));
    }
    assertThat(fails(said()).size()).isLessThan(10);
    assertFellBack();
  }

  // ---- MP_FAIL received

  // "the receiver of an MP_FAIL MUST also respond with an MP_FAIL in the reverse direction"; "an
  // infinite mapping ... on the first new packet".
  @ParameterizedTest
  @MethodSource("settings")
  void mpFailIsAnsweredByMpFailAndAnInfiniteMapping(Setting setting) {
    start(setting);
    long sent = ack();
    peer.send(0, 0, s -> s.options().mptcp(new MpFail(sent - 100)));
    List<RxSegment> answers = said();
    assertThat(fails(answers)).containsExactly(new MpFail(peer.dsn(0)));
    assertFellBack();
    victim.toSend += 3_000;
    List<RxSegment> data = said();
    Dss first = data.get(0).options().dss();
    assertThat(first.hasMapping()).isTrue();
    assertThat(first.length()).isZero();
    assertThat(first.dsn()).isEqualTo(sent);
    assertThat(first.hasChecksum()).isEqualTo(setting.checksums());
    assertThat(first.checksum()).isZero();
    assertThat(host.count(Mib.INFINITE_MAP_TX)).isOne();

    // Lost: the infinite mapping comes again; acknowledged by TCP it does not.
    net.run(2 * S);
    assertThat(said()).anyMatch(s -> s.options().dss().hasMapping());
    plainAck(0);
    assertThat(victim.connection.meta().bytesAcked()).isEqualTo(victim.sent);
    victim.toSend += 1_000;
    assertThat(said()).isNotEmpty().noneMatch(s -> s.options().hasMptcp());
  }

  // What is in flight keeps its mapping when it is sent again: the peer may not have fallen back.
  @ParameterizedTest
  @MethodSource("settings")
  void mappingsInFlightAreRepeated(Setting setting) {
    start(setting);
    long first = ack();
    victim.toSend += 1_000;
    assertThat(said()).isNotEmpty();
    int una = here().tcp().sndUna();
    peer.send(0, 0, s -> s.ack(una).options().mptcp(new MpFail(first)));
    said();
    net.run(2 * S);
    List<RxSegment> again = said().stream().filter(s -> s.payloadLength() > 0).toList();
    assertThat(again).isNotEmpty();
    assertThat(again.get(0).options().dss().dsn()).isEqualTo(first);
    assertThat(again.get(0).options().dss().length()).isPositive();
  }

  // A peer that has not understood may still end its data by a DATA_FIN.
  @ParameterizedTest
  @MethodSource("settings")
  void aDataFinAfterMpFailIsTaken(Setting setting) {
    start(setting);
    victim.closeAtEnd = false;
    peer.send(0, 0, s -> s.options().mptcp(new MpFail(ack())));
    peer.mapped(0, 100, 0, 100);
    assertReceived(100);
    peer.dataFin(100);
    host.pump();
    assertThat(victim.connection.meta().endOfStream()).isTrue();
    List<RxSegment> answers = said();
    assertThat(answers.get(answers.size() - 1).options().dss().dataAck()).isEqualTo(peer.dsn(101));
  }

  // ---- the infinite mapping

  // It may begin where the peer's last acknowledged segment did, or with this one: in a stream that
  // was in order all the time both are the same mapping.
  @ParameterizedTest
  @MethodSource("settings")
  void anInfiniteMappingActsRetroactively(Setting setting) {
    start(setting);
    peer.mapped(0, 500, 0, 500);
    peer.send(
        500,
        100,
        s -> s.options().dss(ForgedPeer.MAPPED, ack(), peer.dsn(-200), peer.ssn(-200), 0));
    assertReceived(600);
    assertFellBack();
  }

  @ParameterizedTest
  @MethodSource("settings")
  void anInfiniteMappingOf32Bits(Setting setting) {
    start(setting);
    int flags = Dss.ACK | Dss.ACK64 | Dss.MAP;
    peer.send(
        0, 100, s -> s.options().dss(flags, ack(), peer.dsn(0) & 0xffff_ffffL, peer.ssn(0), 0));
    assertReceived(100);
    assertFellBack();
  }

  // It says that data is missing, or comes twice: what it maps is not what comes next.
  @ParameterizedTest
  @MethodSource("settings")
  void anInfiniteMappingElsewhereIsRefused(Setting setting) {
    start(setting);
    peer.send(
        0, 100, s -> s.options().dss(ForgedPeer.MAPPED, ack(), peer.dsn(-50), peer.ssn(0), 0));
    assertReceived(0);
    assertThat(victim.connection.protocol()).isEqualTo(Protocol.MPTCP);
    List<RxSegment> answers = said();
    reset(answers.get(answers.size() - 1), MpTcpRst.MPTCP_ERROR);
  }

  // A peer that repeats data at the data level after the fallback: it must not be taken twice.
  @ParameterizedTest
  @MethodSource("settings")
  void laterMappingsMustFitTheStream(Setting setting) {
    start(setting);
    peer.mapped(0, 500, 0, 500);
    peer.infinite(500, 100);
    peer.mapped(600, 100, 600, 100);
    assertReceived(700);
    peer.send(
        700,
        100,
        s -> s.options().dss(ForgedPeer.MAPPED, ack(), peer.dsn(600), peer.ssn(700), 100));
    assertReceived(700);
    assertThat(victim.connection.meta().error()).isEqualTo(SocketError.EPROTO);
    assertThat(said()).anyMatch(RxSegment::rst);
  }

  // ---- options are lost on the way to here

  @ParameterizedTest
  @MethodSource("settings")
  void dataWithoutMappingsInMidConnection(Setting setting) {
    start(setting);
    peer.mapped(0, 500, 0, 500);
    assertReceived(500);
    peer.plain(500, 300);
    net.run(2 * S);
    assertReceived(800);
    assertFellBack();
    assertThat(host.count(Mib.DSS_FALLBACK)).isOne();
    assertThat(fails(said())).isNotEmpty();
    peer.plain(800, 100);
    peer.send(900, 0, s -> s.flags(TcpFlags.ACK | TcpFlags.FIN));
    assertReceived(900);
    assertThat(victim.connection.meta().endOfStream()).isTrue();
    net.run(300 * S);
    assertThat(victim.connection.meta().error()).isEqualTo(SocketError.NONE);
  }

  @ParameterizedTest
  @MethodSource("settings")
  void muchDataWithoutMappingsIsNotWaitedFor(Setting setting) {
    start(setting);
    for (int i = 0; i < 60; i++) {
      peer.plain(1_400 * i, 1_400);
    }
    assertReceived(84_000);
    assertFellBack();
  }

  // A gateway that knows the application added bytes before the mapping.
  @ParameterizedTest
  @MethodSource("settings")
  void bytesBeforeTheirMapping(Setting setting) {
    start(setting);
    peer.mapped(0, 500, 0, 500);
    peer.send(500, 303, s -> peer.mapElsewhere(s, 503, 300, 500));
    net.run(2 * S);
    assertReceived(803);
    assertFellBack();
    // It goes on so.
    peer.send(803, 100, s -> peer.mapElsewhere(s, 803, 100, 800));
    assertReceived(903);
    assertFellBack();
  }

  // Bytes that the peer has mapped elsewhere would be lost or doubled: no fallback.
  @ParameterizedTest
  @MethodSource("settings")
  void dataBehindAHoleIsNoStream(Setting setting) {
    start(setting);
    peer.send(0, 100, s -> peer.mapElsewhere(s, 0, 100, 500));
    peer.plain(100, 100);
    net.run(2 * S);
    assertThat(victim.connection.protocol()).isEqualTo(Protocol.MPTCP);
    assertThat(said()).anyMatch(RxSegment::rst);
  }

  // Who speaks MPTCP sends a DATA_ACK with its FIN.
  @ParameterizedTest
  @MethodSource("settings")
  void aFinWithoutAnyOptionIsTheEnd(Setting setting) {
    start(setting);
    victim.closeAtEnd = false;
    peer.mapped(0, 500, 0, 500);
    peer.plain(500, 100);
    peer.send(600, 0, s -> s.flags(TcpFlags.ACK | TcpFlags.FIN));
    assertReceived(600);
    assertThat(victim.connection.meta().endOfStream()).isTrue();
    assertFellBack();
    said();
    victim.toSend += 500;
    victim.finish = true;
    assertThat(said()).anyMatch(s -> s.payloadLength() == 500).anyMatch(RxSegment::fin);
  }

  // A peer that fell back, and could not say so, takes what TCP acknowledged for delivered.
  @ParameterizedTest
  @MethodSource("settings")
  void aResetWithoutAnyOptionIsTheEndOfAStream(Setting setting) {
    start(setting);
    peer.mapped(0, 500, 0, 500);
    peer.plain(500, 100);
    peer.plain(700, 50);
    resets(750, s -> {});
    assertReceived(600);
    MetaSock meta = victim.connection.meta();
    assertThat(meta.endOfStream()).isFalse();
    assertThat(meta.error()).isEqualTo(SocketError.ECONNRESET);
    assertThat(victim.connection.done()).isTrue();
  }

  // What speaks MPTCP sends the data again, on a new subflow.
  @ParameterizedTest
  @MethodSource("settings")
  void aResetOfASubflowIsNot(Setting setting) {
    start(setting);
    peer.mapped(0, 500, 0, 500);
    peer.plain(500, 100);
    resets(600, s -> s.options().mptcp(new MpTcpRst(0, MpTcpRst.MIDDLEBOX)));
    assertGoesOn(500);
    start(setting);
    peer.mapped(0, 500, 0, 900);
    resets(500, s -> {});
    assertGoesOn(setting.checksums() ? 0 : 500);
    start(setting);
    peer.send(0, 100, s -> peer.mapElsewhere(s, 0, 100, 500));
    peer.plain(100, 100);
    resets(200, s -> {});
    assertGoesOn(0);
  }

  // Before the only subflow is closed it is decided what the bytes are that wait.
  @ParameterizedTest
  @MethodSource("settings")
  void theOnlySubflowIsNotClosedWhileBytesWait(Setting setting) throws MptcpException {
    start(setting);
    peer.mapped(0, 500, 0, 500);
    peer.plain(500, 100);
    victim.connection.paths("reset").reset(0, new PeerReset(PeerReset.UNSPECIFIED, true));
    victim.connection.onTimeout(net.nowNs());
    assertReceived(600);
    assertFellBack();
    peer.plain(600, 100);
    assertReceived(700);
    start(setting);
    peer.send(0, 100, s -> peer.mapElsewhere(s, 0, 100, 500));
    peer.plain(100, 100);
    victim.connection.paths("reset").reset(0, new PeerReset(PeerReset.UNSPECIFIED, true));
    victim.connection.onTimeout(net.nowNs());
    assertGoesOn(0);
  }

  private void resets(int position, Consumer<TxSegment> options) {
    peer.send(position, 0, s -> options.accept(s.flags(TcpFlags.ACK | TcpFlags.RST)));
  }

  private void assertGoesOn(int bytes) {
    assertReceived(bytes);
    assertThat(victim.connection.protocol()).isEqualTo(Protocol.MPTCP);
    assertThat(victim.connection.meta().closed()).isFalse();
    assertThat(victim.connection.flows()).isEmpty();
  }

  // ---- options are lost on the way back

  @ParameterizedTest
  @MethodSource("settings")
  void acknowledgementsWithoutDataAckInMidConnection(Setting setting) {
    start(setting);
    victim.toSend += 3_000;
    said();
    plainAck(0);
    assertThat(victim.connection.protocol()).isEqualTo(Protocol.MPTCP);
    assertThat(victim.connection.meta().bytesAcked()).isLessThan(victim.sent);
    net.run(5 * S);
    assertFellBack();
    assertThat(victim.connection.meta().bytesAcked()).isEqualTo(victim.sent);
    // Nothing was sent a second time.
    assertThat(said()).noneMatch(s -> s.payloadLength() > 0);
    assertThat(host.count(Mib.MPTCP_RETRANS)).isZero();
    victim.toSend += 100;
    List<RxSegment> data = said();
    assertThat(data.get(0).options().dss().length()).isZero();
    assertThat(data.get(0).options().dss().hasMapping()).isTrue();
  }

  // A box that acknowledges on its own account is no reason: the DATA_ACK comes later.
  @ParameterizedTest
  @MethodSource("settings")
  void anEarlyAcknowledgementOfABoxIsNoReason(Setting setting) {
    start(setting);
    victim.toSend += 3_000;
    said();
    plainAck(0);
    peer.acknowledge(0);
    net.run(5 * S);
    assertThat(victim.connection.protocol()).isEqualTo(Protocol.MPTCP);
    assertThat(victim.connection.meta().bytesAcked()).isEqualTo(victim.sent);
  }

  // Nor is anything sent to it a second time, of which it hears that it was taken.
  @ParameterizedTest
  @MethodSource("settings")
  void whatWaitedForMappingsThenIsAcknowledged(Setting setting) {
    start(setting);
    victim.toSend += 3_000;
    said();
    peer.plain(0, 100);
    net.runUntil(() -> victim.connection.cb().isEmpty(), net.nowNs() + S);
    assertReceived(100);
    assertFellBack();
    List<RxSegment> answers = said();
    assertThat(fails(answers)).containsExactly(new MpFail(peer.dsn(0)));
    assertThat(answers.get(answers.size() - 1).options().dss().dataAck()).isEqualTo(peer.dsn(100));
  }

  // It may have fallen back, and its word be lost: what goes out again would be in its stream
  // twice.
  @ParameterizedTest
  @MethodSource("settings")
  void nothingGoesOutAgainBeforeThePeerAnswers(Setting setting) {
    start(setting);
    long had = ack();
    victim.toSend += 3_000;
    said();
    peer.send(0, 0, s -> s.options().dssAck64(had));
    net.run(5 * S);
    assertThat(said()).isNotEmpty().noneMatch(s -> s.payloadLength() > 0);
    peer.send(0, 0, s -> s.options().dssAck64(had));
    net.run(10 * S);
    assertThat(said()).anyMatch(s -> s.payloadLength() > 0);
  }

  // The DATA_FIN never arrives, the FIN of TCP does.
  @ParameterizedTest
  @MethodSource("settings")
  void aDataFinThatIsNeverAnsweredBecomesAFin(Setting setting) {
    start(setting);
    neverAnswered(0);
  }

  // The peer's own end, which has a data sequence number and no byte, changes nothing of that.
  @ParameterizedTest
  @MethodSource("settings")
  void aDataFinThatIsNeverAnsweredBehindThePeersOwn(Setting setting) {
    start(setting);
    peer.mapped(0, 500, 0, 500);
    assertReceived(500);
    peer.dataFin(500);
    neverAnswered(500);
  }

  private void neverAnswered(int position) {
    long end = ack();
    victim.closeAtEnd = false;
    victim.finish = true;
    host.pump();
    assertThat(victim.connection.meta().fin().sent()).isTrue();
    net.paths[0].drop =
        d -> {
          RxSegment rx = new RxSegment();
          rx.parse(d, ChecksumState.PARTIAL, 0);
          said.add(rx);
          peer.send(position, 0, s -> s.options().dssAck64(end));
          return true;
        };
    net.run(50 * S);
    assertFellBack();
    assertThat(said()).anyMatch(RxSegment::fin);
  }
}
