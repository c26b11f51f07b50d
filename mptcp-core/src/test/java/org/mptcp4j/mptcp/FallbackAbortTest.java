package org.mptcp4j.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.mptcp4j.api.Protocol;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.link.packet.ChecksumState;
import org.mptcp4j.mib.Mib;
import org.mptcp4j.wire.MpFail;
import org.mptcp4j.wire.MpFastclose;
import org.mptcp4j.wire.MpTcpRst;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.TcpFlags;

/**
 * A connection that has fallen back is aborted, and the peer may not know of the fallback: RFC 8684
 * sections 3.5 and 3.7.
 */
class FallbackAbortTest extends OneVictim {
  /** By what the victim falls back. */
  enum Cause {
    UNMAPPED,
    CHECKSUM,
    MP_FAIL,
    INFINITE_MAPPING
  }

  private final List<RxSegment> said = new ArrayList<>();
  private SessionKeys keys;

  private void start(Setting setting) {
    start(setting, new TestNet(1, 1));
    keys = victim.connection.cb().orElseThrow().keys();
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

  private void fallBack(Cause cause) {
    switch (cause) {
      case UNMAPPED -> {
        peer.plain(0, 300);
        net.run(2 * S);
      }
      case CHECKSUM ->
          peer.send(
              0,
              300,
              s ->
                  s.options()
                      .dssWithChecksum(ForgedPeer.MAPPED, una(), peer.dsn(0), peer.ssn(0), 300, 1));
      case MP_FAIL -> {
        peer.mapped(0, 300, 0, 300);
        peer.send(300, 0, s -> s.options().mptcp(new MpFail(una())));
      }
      case INFINITE_MAPPING -> {
        peer.mapped(0, 200, 0, 200);
        peer.send(
            200,
            100,
            s -> s.options().dss(ForgedPeer.MAPPED, una(), peer.dsn(200), peer.ssn(200), 0));
      }
    }
    assertReceived(300);
    assertThat(victim.connection.protocol()).isEqualTo(Protocol.MPTCP_FALLBACK);
  }

  private long una() {
    return victim.connection.meta().tx().una();
  }

  private RxSegment reset() {
    Flow flow = victim.connection.flows().get(0);
    said.clear();
    victim.connection.meta().abort();
    host.pump();
    RxSegment last = said.get(said.size() - 1);
    assertThat(last.rst()).isTrue();
    assertThat(flow.lastWord().isPresent())
        .as("what answers who asks again")
        .isEqualTo(last.options().mptcp(MpFastclose.class) != null);
    return last;
  }

  static Stream<Arguments> causes() {
    return settings().stream()
        .flatMap(
            setting ->
                Stream.of(Cause.values())
                    .filter(cause -> setting.checksums() || cause != Cause.CHECKSUM)
                    .map(cause -> Arguments.of(setting, cause)));
  }

  // A reset alone ends a subflow, to a peer that still speaks MPTCP.
  @ParameterizedTest
  @MethodSource("causes")
  void whoMayNotKnowOfTheFallbackHearsThatTheConnectionIsOver(Setting setting, Cause cause) {
    start(setting);
    fallBack(cause);
    RxSegment reset = reset();
    if (cause == Cause.INFINITE_MAPPING) {
      assertThat(reset.options().hasMptcp()).as("it fell back first").isFalse();
      return;
    }
    assertThat(reset.options().mptcp(MpFastclose.class))
        .isEqualTo(new MpFastclose(keys.remoteKey()));
    assertThat(reset.options().mptcp(MpTcpRst.class)).isNotNull();
    assertThat(host.count(Mib.MP_FASTCLOSE_TX)).isOne();
    assertThat(host.count(Mib.MP_RST_TX)).isOne();
  }

  // RFC 8684 section 3.7: between two ends that have fallen back there is no MPTCP any more.
  @ParameterizedTest
  @MethodSource("causes")
  void whoKnowsGetsTheResetOfTcp(Setting setting, Cause cause) {
    start(setting);
    fallBack(cause);
    peer.send(
        300, 100, s -> s.options().dss(ForgedPeer.MAPPED, una(), peer.dsn(300), peer.ssn(300), 0));
    assertReceived(400);
    assertThat(reset().options().hasMptcp()).isFalse();
    assertThat(host.count(Mib.MP_FASTCLOSE_TX)).isZero();
  }

  @ParameterizedTest
  @MethodSource("settings")
  void whoHasTheInfiniteMappingKnows(Setting setting) {
    start(setting);
    fallBack(Cause.UNMAPPED);
    victim.toSend += 100;
    host.pump();
    peer.send(300, 0, s -> {});
    assertThat(victim.connection.flows().get(0).tcp().inFlightBytes()).isZero();
    assertThat(reset().options().hasMptcp()).isFalse();
  }

  // What TCP has acknowledged the peer takes for delivered, when it has fallen back.
  @ParameterizedTest
  @MethodSource("settings")
  void whatWaitsForAMappingIsReadBeforeTheFastclose(Setting setting) {
    start(setting);
    peer.plain(0, 300);
    assertReceived(0);
    peer.send(
        300,
        0,
        s ->
            s.flags(TcpFlags.RST | TcpFlags.ACK)
                .options()
                .mptcp(new MpFastclose(victim.connection.cb().orElseThrow().keys().localKey())));
    assertReceived(300);
    assertThat(victim.connection.meta().error()).isEqualTo(SocketError.ECONNRESET);
    assertThat(host.count(Mib.MP_FASTCLOSE_RX)).isOne();
  }

  // Two ends of ours: options vanish where there is data, and nothing but the reset gets back.
  @ParameterizedTest
  @MethodSource("settings")
  void bothEndsSoonHearOfTheError(Setting setting) {
    start(setting);
    TestHost others = setting.client() ? net.server : net.client;
    TestApp other = others.apps.get(0);
    net.paths[0].drop =
        d -> {
          boolean back = Cutter.isFromClient(d) == setting.client();
          if (!back && Cutter.payload(d) > 0) {
            Cutter.blankMptcp(d);
          }
          return back && (d.getByte(33) & TcpFlags.RST) == 0;
        };
    long before = victim.received;
    other.toSend += 500;
    net.run(3 * S);
    assertThat(victim.connection.protocol()).isEqualTo(Protocol.MPTCP_FALLBACK);
    assertThat(victim.received - before).isEqualTo(500);
    assertThat(other.connection.protocol()).isEqualTo(Protocol.MPTCP);
    victim.connection.meta().abort();
    net.run(S);
    assertThat(other.connection.meta().error()).isEqualTo(SocketError.ECONNRESET);
    assertThat(other.leaked()).isZero();
    assertThat(net.client.flows() + net.server.flows()).isZero();
  }
}
