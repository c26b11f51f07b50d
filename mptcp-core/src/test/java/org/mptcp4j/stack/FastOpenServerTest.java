package org.mptcp4j.stack;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mptcp4j.api.Limits;
import org.mptcp4j.api.MptcpServerSocket;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.MptcpStack;
import org.mptcp4j.api.SocketOptions;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.api.StackEvent;
import org.mptcp4j.tcp.FastOpenCookies;
import org.mptcp4j.wire.Dss;
import org.mptcp4j.wire.MpCapable;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.TcpFlags;
import org.mptcp4j.wire.TxSegment;

/** A server that opens fast, packet by packet: RFC 7413 section 4.2.2, RFC 8684 appendix B. */
class FastOpenServerTest {
  private static final int PEER_ISS = 5000;
  private static final long PEER_KEY = 0x1122334455667788L;
  private static final long SECOND = 1_000_000_000L;
  private static final long PERIOD_NS = 6 * 3600 * SECOND;

  private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false);
  private final List<MptcpSocket> accepted = new ArrayList<>();
  private MptcpStack stack;
  private RawHost peer;
  private MptcpServerSocket server;
  private String peerAddress = "10.0.1.1";
  private String ours = "10.0.1.2";
  private long now = 100 * SECOND;
  private byte[] cookie;
  private int iss;
  private long key;

  @BeforeEach
  void listen() throws Exception {
    listen(2, 16, 128);
  }

  private void listen(int pending, int backlog, int halfOpen) throws Exception {
    close();
    stack =
        MptcpStack.builder()
            .seed(1)
            .allocator(allocator)
            .config(
                StackConfig.builder().limits(Limits.builder().halfOpen(halfOpen).build()).build())
            .link(0, 1500)
            .address(0, "10.0.1.2/24")
            .address(0, "fd00:1::2/64")
            .build();
    peer = new RawHost(stack);
    SocketOptions options = SocketOptions.builder().tcp(t -> t.fastOpenPending(pending)).build();
    server = stack.listen(TwoHosts.at(ours, 80), backlog, options);
  }

  @AfterEach
  void close() {
    if (stack != null) {
      accepted.forEach(FastOpenServerTest::read);
      stack.close();
      assertThat(allocator.metric().usedHeapMemory()).isZero();
      assertThat(allocator.metric().usedDirectMemory()).isZero();
    }
  }

  private void ipv6() throws Exception {
    peerAddress = "fd00:1::1";
    ours = "fd00:1::2";
    listen();
  }

  private TxSegment segment(int port) {
    return RawHost.segment(peerAddress, port, ours, 80).window(1000);
  }

  private static void payload(TxSegment to, String text) {
    ByteBuf data = Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
    to.addPayload(data, 0, data.readableBytes());
    data.release();
  }

  /** A SYN; what came back is remembered. Returns how much of it was acknowledged. */
  private int syn(int port, byte[] option, String data, Consumer<TxSegment> more) {
    TxSegment syn = segment(port).seq(PEER_ISS).flags(TcpFlags.SYN);
    syn.options().mss(1460);
    more.accept(syn);
    if (option != null) {
      syn.options().fastOpen(option);
    }
    payload(syn, data);
    peer.send(now, syn);
    int[] taken = new int[1];
    peer.expectSegment(
        now,
        s -> {
          assertThat(s.flags()).isEqualTo(TcpFlags.SYN | TcpFlags.ACK);
          cookie = s.options().fastOpenCookie();
          iss = s.seq();
          MpCapable capable = s.options().mptcp(MpCapable.class);
          key = capable == null ? 0 : capable.senderKey();
          taken[0] = s.ack() - PEER_ISS - 1;
        });
    return taken[0];
  }

  private int syn(int port, byte[] option, String data) {
    return syn(port, option, data, s -> {});
  }

  /** The cookie of this client. */
  private byte[] request(int port) {
    assertThat(syn(port, new byte[0], "")).isZero();
    byte[] given = cookie;
    reset(port, 1);
    return given;
  }

  private void reset(int port, int offset) {
    peer.send(
        now, segment(port).seq(PEER_ISS + offset).ack(iss + 1).flags(TcpFlags.RST | TcpFlags.ACK));
    poll();
  }

  private void ack(int port, int offset, String data, Consumer<TxSegment> more) {
    TxSegment ack = segment(port).seq(PEER_ISS + offset).ack(iss + 1).flags(TcpFlags.ACK);
    more.accept(ack);
    payload(ack, data);
    peer.send(now, ack);
  }

  private void poll() {
    for (StackEvent event = stack.pollEvent(); event != null; event = stack.pollEvent()) {
      if (event.type() == StackEvent.Type.ACCEPTABLE) {
        for (MptcpSocket s = server.accept(); s != null; s = server.accept()) {
          accepted.add(s);
        }
      }
    }
  }

  private static String read(MptcpSocket socket) {
    StringBuilder text = new StringBuilder();
    for (ByteBuf piece = socket.read(); piece != null; piece = socket.read()) {
      text.append(piece.toString(StandardCharsets.US_ASCII));
      piece.release();
    }
    return text.toString();
  }

  private MptcpSocket one() {
    poll();
    assertThat(accepted).hasSize(1);
    return accepted.get(0);
  }

  private long count(String name) {
    return stack.counters().getOrDefault("TcpExt" + name, 0L);
  }

  @Test
  void aRequestIsAnsweredByACookieAndItsDataIsNotTaken() {
    assertThat(syn(1000, new byte[0], "early")).isZero();
    assertThat(cookie).hasSize(FastOpenCookies.BYTES);
    poll();
    assertThat(accepted).isEmpty();
    assertThat(count("TCPFastOpenCookieReqd")).isEqualTo(1);
  }

  @Test
  void whoDidNotAskGetsNone() {
    assertThat(syn(1000, null, "early")).isZero();
    assertThat(cookie).isNull();
    poll();
    assertThat(accepted).isEmpty();
  }

  @Test
  void offByDefault() throws Exception {
    listen(0, 16, 128);
    assertThat(syn(1000, new byte[0], "")).isZero();
    assertThat(cookie).isNull();
  }

  // RFC 7413 section 4.2.2: the data is delivered, and more may be sent, before the third ACK.
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void dataOfASynIsDeliveredAndAnsweredBeforeTheThirdAck(boolean v6) throws Exception {
    if (v6) {
      ipv6();
    }
    byte[] good = request(1000);
    assertThat(syn(1001, good, "hello")).isEqualTo(5);
    assertThat(cookie).as("it stays good").isNull();
    MptcpSocket socket = one();
    assertThat(read(socket)).isEqualTo("hello");
    socket.write(Unpooled.copiedBuffer("world", StandardCharsets.US_ASCII));
    peer.expectSegment(
        now,
        s -> {
          assertThat(s.seq()).isEqualTo(iss + 1);
          assertThat(s.ack()).isEqualTo(PEER_ISS + 6);
          assertThat(s.payloadLength()).isEqualTo(5);
        });
    ack(1001, 6, "more", s -> s.ack(iss + 6));
    poll();
    assertThat(read(socket)).isEqualTo("more");
    assertThat(count("TCPFastOpenPassive")).isEqualTo(1);
    assertThat(count("TCPFastOpenPassiveFail")).isZero();
  }

  /** A connection that is open with its SYN, and whose application has answered. */
  private MptcpSocket openedAndAnswered(String answer) {
    syn(1001, request(1000), "hello");
    MptcpSocket socket = one();
    read(socket);
    socket.write(Unpooled.copiedBuffer(answer, StandardCharsets.US_ASCII));
    return socket;
  }

  @Test
  void anAnswerLostWithItsSynAckIsSentAgain() {
    MptcpSocket socket = openedAndAnswered("world");
    peer.expectSegment(now, s -> assertThat(s.payloadLength()).isEqualTo(5));
    peer.expectNothing(now);
    now = stack.nextTimeoutNs();
    stack.onTimeout(now);
    peer.expectSegment(
        now,
        s -> {
          assertThat(s.flags()).isEqualTo(TcpFlags.SYN | TcpFlags.ACK);
          assertThat(s.seq()).isEqualTo(iss);
          assertThat(s.ack()).isEqualTo(PEER_ISS + 6);
        });
    ack(1001, 6, "", s -> {});
    peer.expectNothing(now);
    now = stack.nextTimeoutNs();
    stack.onTimeout(now);
    peer.expectSegment(
        now,
        s -> {
          assertThat(s.seq()).isEqualTo(iss + 1);
          assertThat(s.payloadLength()).isEqualTo(5);
        });
    ack(1001, 6, "", s -> s.ack(iss + 6));
    peer.takeAll(now, s -> true);
    peer.expectNothing(now);
  }

  @Test
  void aWrongCookieIsReplacedAndItsDataNotTaken() {
    byte[] wrong = request(1000);
    byte[] right = wrong.clone();
    wrong[3] ^= 1;
    assertThat(syn(1001, wrong, "hello")).isZero();
    assertThat(cookie).isEqualTo(right);
    poll();
    assertThat(accepted).isEmpty();
    ack(1001, 1, "hello", s -> {});
    assertThat(read(one())).isEqualTo("hello");
    assertThat(count("TCPFastOpenPassiveFail")).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 6, 10, 16})
  void aCookieOfAnotherLengthIsWrong(int length) {
    assertThat(syn(1000, new byte[length], "hello")).isZero();
    assertThat(cookie).hasSize(FastOpenCookies.BYTES);
  }

  @Test
  void aCookieOfAnotherHostIsWrong() {
    byte[] good = request(1000);
    peerAddress = "10.0.1.9";
    assertThat(syn(1001, good, "hello")).isZero();
  }

  // RFC 7413 section 4.1.2: the secret is replaced from time to time.
  @Test
  void aCookieOfThePeriodBeforeIsGoodAndReplaced() {
    byte[] old = request(1000);
    now += PERIOD_NS;
    assertThat(syn(1001, old, "hello")).isEqualTo(5);
    assertThat(cookie).hasSize(FastOpenCookies.BYTES).isNotEqualTo(old);
    assertThat(read(one())).isEqualTo("hello");
    assertThat(count("TCPFastOpenPassiveAltKey")).isEqualTo(1);
    now += PERIOD_NS;
    assertThat(syn(1002, old, "hello")).as("two periods later").isZero();
  }

  // RFC 7413 section 4.2.2: a client that got no answer sends neither cookie nor data again.
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aRepeatedSynIsAnsweredAgainAndDeliversNothingTwice(boolean plain) {
    byte[] good = request(1000);
    assertThat(syn(1001, good, "hello")).isEqualTo(5);
    MptcpSocket socket = one();
    assertThat(read(socket)).isEqualTo("hello");
    assertThat(syn(1001, plain ? null : good, plain ? "" : "hello")).isEqualTo(5);
    assertThat(cookie).isNull();
    ack(1001, 6, "!", s -> {});
    poll();
    assertThat(read(socket)).isEqualTo("!");
    assertThat(accepted).hasSize(1);
  }

  // RFC 7413 section 5.1: a limit to what waits for its third ACK; beyond it a plain handshake.
  @Test
  void beyondTheLimitHandshakesAreOrdinary() {
    byte[] good = request(1000);
    assertThat(syn(1001, good, "a")).isEqualTo(1);
    assertThat(syn(1002, good, "b")).isEqualTo(1);
    assertThat(syn(1003, good, "c")).isZero();
    assertThat(cookie).isNull();
    assertThat(count("TCPFastOpenListenOverflow")).isEqualTo(1);
    poll();
    assertThat(accepted).hasSize(2);
    int waiting = iss;
    syn(1001, null, "");
    ack(1001, 2, "", s -> {});
    poll();
    assertThat(syn(1004, good, "d")).as("one is confirmed").isEqualTo(1);
    iss = waiting;
    ack(1003, 1, "c", s -> {});
    poll();
    assertThat(accepted).hasSize(4);
    assertThat(read(accepted.get(3))).isEqualTo("c");
  }

  // RFC 7413 section 5.1: resets of the host whose address is forged must not make room for more.
  @Test
  void aResetConnectionCountsForAWhile() {
    byte[] good = request(1000);
    assertThat(syn(1001, good, "a")).isEqualTo(1);
    reset(1001, 2);
    peer.expectNothing(now);
    poll();
    assertThat(syn(1002, good, "b")).isEqualTo(1);
    assertThat(syn(1003, good, "c")).isZero();
    now += 61 * SECOND;
    stack.onTimeout(now);
    peer.takeAll(now, s -> true);
    assertThat(syn(1004, good, "d")).isEqualTo(1);
  }

  @Test
  void oneThatIsClosedByTheApplicationCountsUntilItIsOver() {
    byte[] good = request(1000);
    syn(1001, good, "a");
    one().abort();
    peer.expectSegment(now, s -> assertThat(s.rst()).isTrue());
    peer.expectNothing(now);
    assertThat(syn(1002, good, "b")).isEqualTo(1);
    assertThat(syn(1003, good, "c")).isEqualTo(1);
  }

  @Test
  void oneThatIsFinishedAtOnceSaysSoBehindItsAnswer() {
    MptcpSocket socket = openedAndAnswered("bye");
    socket.close();
    peer.expectSegment(
        now,
        s -> {
          assertThat(s.payloadLength()).isEqualTo(3);
          assertThat(s.fin()).isTrue();
        });
    peer.send(now, segment(1001).seq(PEER_ISS + 6).ack(iss + 5).flags(TcpFlags.ACK | TcpFlags.FIN));
    peer.expectSegment(now, s -> assertThat(s.ack()).isEqualTo(PEER_ISS + 7));
    peer.expectNothing(now);
    poll();
    assertThat(stack.usage().connections()).isZero();
  }

  // RFC 4987: what finds no place among the half-open is answered by a cookie of another kind.
  @Test
  void underAFloodThereIsNoFastOpen() throws Exception {
    listen(8, 16, 1);
    byte[] good = request(1000);
    syn(1001, null, "");
    assertThat(stack.usage().halfOpen()).isEqualTo(1);
    assertThat(syn(1002, good, "hello")).isZero();
    assertThat(cookie).isNull();
    assertThat(stack.counters()).containsEntry("TcpExtSyncookiesSent", 1L);
  }

  @Test
  void withoutCookiesWhereThatIsAllowed() throws Exception {
    SocketOptions options =
        SocketOptions.builder().tcp(t -> t.fastOpenPending(2).fastOpenNoCookie(true)).build();
    server.close();
    server = stack.listen(TwoHosts.at(ours, 80), 16, options);
    assertThat(syn(1001, null, "hello")).isEqualTo(5);
    assertThat(read(one())).isEqualTo("hello");
  }

  @Test
  void anInitialWindowMayLeaveBeforeTheThirdAck() {
    // RFC 7413 section 4.2.2: RFC 5681 (here RFC 6928) sets the initial window.
    byte[] good = request(1000);
    assertThat(syn(1001, good, "hello", s -> s.window(65_535))).isEqualTo(5);
    MptcpSocket socket = one();
    read(socket);
    socket.write(Unpooled.wrappedBuffer(new byte[40 * 1460]));
    int[] sent = new int[1];
    peer.takeAll(now, s -> (sent[0] += s.payloadLength()) > 0);
    assertThat(sent[0]).isEqualTo(10 * 1460);
    ack(1001, 6, "", s -> s.ack(iss + 1 + sent[0]).window(65_535));
    assertThat(peer.takeAll(now, s -> s.payloadLength() > 0)).isPositive();
  }

  @Test
  void aSynAckThatIsSentAgainHasNoCookie() {
    // RFC 7413 sections 4.2.1 and 4.2.2.
    syn(1000, new byte[0], "");
    assertThat(cookie).isNotEmpty();
    peer.expectNothing(now);
    now = stack.nextTimeoutNs();
    stack.onTimeout(now);
    peer.expectSegment(
        now,
        s -> {
          assertThat(s.flags()).isEqualTo(TcpFlags.SYN | TcpFlags.ACK);
          assertThat(s.options().fastOpenCookie()).isNull();
        });
  }

  // ---- with MPTCP: RFC 8684 appendix B

  private byte[] mptcpCookie() {
    assertThat(syn(1000, new byte[0], "", FastOpenServerTest::allOptions)).isZero();
    assertThat(key).as("MP_CAPABLE finds room beside the cookie").isNotZero();
    assertThat(cookie).hasSize(FastOpenCookies.SHORT_BYTES);
    reset(1000, 1);
    return cookie;
  }

  private static void allOptions(TxSegment syn) {
    syn.options().sackPermitted();
    syn.options().timestamps(77, 0);
    syn.options().windowScale(3);
    syn.options().mptcp(MpCapable.syn(MpCapable.HMAC_SHA256));
  }

  private void stamp(TxSegment s) {
    s.options().timestamps(78, 0);
  }

  private void third(int offset) {
    ack(
        1001,
        offset,
        "",
        s -> {
          stamp(s);
          s.options().mptcp(MpCapable.ack(MpCapable.HMAC_SHA256, PEER_KEY, key));
        });
  }

  // RFC 8684 appendix B: SSN 1 and IDSN + 1 are of the first byte behind the data of the SYN.
  @Test
  void dataOfASynIsOutsideTheDataSequenceSpace() {
    assertThat(syn(1001, mptcpCookie(), "hello", FastOpenServerTest::allOptions)).isEqualTo(5);
    assertThat(key).isNotZero();
    MptcpSocket socket = one();
    assertThat(read(socket)).isEqualTo("hello");
    third(6);
    poll();
    assertThat(socket.isMptcp()).isTrue();
    peer.takeAll(now, s -> true);
    long first = new org.mptcp4j.mptcp.MptcpCrypto().initialDataSequence(PEER_KEY) + 1;
    ack(
        1001,
        6,
        "world",
        s -> {
          stamp(s);
          s.options().dss(Dss.MAP | Dss.DSN64, 0, first, 1, 5);
        });
    poll();
    assertThat(read(socket)).isEqualTo("world");
    peer.expectSegment(
        now,
        s -> {
          assertThat(s.ack()).isEqualTo(PEER_ISS + 11);
          assertThat(s.options().dss().dataAck()).isEqualTo(first + 5);
        });
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void whoDoesNotGoOnWithMptcpGoesOnAsTcp(boolean bySyn) {
    assertThat(syn(1001, mptcpCookie(), "hello", FastOpenServerTest::allOptions)).isEqualTo(5);
    MptcpSocket socket = one();
    assertThat(read(socket)).isEqualTo("hello");
    if (bySyn) {
      assertThat(syn(1001, null, "")).isEqualTo(5);
      assertThat(key).isZero();
    }
    ack(1001, 6, "world", this::stamp);
    poll();
    assertThat(read(socket)).isEqualTo("world");
    assertThat(socket.isMptcp()).isFalse();
    socket.write(Unpooled.copiedBuffer("!", StandardCharsets.US_ASCII));
    assertThat(peer.takeAll(now, s -> s.payloadLength() == 1 && !s.options().hasMptcp())).isOne();
  }

  @Test
  void anAnswerOfMptcpWaitsForTheKeys() {
    syn(1001, mptcpCookie(), "hello", FastOpenServerTest::allOptions);
    MptcpSocket socket = one();
    read(socket);
    socket.write(Unpooled.copiedBuffer("world", StandardCharsets.US_ASCII));
    socket.shutdownOutput();
    peer.expectNothing(now);
    third(6);
    assertThat(
            peer.takeAll(
                now, s -> s.payloadLength() == 5 && s.options().dss().hasMapping() && ssnIsOne(s)))
        .isOne();
  }

  private static boolean ssnIsOne(RxSegment s) {
    return s.options().dss().ssn() == 1;
  }

  @Test
  void oneThatIsClosedBeforeTheKeysComeIsClosedInOrder() {
    syn(1001, mptcpCookie(), "hello", FastOpenServerTest::allOptions);
    MptcpSocket socket = one();
    read(socket);
    socket.shutdownOutput();
    peer.expectNothing(now);
    third(6);
    assertThat(peer.takeAll(now, s -> s.options().dss().dataFin())).isPositive();
  }
}
