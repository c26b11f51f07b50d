package org.mptcp4j.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.mptcp4j.api.BufferRange;
import org.mptcp4j.api.Protocol;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.tcp.TcpState;
import org.mptcp4j.wire.MpFail;
import org.mptcp4j.wire.TcpFlags;

/** What a hand-made peer sends arrives in order exactly once, or the connection fails. */
class StreamByHandTest extends OneVictim {
  /** How the peer says that it goes on without MPTCP. */
  enum Signal {
    INFINITE_MAPPING {
      @Override
      void send(ForgedPeer peer, int position, int length) {
        peer.infinite(position, length);
      }
    },
    MP_FAIL {
      @Override
      void send(ForgedPeer peer, int position, int length) {
        peer.send(position, length, s -> s.options().mptcp(new MpFail(peer.dsn(position))));
      }
    };

    abstract void send(ForgedPeer peer, int position, int length);
  }

  static List<Arguments> settingsAndSignals() {
    return settings().stream()
        .flatMap(s -> Stream.of(Signal.values()).map(signal -> Arguments.of(s, signal)))
        .toList();
  }

  private void start(Setting setting) {
    start(setting, new TestNet(1, 1));
  }

  private Protocol protocol() {
    return victim.connection.protocol();
  }

  private TcpState subflow() {
    return victim.connection.flows().get(0).tcp().state();
  }

  // ---- fallback

  // RFC 8684 section 3.7: from an infinite mapping on the stream is the data.
  @ParameterizedTest
  @MethodSource("settingsAndSignals")
  void fallbackInTheMiddleOfAMapping(Setting setting, Signal signal) {
    start(setting);
    peer.mapped(0, 500, 0, 1_000);
    assertReceived(setting.checksums() ? 0 : 500);
    signal.send(peer, 500, 500);
    assertReceived(1_000);
    assertThat(protocol()).isEqualTo(Protocol.MPTCP_FALLBACK);
    peer.plain(1_000, 300);
    peer.send(1_300, 0, s -> s.flags(TcpFlags.ACK | TcpFlags.FIN));
    assertReceived(1_300);
    assertThat(victim.connection.meta().endOfStream()).isTrue();
  }

  @ParameterizedTest
  @MethodSource("settingsAndSignals")
  void fallbackBeforeTheBytesOfAMappingCome(Setting setting, Signal signal) {
    start(setting);
    peer.mapped(0, 400, 0, 1_000);
    peer.mapped(1_000, 200, 1_000, 500);
    signal.send(peer, 1_200, 300);
    assertReceived(400);
    peer.plain(400, 600);
    assertReceived(1_500);
    assertThat(protocol()).isEqualTo(Protocol.MPTCP_FALLBACK);
  }

  // A join that was never answered carried nothing.
  @ParameterizedTest
  @MethodSource("settingsAndSignals")
  void fallbackWhileAJoinIsUnderWay(Setting setting, Signal signal) {
    TestNet made = new TestNet(1, 2);
    made.paths[1].up = false;
    start(setting, made);
    assertThat(victim.connection.flows()).hasSize(setting.client() ? 2 : 1);
    peer.mapped(0, 500, 0, 1_000);
    signal.send(peer, 500, 500);
    assertReceived(1_000);
    assertThat(protocol()).isEqualTo(Protocol.MPTCP_FALLBACK);
    assertThat(victim.connection.flows()).hasSize(1);
    peer.plain(1_000, 300);
    assertReceived(1_300);
    net.run(100 * S);
    assertThat(victim.connection.flows()).hasSize(1);
  }

  // A mapping that says otherwise would be lost or doubled in a plain stream: no fallback.
  @ParameterizedTest
  @MethodSource("settingsAndSignals")
  void noFallbackAgainstAMapping(Setting setting, Signal signal) {
    start(setting);
    peer.mapped(0, 500, 0, 1_000);
    peer.send(
        2_000,
        100,
        s -> s.options().dss(ForgedPeer.MAPPED, 0, peer.dsn(9_000), peer.ssn(2_000), 100));
    signal.send(peer, 500, 500);
    assertThat(protocol()).isEqualTo(Protocol.MPTCP);
    host.pump();
    assertThat(victim.connection.flows()).isEmpty();
    net.run(30 * S);
    assertThat(victim.connection.meta().error()).isEqualTo(SocketError.EPROTO);
  }

  /** Data that its subflow acknowledges and the data level drops, for it is beyond the window. */
  private void sendBeyondTheWindow(int position, int length) {
    MetaSock meta = victim.connection.meta();
    int far = (int) (meta.window().acceptableEnd() - peer.dsn(0));
    peer.send(position, length, s -> peer.mapElsewhere(s, position, length, far));
    host.pump();
    assertThat(here().tcp().readSeq() - here().tcp().irs()).isEqualTo(peer.ssn(position + length));
  }

  // What was dropped comes again at the data level only: the subflow's bytes are not the data.
  @ParameterizedTest
  @MethodSource("settingsAndSignals")
  void noFallbackBehindDataThatWasDropped(Setting setting, Signal signal) {
    start(setting);
    peer.mapped(0, 500, 0, 500);
    sendBeyondTheWindow(500, 1_000);
    peer.send(1_500, 100, s -> peer.mapElsewhere(s, 1_500, 100, 500));
    signal.send(peer, 1_600, 100);
    net.run(200 * S);
    assertThat(protocol()).isEqualTo(Protocol.MPTCP);
    assertThat(victim.connection.meta().error()).isEqualTo(SocketError.EPROTO);
  }

  @ParameterizedTest
  @MethodSource("settings")
  void noCleanEndBehindDataThatWasDropped(Setting setting) {
    start(setting);
    peer.mapped(0, 500, 0, 500);
    sendBeyondTheWindow(500, 1_000);
    peer.send(1_500, 0, s -> s.flags(TcpFlags.ACK | TcpFlags.FIN));
    assertReceived(500);
    net.run(200 * S);
    assertThat(victim.connection.meta().endOfStream()).isFalse();
    assertThat(victim.connection.meta().error()).isEqualTo(SocketError.EPROTO);
  }

  // The same with what waits beyond a hole: nobody fills that any more.
  @ParameterizedTest
  @MethodSource("settings")
  void noCleanEndBehindAHole(Setting setting) {
    start(setting);
    peer.send(0, 500, s -> peer.mapElsewhere(s, 0, 500, 700));
    peer.send(500, 0, s -> s.flags(TcpFlags.ACK | TcpFlags.FIN));
    assertReceived(0);
    net.run(200 * S);
    assertThat(victim.connection.meta().endOfStream()).isFalse();
    assertThat(victim.connection.meta().error()).isEqualTo(SocketError.EPROTO);
  }

  // TCP has acknowledged what waits for its checksum, whatever the window of the data level.
  @ParameterizedTest
  @MethodSource("settingsAndSignals")
  void aFallbackDeliversWhatWaitsBeyondTheWindow(Setting setting, Signal signal) {
    receiveBuffer = new BufferRange(12_000, 12_000);
    start(setting);
    peer.mapped(0, 40_000, 0, 41_000);
    assertReceived(0);
    signal.send(peer, 40_000, 1_000);
    assertReceived(setting.checksums() ? 41_000 : 0);
    boolean fellBack = protocol() == Protocol.MPTCP_FALLBACK;
    assertThat(fellBack).isEqualTo(setting.checksums());
  }

  // RFC 8684 section 3.7: an infinite mapping says something about the data that comes with it.
  @ParameterizedTest
  @MethodSource("settings")
  void anAcknowledgementIsNoInfiniteMapping(Setting setting) {
    start(setting);
    peer.infinite(0, 0);
    assertThat(protocol()).isEqualTo(Protocol.MPTCP);
    peer.mapped(0, 100, 0, 100);
    assertReceived(100);
  }

  // ---- the end of the stream

  // RFC 8684 section 3.3.3: nothing follows a DATA_FIN.
  @ParameterizedTest
  @MethodSource("settingsAndSignals")
  void nothingFollowsTheDataFin(Setting setting, Signal signal) {
    start(setting);
    peer.mapped(0, 100, 0, 100);
    peer.dataFin(100);
    assertReceived(100);
    assertThat(victim.connection.meta().endOfStream()).isTrue();
    signal.send(peer, 100, 4);
    peer.plain(104, 1_000);
    assertReceived(100);
    assertThat(victim.connection.meta().endOfStream()).isTrue();
    assertThat(victim.had(ConnectionEvents.CLOSED)).isFalse();
  }

  @ParameterizedTest
  @MethodSource("settingsAndSignals")
  void aDataFinAheadOfItsDataEndsAPlainStream(Setting setting, Signal signal) {
    start(setting);
    peer.dataFin(600);
    signal.send(peer, 0, 500);
    assertReceived(500);
    peer.plain(500, 200);
    assertReceived(600);
    assertThat(victim.connection.meta().endOfStream()).isTrue();
  }

  // Bytes that the peer counted never came: that must not look like a whole stream.
  @ParameterizedTest
  @MethodSource("settingsAndSignals")
  void aPlainStreamThatEndsBeforeItsDataFinFails(Setting setting, Signal signal) {
    start(setting);
    peer.dataFin(600);
    signal.send(peer, 0, 500);
    peer.send(500, 0, s -> s.flags(TcpFlags.ACK | TcpFlags.FIN));
    assertReceived(500);
    assertThat(victim.connection.meta().endOfStream()).isFalse();
    assertThat(victim.connection.meta().error()).isEqualTo(SocketError.EPROTO);
  }

  @ParameterizedTest
  @MethodSource("settingsAndSignals")
  void dataBehindTheEndOfAClosedConnectionIsReleased(Setting setting, Signal signal) {
    start(setting);
    peer.dataFin(0);
    victim.connection.meta().close();
    host.pump();
    signal.send(peer, 0, 1);
    peer.send(1, 0, s -> s.ack(here().tcp().sndNxt()));
    List<ByteBuf> late = new ArrayList<>();
    for (int i = 0; i < 700; i++) {
      late.add(peer.plain(1 + 1_400 * i, 1_400));
      host.pump();
    }
    assertThat(late).allMatch(buf -> buf.refCnt() == 0);
    assertReceived(0);
  }

  private Flow here() {
    return victim.connection.flows().get(0);
  }

  // RFC 8684 section 3.3.3, RFC 9293 section 3.6: a FIN closes one direction.
  @ParameterizedTest
  @MethodSource("settings")
  void bytesLeaveAfterThePeersEnd(Setting setting) {
    start(setting);
    victim.closeAtEnd = false;
    peer.dataFin(0);
    host.pump();
    peer.fin(0);
    host.pump();
    assertThat(victim.connection.meta().endOfStream()).isTrue();
    assertThat(subflow()).isEqualTo(TcpState.CLOSE_WAIT);
    victim.toSend += 500;
    host.pump();
    assertThat(here().tcp().inFlightBytes()).isEqualTo(500);
    peer.acknowledge(1);
    assertThat(victim.connection.meta().bytesAcked()).isEqualTo(victim.toSend);
    victim.finish = true;
    host.pump();
    assertThat(victim.connection.meta().fin().sent()).isTrue();
    assertThat(subflow()).isEqualTo(TcpState.CLOSE_WAIT);
    peer.acknowledge(1);
    host.pump();
    assertThat(subflow()).isEqualTo(TcpState.LAST_ACK);
    peer.acknowledge(1);
    host.pump();
    assertThat(victim.connection.done()).isTrue();
    assertThat(victim.connection.meta().error()).isEqualTo(SocketError.NONE);
  }

  @ParameterizedTest
  @MethodSource("settings")
  void bytesLeaveAfterADataFinOnTheFin(Setting setting) {
    start(setting);
    victim.closeAtEnd = false;
    peer.send(
        0,
        100,
        s -> {
          s.flags(TcpFlags.ACK | TcpFlags.FIN);
          peer.map(s, ForgedPeer.MAPPED_WITH_FIN, 0, 100);
        });
    assertReceived(100);
    assertThat(victim.connection.meta().endOfStream()).isTrue();
    victim.toSend += 500;
    host.pump();
    assertThat(here().tcp().inFlightBytes()).isEqualTo(500);
  }

  // RFC 8684 section 3.3.3: FINs without a DATA_FIN end a connection after a time only.
  @ParameterizedTest
  @MethodSource("settings")
  void aFinWithoutDataFinIsNoEnd(Setting setting) {
    start(setting);
    peer.fin(0);
    victim.toSend += 500;
    host.pump();
    assertThat(victim.connection.meta().endOfStream()).isFalse();
    assertThat(here().tcp().inFlightBytes()).isEqualTo(500);
    peer.acknowledge(1);
    net.run(200 * S);
    assertThat(victim.connection.meta().error()).isEqualTo(SocketError.ETIMEDOUT);
    assertThat(victim.connection.done()).isTrue();
  }

  // ---- mappings

  // Linux does so when a close follows a write whose tail had to wait.
  @ParameterizedTest
  @MethodSource("settings")
  void aMappingIsRepeatedWithADataFin(Setting setting) {
    start(setting);
    peer.mapped(0, 1_400, 0, 1_729);
    peer.mappedWithFin(1_400, 329, 0, 1_729);
    assertReceived(1_729);
    assertThat(victim.connection.meta().endOfStream()).isTrue();
    assertThat(victim.connection.flows()).hasSize(1);
  }

  @ParameterizedTest
  @MethodSource("settings")
  void aWholeMappingIsRepeatedLonger(Setting setting) {
    start(setting);
    peer.mapped(0, 1_000, 0, 1_000);
    assertReceived(1_000);
    peer.mapped(1_000, 333, 0, 1_501);
    assertReceived(setting.checksums() ? 1_000 : 1_333);
    peer.mappedWithFin(1_333, 168, 0, 1_501);
    assertReceived(1_501);
    assertThat(victim.connection.meta().endOfStream()).isTrue();
  }

  @ParameterizedTest
  @MethodSource("settings")
  void aMappingThatBeginsBeforeAHalfReceivedOne(Setting setting) {
    start(setting);
    peer.mapped(0, 1_000, 0, 1_000);
    peer.mapped(1_000, 200, 1_000, 500);
    peer.mapped(1_200, 300, 0, 1_500);
    assertReceived(1_500);
    assertThat(victim.connection.meta().error()).isEqualTo(SocketError.NONE);
  }

  // RFC 8684 section 3.3: where checksums are used a mapping without one is the end of its subflow.
  // Where none are used, each is repeated longer by the next before it is whole.
  @ParameterizedTest
  @MethodSource("settings")
  void mappingsWithoutTheirChecksumAreNotKept(Setting setting) {
    start(setting);
    List<ByteBuf> sent = new ArrayList<>();
    for (int i = 0; i < 100 && victim.connection.meta().error() == SocketError.NONE; i++) {
      int at = 1_400 * i;
      int ssn = peer.ssn(at);
      long dsn = peer.dsn(at);
      sent.add(peer.send(at, 1_400, s -> s.options().dss(ForgedPeer.MAPPED, 0, dsn, ssn, 2_800)));
    }
    host.pump();
    assertThat(protocol()).isEqualTo(Protocol.MPTCP);
    assertReceived(setting.checksums() ? 0 : 140_000);
    assertThat(victim.connection.flows()).hasSize(setting.checksums() ? 0 : 1);
    assertThat(sent).hasSize(100).allMatch(buf -> buf.refCnt() == 0);
  }

  // A sender appends to what it wrote while parts of it are sent, lost, late and repeated.
  @ParameterizedTest
  @MethodSource("settings")
  void mappingsGrowWhileTheirSegmentsAreReordered(Setting setting) {
    for (int seed = 0; seed < 100; seed++) {
      start(setting);
      int total = growing(new SplittableRandom(seed));
      assertReceived(total);
      assertThat(victim.connection.meta().endOfStream()).as("seed %d", seed).isTrue();
      assertThat(victim.connection.flows()).as("seed %d", seed).hasSize(1);
      net.close();
    }
  }

  private int growing(SplittableRandom random) {
    List<Runnable> segments = new ArrayList<>();
    int mappings = random.nextInt(1, 6);
    int from = 0;
    for (int m = 0; m < mappings; m++) {
      int start = from;
      int mapped = 0;
      int sent = 0;
      int length = random.nextInt(1, 4_000);
      boolean last = m == mappings - 1;
      while (sent < length) {
        if (sent == mapped || mapped < length && random.nextInt(3) == 0) {
          mapped = random.nextInt(mapped, length) + 1;
        }
        int at = start + sent;
        int bytes = random.nextInt(mapped - sent) + 1;
        int end = mapped;
        boolean fin = last && end == length && random.nextBoolean();
        segments.add(
            fin
                ? () -> peer.mappedWithFin(at, bytes, start, end)
                : () -> peer.mapped(at, bytes, start, end));
        sent += bytes;
      }
      from += length;
    }
    int total = from;
    segments.add(() -> peer.dataFin(total));
    for (int i = segments.size() - 1; i > 0; i--) {
      if (random.nextInt(4) == 0) {
        segments.add(random.nextInt(segments.size()), segments.get(i)); // repeated
      }
      segments.add(random.nextInt(segments.size()), segments.remove(i));
    }
    segments.forEach(Runnable::run);
    return total;
  }

  // Small segments behind a hole: more of them than there may be mappings.
  @ParameterizedTest
  @MethodSource("settings")
  void thousandsOfMappingsBehindAHole(Setting setting) {
    start(setting);
    int count = RxMappings.LIMIT + 1_000;
    for (int i = 1; i < count; i++) {
      peer.mapped(20 * i, 20, 20 * i, 20);
      host.pump();
    }
    assertReceived(0);
    assertThat(victim.connection.flows()).hasSize(1);
    for (int i = 0; i < count; i++) { // what was not acknowledged comes again
      peer.mapped(20 * i, 20, 20 * i, 20);
    }
    assertReceived(20L * count);
    assertThat(victim.connection.flows()).hasSize(1);
  }
}
