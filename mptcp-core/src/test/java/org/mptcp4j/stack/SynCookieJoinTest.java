package org.mptcp4j.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.mptcp4j.api.MptcpServerSocket;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.MptcpStack;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.api.StackEvent;
import org.mptcp4j.api.SubflowInfo;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.mptcp.MptcpCrypto;
import org.mptcp4j.pm.Priority;
import org.mptcp4j.tcp.SynCookies;
import org.mptcp4j.wire.MpCapable;
import org.mptcp4j.wire.MpJoinAck;
import org.mptcp4j.wire.MpJoinSyn;
import org.mptcp4j.wire.MpJoinSynAck;
import org.mptcp4j.wire.MpTcpRst;
import org.mptcp4j.wire.TcpFlags;
import org.mptcp4j.wire.TxSegment;

/** Joins of which nothing is held but an entry of a table that forgets: RFC 8684 section 3.2. */
class SynCookieJoinTest {
  private static final int PORT = 80;
  private static final int PEER_ISS = 5000;
  private static final int PEER_NONCE = 0x01020304;
  private static final int ADDRESS_ID = 9;
  private static final long PEER_KEY = 0x1122334455667788L;

  /** Why a join finds no room. */
  enum Crowd {
    /** The table of half-open connections is full. */
    HALF_OPEN,
    /** Joins with the right token are under way that will never be completed. */
    JOINS
  }

  /** How the SYN of the join says what it says. */
  enum Stamps {
    WITH,
    WITHOUT
  }

  private final MptcpCrypto crypto = new MptcpCrypto();
  private MptcpStack stack;
  private RawHost peer;
  private String peerAddress;
  private String ours;
  private MptcpServerSocket server;
  private MptcpSocket socket;
  private long now = 1_000_000_000L;
  private long key;
  private int cookie;
  private int stamp;
  private MpJoinSynAck answer;

  private void begin(Crowd crowd, boolean v4) throws Exception {
    peerAddress = v4 ? "10.0.1.1" : "fd00:1::1";
    ours = v4 ? "10.0.1.2" : "fd00:1::2";
    stack =
        MptcpStack.builder()
            .seed(1)
            .config(StackConfig.builder().limits(l -> l.halfOpen(1)).build())
            .link(0, 1500)
            .address(0, ours + (v4 ? "/24" : "/64"))
            .build();
    peer = new RawHost(stack);
    server = stack.listen(TwoHosts.at(ours, PORT), 16);
    connect();
    if (crowd == Crowd.HALF_OPEN) {
      peer.send(now, segment(7).seq(1).flags(TcpFlags.SYN));
      peer.expectSegment(now, s -> assertThat(s.syn()).isTrue());
      assertThat(stack.usage().halfOpen()).isEqualTo(1);
    } else {
      for (int i = 0; i < stack.config().limits().joinsPendingPerConnection(); i++) {
        peer.send(now, joinSyn(10 + i, i));
        peer.expectSegment(now, s -> assertThat(s.syn()).isTrue());
      }
    }
    flows = stack.usage().flows();
  }

  private int flows;

  @AfterEach
  void close() {
    stack.close();
  }

  private TxSegment segment(int port) {
    return RawHost.segment(peerAddress, port, ours, PORT).window(1000);
  }

  private void connect() {
    TxSegment syn = segment(1000).seq(PEER_ISS).flags(TcpFlags.SYN);
    syn.options().mptcp(MpCapable.syn(MpCapable.HMAC_SHA256));
    peer.send(now, syn);
    peer.expectSegment(
        now,
        s -> {
          cookie = s.seq();
          key = s.options().mptcp(MpCapable.class).senderKey();
        });
    TxSegment ack = segment(1000).seq(PEER_ISS + 1).ack(cookie + 1).flags(TcpFlags.ACK);
    ack.options().mptcp(MpCapable.ack(MpCapable.HMAC_SHA256, PEER_KEY, key));
    peer.send(now, ack);
    runEvents();
    socket = server.accept();
    assertThat(socket.isMptcp()).isTrue();
  }

  private void runEvents() {
    for (StackEvent event = stack.pollEvent(); event != null; event = stack.pollEvent()) {
      assertThat(event.type()).isNotNull();
    }
  }

  private TxSegment joinSyn(int port, int nonce) {
    TxSegment syn = segment(port).seq(PEER_ISS).flags(TcpFlags.SYN);
    syn.options().mptcp(new MpJoinSyn(true, ADDRESS_ID, crypto.token(key), nonce));
    return syn;
  }

  private void join(int port, Stamps stamps) {
    TxSegment syn = segment(port).seq(PEER_ISS).flags(TcpFlags.SYN);
    syn.options().mss(1400);
    if (stamps == Stamps.WITH) {
      syn.options().sackPermitted();
      syn.options().timestamps(77, 0);
      syn.options().windowScale(3);
    }
    syn.options().mptcp(new MpJoinSyn(true, ADDRESS_ID, crypto.token(key), PEER_NONCE));
    peer.send(now, syn);
    peer.expectSegment(
        now,
        s -> {
          assertThat(s.flags()).isEqualTo(TcpFlags.SYN | TcpFlags.ACK);
          assertThat(s.ack()).isEqualTo(PEER_ISS + 1);
          cookie = s.seq();
          stamp = s.options().tsVal();
          answer = s.options().mptcp(MpJoinSynAck.class);
        });
    // RFC 8684 section 3.2: HMAC of the keys, ours first, and the nonces, ours first.
    assertThat(answer.truncatedHmac())
        .isEqualTo(crypto.joinSynAckHmac(key, PEER_KEY, answer.nonce(), PEER_NONCE));
    assertThat(answer.addressId()).as("the address of the first subflow").isZero();
    assertThat(stack.usage().flows()).as("nothing is held").isEqualTo(flows);
  }

  private MpJoinAck proof() {
    byte[] hmac = new byte[32];
    crypto.joinHmac(PEER_KEY, key, PEER_NONCE, answer.nonce(), hmac);
    return MpJoinAck.of(hmac);
  }

  private void ack(int port, Stamps stamps, Optional<MpJoinAck> option) {
    TxSegment ack = segment(port).seq(PEER_ISS + 1).ack(cookie + 1).flags(TcpFlags.ACK);
    if (stamps == Stamps.WITH) {
      ack.options().timestamps(78, stamp);
    }
    option.ifPresent(o -> ack.options().mptcp(o));
    peer.send(now, ack);
  }

  private List<SubflowInfo> joined() {
    return socket.info().subflows().stream().filter(s -> s.remote().getPort() >= 2000).toList();
  }

  private void expectReset() {
    peer.expectSegment(now, s -> assertThat(s.rst()).isTrue());
    assertThat(joined()).isEmpty();
    assertThat(stack.usage().flows()).isEqualTo(flows);
  }

  static Stream<Arguments> ways() {
    return Stream.of(Crowd.values())
        .flatMap(
            crowd ->
                Stream.of(true, false)
                    .flatMap(
                        v4 -> Stream.of(Stamps.values()).map(s -> Arguments.of(crowd, v4, s))));
  }

  @ParameterizedTest
  @MethodSource("ways")
  void theRightHmacJoins(Crowd crowd, boolean v4, Stamps stamps) throws Exception {
    begin(crowd, v4);
    join(2000, stamps);
    ack(2000, stamps, Optional.of(proof()));
    // RFC 8684 section 3.2: the fourth ACK.
    peer.expectSegment(now, s -> assertThat(s.flags()).isEqualTo(TcpFlags.ACK));
    SubflowInfo subflow = joined().get(0);
    assertThat(subflow.remoteAddressId()).isEqualTo(ADDRESS_ID);
    assertThat(subflow.remotePriority()).isEqualTo(Priority.BACKUP);
    assertThat(stack.counters())
        .containsEntry("MPTcpExtMPJoinAckRx", 1L)
        .containsEntry("TcpExtSyncookiesSent", 1L)
        .containsEntry("TcpExtSyncookiesRecv", 1L)
        .doesNotContainKey("MPTcpExtMPJoinRejected");
  }

  @ParameterizedTest
  @MethodSource("ways")
  void aWrongHmacIsRefusedAndSpoilsNothing(Crowd crowd, boolean v4, Stamps stamps)
      throws Exception {
    begin(crowd, v4);
    join(2000, stamps);
    MpJoinAck right = proof();
    MpJoinAck wrong = new MpJoinAck(right.hmac0(), right.hmac8(), right.hmac16() ^ 1);
    ack(2000, stamps, Optional.of(wrong));
    peer.expectSegment(
        now,
        s -> {
          assertThat(s.rst()).isTrue();
          assertThat(s.options().mptcp(MpTcpRst.class).reason()).isEqualTo(MpTcpRst.MPTCP_ERROR);
        });
    assertThat(joined()).isEmpty();
    assertThat(stack.usage().flows()).isEqualTo(flows);
    assertThat(stack.counters()).containsEntry("MPTcpExtMPJoinAckHMacFailure", 1L);
    ack(2000, stamps, Optional.of(right));
    assertThat(joined()).hasSize(1);
  }

  @Test
  void aForgottenJoinIsReset() throws Exception {
    begin(Crowd.HALF_OPEN, true);
    join(2000, Stamps.WITHOUT);
    MpJoinAck proof = proof();
    int its = cookie;
    for (int i = 0; i < 8 * JoinTable.PLACES; i++) {
      TxSegment syn = joinSyn(3000 + i % 60_000, i);
      syn.src(IpAddress.parse("10.0.1." + (10 + i / 60_000)));
      peer.send(now, syn);
      peer.expectSegment(now, s -> assertThat(s.syn()).isTrue());
    }
    assertThat(stack.usage().flows()).as("however many come").isEqualTo(flows);
    cookie = its;
    ack(2000, Stamps.WITHOUT, Optional.of(proof));
    expectReset();
    // It is tried again.
    join(2001, Stamps.WITHOUT);
    ack(2001, Stamps.WITHOUT, Optional.of(proof()));
    assertThat(joined()).hasSize(1);
  }

  @Test
  void aRepeatedSynHasTheSameAnswer() throws Exception {
    begin(Crowd.HALF_OPEN, true);
    join(2000, Stamps.WITHOUT);
    MpJoinSynAck first = answer;
    join(2000, Stamps.WITHOUT);
    assertThat(answer).isEqualTo(first);
    ack(2000, Stamps.WITHOUT, Optional.of(proof()));
    assertThat(joined()).hasSize(1);
  }

  // RFC 8684 section 3.2: nonces prevent replay.
  @Test
  void aJoinIsNotRepeated() throws Exception {
    begin(Crowd.HALF_OPEN, true);
    join(2000, Stamps.WITHOUT);
    ack(2000, Stamps.WITHOUT, Optional.of(proof()));
    peer.expectSegment(now, s -> assertThat(s.rst()).isFalse());
    TxSegment reset = segment(2000).seq(PEER_ISS + 1).ack(cookie + 1);
    peer.send(now, reset.flags(TcpFlags.RST | TcpFlags.ACK));
    peer.expectNothing(now);
    assertThat(joined()).isEmpty();
    ack(2000, Stamps.WITHOUT, Optional.of(proof()));
    expectReset();
  }

  @ParameterizedTest
  @MethodSource("ways")
  void whatComesBackWithoutTheOptionOpensNothing(Crowd crowd, boolean v4, Stamps stamps)
      throws Exception {
    begin(crowd, v4);
    join(2000, stamps);
    ack(2000, stamps, Optional.empty());
    expectReset();
    assertThat(server.accept()).isNull();
  }

  @Test
  void oldAndForgedCookiesAreRefused() throws Exception {
    begin(Crowd.HALF_OPEN, true);
    join(2000, Stamps.WITHOUT);
    cookie += 100;
    ack(2000, Stamps.WITHOUT, Optional.of(proof()));
    expectReset();
    cookie -= 100;
    now += 2 * SynCookies.PERIOD_NS - 1_000_000_000L;
    ack(2000, Stamps.WITHOUT, Optional.of(proof()));
    assertThat(joined()).isEmpty();
    assertThat(stack.counters()).containsEntry("TcpExtSyncookiesFailed", 2L);
  }

  @Test
  void aJoinOfAConnectionThatIsOverIsReset() throws Exception {
    begin(Crowd.HALF_OPEN, true);
    join(2000, Stamps.WITHOUT);
    socket.abort();
    peer.expectSegment(now, s -> assertThat(s.rst()).isTrue());
    ack(2000, Stamps.WITHOUT, Optional.of(proof()));
    peer.expectSegment(now, s -> assertThat(s.rst()).isTrue());
  }
}
