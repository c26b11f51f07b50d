package org.mptcp4j.stack;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mptcp4j.api.Limits;
import org.mptcp4j.api.MptcpServerSocket;
import org.mptcp4j.api.MptcpStack;
import org.mptcp4j.api.SocketOptions;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.pm.DefaultPathManager;
import org.mptcp4j.pm.Endpoint;
import org.mptcp4j.pm.Endpoints;
import org.mptcp4j.pm.PathManager;
import org.mptcp4j.pm.Priority;
import org.mptcp4j.wire.MpCapable;
import org.mptcp4j.wire.MpJoinSyn;
import org.mptcp4j.wire.MpTcpRst;
import org.mptcp4j.wire.TcpFlags;
import org.mptcp4j.wire.TxSegment;

/** Segments that belong to no connection. */
class UnknownFlowTest {
  private static final String PEER = "10.0.1.1";
  private static final String OURS = "10.0.1.2";

  private final MptcpStack stack =
      MptcpStack.builder()
          .seed(1)
          .config(
              StackConfig.builder().limits(Limits.builder().resetsPerSecond(20).build()).build())
          .link(0, 1500)
          .address(0, "10.0.1.2/24")
          .build();
  private final RawHost peer = new RawHost(stack);

  @AfterEach
  void close() {
    stack.close();
  }

  private static TxSegment segment(int flags) {
    return RawHost.segment(PEER, 1111, OURS, 80).seq(1000).ack(7777).flags(flags);
  }

  @Test
  void synToAClosedPortIsRefused() {
    peer.send(0, segment(TcpFlags.SYN));
    // RFC 9293 section 3.10.7.1: <SEQ=0><ACK=SEG.SEQ+SEG.LEN><CTL=RST,ACK>
    peer.expectSegment(
        0,
        s -> {
          assertThat(s.flags()).isEqualTo(TcpFlags.RST | TcpFlags.ACK);
          assertThat(s.seq()).isZero();
          assertThat(s.ack()).isEqualTo(1001);
          assertThat(s.src()).hasToString(OURS);
          assertThat(s.dstPort()).isEqualTo(1111);
        });
    assertThat(stack.counters()).containsEntry("TcpOutRsts", 1L);
  }

  // RFC 9293 section 3.10.7.2, fourth, and section 3.10.7.1: such segments are dropped by a
  // listener, and reset where nobody listens.
  @ParameterizedTest
  @CsvSource({
    "0, 0, 10.0.1.1, 10.0.1.2",
    "0, 10, 10.0.1.1, 10.0.1.2",
    "1, 0, 10.0.1.1, 10.0.1.2",
    "8, 10, 10.0.1.1, 10.0.1.2",
    "9, 10, 10.0.1.1, 10.0.1.2",
    "0, 0, fd00:1::1, fd00:1::2",
    "1, 0, fd00:1::1, fd00:1::2",
    "8, 10, fd00:1::1, fd00:1::2"
  })
  void withoutSynAckAndRstItIsDroppedByAListener(int flags, int length, String from, String to)
      throws Exception {
    stack.addAddress(0, 0, "fd00:1::2/64", Priority.NORMAL);
    stack.listen(new InetSocketAddress(to, 80), 1);
    for (int port = 80; port <= 81; port++) {
      TxSegment segment = RawHost.segment(from, 1111, to, port).seq(1000).flags(flags);
      if (length > 0) {
        segment.addPayload(Unpooled.wrappedBuffer(new byte[length]), 0, length);
      }
      peer.send(0, segment);
      if (port == 80) {
        peer.expectNothing(0);
      }
    }
    int end = 1000 + length + (flags & TcpFlags.FIN);
    peer.expectSegment(
        0,
        s -> {
          assertThat(s.srcPort()).isEqualTo(81);
          assertThat(s.flags()).isEqualTo(TcpFlags.RST | TcpFlags.ACK);
          assertThat(s.ack()).isEqualTo(end);
        });
    peer.expectNothing(0);
  }

  @Test
  void aWrongChecksumIsCountedAndNotAnswered() {
    Packet sent = new Packet();
    segment(TcpFlags.SYN).encodeInto(sent, ByteBufAllocator.DEFAULT);
    ByteBuf datagram = sent.linearize(ByteBufAllocator.DEFAULT);
    sent.release();
    datagram.setShort(datagram.readerIndex() + 20 + 16, 0x1234);
    peer.send(0, datagram);
    peer.expectNothing(0);
    assertThat(stack.counters())
        .containsEntry("TcpInCsumErrors", 1L)
        .containsEntry("TcpInErrs", 1L);
  }

  @Test
  void theLengthOfTheSegmentIsAcknowledged() {
    TxSegment data = segment(TcpFlags.FIN);
    data.addPayload(Unpooled.wrappedBuffer(new byte[10]), 0, 10);
    peer.send(0, data);
    peer.expectSegment(0, s -> assertThat(s.ack()).isEqualTo(1011));
  }

  @Test
  void anAcknowledgmentIsAnsweredFromItsOwnNumber() {
    peer.send(0, segment(TcpFlags.ACK));
    // RFC 9293 section 3.10.7.1: <SEQ=SEG.ACK><CTL=RST>
    peer.expectSegment(
        0,
        s -> {
          assertThat(s.flags()).isEqualTo(TcpFlags.RST);
          assertThat(s.seq()).isEqualTo(7777);
        });
  }

  @Test
  void aResetIsNeverAnswered() {
    peer.send(0, segment(TcpFlags.RST));
    peer.send(0, segment(TcpFlags.RST | TcpFlags.ACK));
    peer.expectNothing(0);
  }

  @Test
  void nothingIsSaidAboutOtherPeoplesAddresses() {
    peer.send(0, RawHost.segment(PEER, 1111, "10.0.1.3", 80).flags(TcpFlags.SYN));
    peer.send(0, RawHost.segment("224.0.0.1", 1111, OURS, 80).flags(TcpFlags.SYN));
    peer.expectNothing(0);
    assertThat(stack.counters()).containsEntry("IpInAddrErrors", 2L);
  }

  /** Packets that nobody sends who is there: RFC 1122 section 3.2.1.3, RFC 9293 section 3.9.2.3. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "10.0.1.255",
        "10.0.1.0",
        "255.255.255.255",
        "0.0.0.0",
        "240.0.0.1",
        "224.0.0.1",
        "10.0.1.2",
      })
  void impossibleSourcesAreNotAnswered(String source) {
    for (int flags : new int[] {TcpFlags.SYN, TcpFlags.ACK}) {
      peer.send(0, RawHost.segment(source, 80, OURS, 80).flags(flags));
    }
    peer.expectNothing(0);
    assertThat(stack.counters()).containsEntry("IpInAddrErrors", 2L);
  }

  @Test
  void resetsAreLimited() {
    for (int i = 0; i < 20; i++) {
      peer.send(0, segment(TcpFlags.SYN));
    }
    for (int i = 0; i < 5; i++) {
      peer.expectSegment(0, s -> assertThat(s.rst()).isTrue());
    }
    peer.expectNothing(0);
  }

  @Test
  void aJoinWithAnUnknownTokenSaysWhy() {
    TxSegment join = segment(TcpFlags.SYN);
    join.options().mptcp(new MpJoinSyn(false, 2, 0x12345678, 99));
    peer.send(0, join);
    // RFC 8684 section 3.2: reset with an MPTCP-specific error.
    peer.expectSegment(
        0,
        s -> {
          assertThat(s.rst()).isTrue();
          assertThat(s.options().mptcp(MpTcpRst.class).reason()).isEqualTo(MpTcpRst.MPTCP_ERROR);
        });
    assertThat(stack.counters())
        .containsEntry("MPTcpExtMPJoinNoTokenFound", 1L)
        .doesNotContainKey("MPTcpExtMPJoinSynRx");
  }

  @Test
  void aJoinThatAListenerHearsCountsAsOneWhosoeverItIs() throws Exception {
    stack.listen(new InetSocketAddress(OURS, 80), 1);
    TxSegment join = RawHost.segment(PEER, 1111, OURS, 80).seq(1000).flags(TcpFlags.SYN);
    join.options().mptcp(new MpJoinSyn(true, 2, 0x12345678, 99));
    peer.send(0, join);
    peer.expectSegment(0, s -> assertThat(s.rst()).isTrue());
    assertThat(stack.counters())
        .containsEntry("MPTcpExtMPJoinNoTokenFound", 1L)
        .containsEntry("MPTcpExtMPJoinSynRx", 1L)
        .containsEntry("MPTcpExtMPJoinSynBackupRx", 1L);
  }

  /** As Linux: a port that is announced for joins takes no connection, whoever asks for one. */
  @ParameterizedTest
  @CsvSource({
    "80, true, 1, true",
    "80, false, 1, true",
    "81, true, 0, true",
    "81, false, 0, true",
    "80, true, 1, false",
    "80, false, 1, false"
  })
  void aPortThatTakesJoinsTakesNothingElse(
      int port, boolean mptcp, long counted, boolean ofTheStack) throws Exception {
    Endpoints endpoints =
        Endpoints.builder()
            .add(Endpoint.of(OURS, Endpoint.Flag.SIGNAL).withPort(80))
            .add(Endpoint.of("10.0.1.9", Endpoint.Flag.SIGNAL).withPort(81))
            .build();
    Supplier<PathManager> stacks = ofTheStack ? endpoints : DefaultPathManager::new;
    MptcpStack joined =
        MptcpStack.builder()
            .seed(1)
            .pathManager(stacks)
            .link(0, 1500)
            .address(0, "10.0.1.2/24")
            .build();
    SocketOptions options = SocketOptions.builder().pathManager(endpoints).build();
    MptcpServerSocket listener = joined.listen(new InetSocketAddress(OURS, 443), 1, options);
    RawHost other = new RawHost(joined);
    TxSegment syn = RawHost.segment(PEER, 1111, OURS, port).seq(1000).flags(TcpFlags.SYN);
    if (mptcp) {
      syn.options().mptcp(MpCapable.syn(MpCapable.HMAC_SHA256));
    }
    other.send(0, syn);
    other.expectSegment(
        0,
        s -> {
          assertThat(s.rst()).isTrue();
          MpTcpRst why = s.options().mptcp(MpTcpRst.class);
          if (mptcp && counted > 0) {
            assertThat(why.reason()).isEqualTo(MpTcpRst.PROHIBITED);
          } else {
            assertThat(why).isNull();
          }
        });
    assertThat(joined.allCounters())
        .containsEntry("MPTcpExtMPCapableEndpAttempt", counted)
        .containsEntry("MPTcpExtMPCapableSYNRX", mptcp ? counted : 0);
    listener.close();
    other.send(0, RawHost.segment(PEER, 1112, OURS, port).seq(1000).flags(TcpFlags.SYN));
    other.expectSegment(0, s -> assertThat(s.rst()).isTrue());
    assertThat(joined.allCounters())
        .containsEntry("MPTcpExtMPCapableEndpAttempt", ofTheStack ? 2 * counted : counted);
    joined.close();
  }

  @Test
  void badPacketsAreCounted() {
    peer.send(0, Unpooled.wrappedBuffer(new byte[] {1, 2, 3}));
    TxSegment fine = segment(TcpFlags.SYN);
    peer.send(0, fine);
    peer.expectSegment(0, s -> assertThat(s.rst()).isTrue());
    assertThat(stack.counters()).containsEntry("IpInHdrErrors", 1L);
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.0.1.255", "255.255.255.255", "224.0.0.1", "ff02::1"})
  void aSynToManyIsDiscardedAlthoughSomebodyListensEverywhere(String destination) throws Exception {
    // RFC 9293 section 3.9.2.3 (MUST-57).
    MptcpStack everywhere =
        MptcpStack.builder()
            .seed(1)
            .link(0, 1500)
            .address(0, "10.0.1.2/24")
            .address(0, "fd00:1::2/64")
            .build();
    everywhere.listen(new InetSocketAddress("::", 80), 8);
    RawHost other = new RawHost(everywhere);
    boolean v4 = !destination.contains(":");
    String source = v4 ? PEER : "fd00:1::1";
    other.send(0, RawHost.segment(source, 1111, destination, 80).flags(TcpFlags.SYN));
    other.expectNothing(0);
    assertThat(everywhere.usage().connections()).isZero();
    String ours = v4 ? OURS : "fd00:1::2";
    other.send(0, RawHost.segment(source, 1111, ours, 80).flags(TcpFlags.SYN));
    other.expectSegment(0, s -> assertThat(s.flags()).isEqualTo(TcpFlags.SYN | TcpFlags.ACK));
    everywhere.close();
  }
}
