package org.mptcp4j.stack;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mptcp4j.api.Limits;
import org.mptcp4j.api.MptcpServerSocket;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.MptcpStack;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.api.StackEvent;
import org.mptcp4j.tcp.SynCookies;
import org.mptcp4j.wire.MpCapable;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.TcpFlags;
import org.mptcp4j.wire.TxSegment;

/** Handshakes by SYN cookies, packet by packet: RFC 4987 section 3.6. */
class SynCookieHandshakeTest {
  private static final String PEER = "10.0.1.1";
  private static final String OURS = "10.0.1.2";
  private static final int PEER_ISS = 5000;
  private static final long PEER_KEY = 0x1122334455667788L;

  private final MptcpStack stack =
      MptcpStack.builder()
          .seed(1)
          .config(StackConfig.builder().limits(Limits.builder().halfOpen(1).build()).build())
          .link(0, 1500)
          .address(0, OURS + "/24")
          .build();
  private final RawHost peer = new RawHost(stack);
  private MptcpServerSocket server;
  private long now = 1_000_000_000L;
  private int cookie;
  private int stamp;
  private long key;

  @BeforeEach
  void fillTheTable() throws Exception {
    server = stack.listen(TwoHosts.at(OURS, 80), 1);
    peer.send(now, RawHost.segment("10.0.9.9", 7, OURS, 80).seq(1).flags(TcpFlags.SYN));
    peer.expectSegment(now, s -> assertThat(s.syn()).isTrue());
    assertThat(stack.usage().halfOpen()).isEqualTo(1);
  }

  @AfterEach
  void close() {
    stack.close();
  }

  private static TxSegment segment(int port) {
    return RawHost.segment(PEER, port, OURS, 80).window(1000);
  }

  /** Sends a SYN, and remembers what came back. */
  private void syn(int port, Consumer<TxSegment> options, Consumer<RxSegment> check) {
    synOfAny(port, options, check);
    assertThat(stack.usage().connections()).as("nothing is held").isEqualTo(1);
  }

  private void synOfAny(int port, Consumer<TxSegment> options, Consumer<RxSegment> check) {
    TxSegment syn = segment(port).seq(PEER_ISS).flags(TcpFlags.SYN);
    syn.options().mss(1460);
    options.accept(syn);
    peer.send(now, syn);
    peer.expectSegment(
        now,
        s -> {
          assertThat(s.flags()).isEqualTo(TcpFlags.SYN | TcpFlags.ACK);
          assertThat(s.ack()).isEqualTo(PEER_ISS + 1);
          assertThat(s.options().mss()).isEqualTo(1460);
          cookie = s.seq();
          stamp = s.options().tsVal();
          MpCapable capable = s.options().mptcp(MpCapable.class);
          key = capable == null ? 0 : capable.senderKey();
          check.accept(s);
        });
  }

  private void ack(int port, Consumer<TxSegment> rest) {
    TxSegment ack = segment(port).seq(PEER_ISS + 1).ack(cookie + 1).flags(TcpFlags.ACK);
    rest.accept(ack);
    peer.send(now, ack);
  }

  private MptcpSocket accepted() {
    for (StackEvent event = stack.pollEvent(); event != null; event = stack.pollEvent()) {
      assertThat(event.type()).isEqualTo(StackEvent.Type.ACCEPTABLE);
    }
    return server.accept();
  }

  private void expectReset() {
    peer.expectSegment(now, s -> assertThat(s.rst()).isTrue());
    assertThat(accepted()).isNull();
  }

  @Test
  void optionsAreKeptInTheTimestamp() {
    syn(
        1000,
        s -> s.options().sackPermitted(),
        s -> assertThat(s.options().sackPermitted()).as("cannot be noted").isFalse());
    syn(
        1001,
        s -> {
          s.options().sackPermitted();
          s.options().timestamps(77, 0);
          s.options().windowScale(3);
        },
        s -> {
          assertThat(s.options().sackPermitted()).isTrue();
          assertThat(s.options().tsEcr()).isEqualTo(77);
          assertThat(s.options().windowScale()).isGreaterThanOrEqualTo(0);
        });
    ack(1001, s -> s.options().timestamps(78, stamp));
    MptcpSocket socket = accepted();
    assertThat(socket.remoteAddress().getPort()).isEqualTo(1001);
    assertThat(socket.isMptcp()).isFalse();
    assertThat(stack.counters())
        .containsEntry("TcpExtSyncookiesSent", 2L)
        .containsEntry("TcpExtTCPReqQFullDoCookies", 2L)
        .containsEntry("TcpExtSyncookiesRecv", 1L);
    TxSegment data = segment(1001).seq(PEER_ISS + 1).ack(cookie + 1).flags(TcpFlags.ACK);
    data.options().timestamps(79, stamp);
    data.addPayload(Unpooled.wrappedBuffer(new byte[5]), 0, 5);
    peer.send(now, data);
    peer.expectSegment(
        now,
        s -> {
          assertThat(s.seq()).isEqualTo(cookie + 1);
          assertThat(s.ack()).isEqualTo(PEER_ISS + 6);
          assertThat(s.options().tsEcr()).isEqualTo(79);
        });
  }

  @Test
  void dataThatComesWithTheCookieIsTaken() {
    syn(1000, s -> {}, s -> {});
    ack(1000, s -> s.addPayload(Unpooled.copiedBuffer("hello", StandardCharsets.US_ASCII), 0, 5));
    ByteBuf data = accepted().read();
    assertThat(data.toString(StandardCharsets.US_ASCII)).isEqualTo("hello");
    data.release();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1})
  void theThirdAckCarriesBothKeys(long wrong) {
    // RFC 8684 section 3.1.
    syn(1000, s -> s.options().mptcp(MpCapable.syn(MpCapable.HMAC_SHA256)), s -> {});
    assertThat(key).isNotZero();
    ack(1000, s -> s.options().mptcp(MpCapable.ack(MpCapable.HMAC_SHA256, PEER_KEY, key ^ wrong)));
    assertThat(accepted().isMptcp()).isEqualTo(wrong == 0);
  }

  @Test
  void aPeerWithoutMptcpInItsAckIsPlain() {
    syn(1000, s -> s.options().mptcp(MpCapable.syn(MpCapable.HMAC_SHA256)), s -> {});
    ack(1000, s -> {});
    assertThat(accepted().isMptcp()).isFalse();
  }

  @Test
  void oldAndForgedCookiesAreRefused() {
    syn(1000, s -> {}, s -> {});
    ack(1000, s -> s.ack(cookie + 100));
    expectReset();
    now += 2 * SynCookies.PERIOD_NS - 1_000_000_000L;
    ack(1000, s -> {});
    expectReset();
    assertThat(stack.counters())
        .containsEntry("TcpExtSyncookiesFailed", 2L)
        .doesNotContainKey("TcpExtSyncookiesRecv");
  }

  @Test
  void aCookieThatComesTwiceMakesOneConnection() {
    syn(1000, s -> {}, s -> {});
    ack(1000, s -> {});
    ack(1000, s -> {});
    assertThat(accepted()).isNotNull();
    assertThat(accepted()).isNull();
  }

  @Test
  void aFullBacklogIsWaitedFor() {
    syn(1000, s -> {}, s -> {});
    ack(1000, s -> {});
    while (stack.pollEvent() != null) {}
    int first = cookie;
    TxSegment late = segment(1001).seq(PEER_ISS).flags(TcpFlags.SYN);
    peer.send(now, late);
    peer.expectNothing(now);
    assertThat(cookie).isEqualTo(first);
    assertThat(stack.counters()).containsEntry("TcpExtListenOverflows", 1L);
  }

  // RFC 8684 section 3.1: a key whose token is taken is not told; when there is no other, the
  // answer
  // has no MP_CAPABLE.
  @Test
  void withoutAFreeTokenTheAnswerIsPlain() {
    Consumer<TxSegment> offer = s -> s.options().mptcp(MpCapable.syn(MpCapable.HMAC_SHA256));
    Set<Long> keys = new HashSet<>();
    for (int i = 0; i < 4; i++) {
      // A connection stays for a while when its only subflow is reset, so that the key is taken.
      synOfAny(1000, offer, s -> {});
      assertThat(key).isNotZero();
      assertThat(keys.add(key)).as("another key").isTrue();
      ack(1000, s -> s.options().mptcp(MpCapable.ack(MpCapable.HMAC_SHA256, PEER_KEY, key)));
      while (stack.pollEvent() != null) {}
      assertThat(server.accept().isMptcp()).isTrue();
      ack(1000, s -> s.flags(TcpFlags.RST | TcpFlags.ACK));
    }
    assertThat(stack.counters()).doesNotContainKey("MPTcpExtMPFallbackTokenInit");
    synOfAny(1000, offer, s -> assertThat(s.options().hasMptcp()).isFalse());
    assertThat(stack.counters()).containsEntry("MPTcpExtMPFallbackTokenInit", 1L);
  }
}
