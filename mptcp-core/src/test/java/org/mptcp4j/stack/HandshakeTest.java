package org.mptcp4j.stack;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mptcp4j.api.Limits;
import org.mptcp4j.api.MptcpServerSocket;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.MptcpStack;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.api.StackEvent;
import org.mptcp4j.api.StackUsage;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.link.sim.SimNetwork;
import org.mptcp4j.wire.IcmpError;
import org.mptcp4j.wire.MpCapable;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.TcpFlags;
import org.mptcp4j.wire.TxSegment;

/** One stack and hand-made packets: half-open connections, ICMP errors. */
class HandshakeTest {
  private static final String PEER = "10.0.1.1";
  private static final String OURS = "10.0.1.2";

  private final MptcpStack stack = stackOf(Limits.builder().halfOpen(2).build());
  private final RawHost peer = new RawHost(stack);
  private int theirSeq;
  private long nowNs;

  @AfterEach
  void close() {
    stack.close();
  }

  private static TxSegment from(int port, int flags) {
    return RawHost.segment(PEER, port, OURS, 80).seq(1000).flags(flags).window(65_535);
  }

  private static MptcpStack stackOf(Limits limits) {
    return MptcpStack.builder()
        .seed(1)
        .config(StackConfig.builder().limits(limits).build())
        .link(0, 1500)
        .address(0, OURS + "/24")
        .build();
  }

  /** A SYN from that port, and the number that its SYN/ACK has. */
  private int open(RawHost from, int port) {
    from.send(nowNs, from(port, TcpFlags.SYN));
    return synAck(from, port);
  }

  private int synAck(RawHost from, int port) {
    from.expectSegment(
        nowNs,
        s -> {
          assertThat(s.flags()).isEqualTo(TcpFlags.SYN | TcpFlags.ACK);
          assertThat(s.dstPort()).isEqualTo(port);
          theirSeq = s.seq();
        });
    return theirSeq;
  }

  private static TxSegment ack(int port, int theirSeq) {
    return from(port, TcpFlags.ACK).seq(1001).ack(theirSeq + 1);
  }

  private void expectReset(RawHost host) {
    host.expectSegment(nowNs, s -> assertThat(s.flags()).isEqualTo(TcpFlags.RST));
  }

  // RFC 4987 section 3.4: the oldest half-open connection gives its place to a new one.
  @Test
  void halfOpenConnectionsAreBounded() throws Exception {
    stack.listen(new InetSocketAddress(OURS, 80), 100);
    int first = open(peer, 1);
    open(peer, 2);
    nowNs += SimNetwork.seconds(2.9).toNanos();
    open(peer, 4);
    assertThat(stack.usage()).as("answered by a cookie").isEqualTo(new StackUsage(2, 2, 2, 0));
    assertThat(stack.counters()).doesNotContainKey("TcpExtTCPReqQFullDrop");
    nowNs += SimNetwork.seconds(0.1).toNanos(); // what a client has for its answer
    int third = open(peer, 3);
    peer.expectNothing(nowNs);
    assertThat(stack.usage()).isEqualTo(new StackUsage(2, 2, 2, 0));
    assertThat(stack.counters())
        .containsEntry("TcpExtTCPReqQFullDrop", 1L)
        .containsEntry("TcpExtListenDrops", 1L);
    // RFC 9293 section 3.10.7.1: the connection does not exist.
    peer.send(nowNs, ack(1, first));
    expectReset(peer);
    // RFC 9293 section 3.10.7.4: a reset in SYN-RECEIVED from a passive open returns to LISTEN.
    peer.send(nowNs, from(2, TcpFlags.RST).seq(1001));
    peer.expectNothing(nowNs);
    assertThat(stack.usage()).isEqualTo(new StackUsage(1, 1, 1, 0));
    peer.send(nowNs, ack(3, third));
    assertThat(stack.pollEvent().type()).isEqualTo(StackEvent.Type.ACCEPTABLE);
    assertThat(stack.usage()).isEqualTo(new StackUsage(1, 0, 1, 0));
  }

  @Test
  void aCompleteHandshakeIsNotRecycledInTheSameTurn() throws Exception {
    MptcpServerSocket listener = stack.listen(new InetSocketAddress(OURS, 80), 100);
    int first = open(peer, 1);
    int second = open(peer, 2);
    peer.send(nowNs, ack(1, first));
    nowNs += SimNetwork.seconds(3).toNanos(); // what a client has for its answer
    peer.send(nowNs, from(3, TcpFlags.SYN));
    peer.send(nowNs, from(4, TcpFlags.SYN));
    synAck(peer, 3);
    synAck(peer, 4);
    peer.expectNothing(nowNs);
    assertThat(listener.accept()).isNotNull();
    peer.send(nowNs, ack(2, second));
    expectReset(peer);
    assertThat(stack.counters()).containsEntry("TcpExtTCPReqQFullDrop", 1L);
  }

  // RFC 8684 section 3.1: the key in the third packet is a part of the handshake.
  @Test
  void aPeerThatNeverShowsItsKeyIsRecycled() throws Exception {
    stack.listen(new InetSocketAddress(OURS, 80), 100);
    TxSegment syn = from(1, TcpFlags.SYN);
    syn.options().mptcp(MpCapable.syn(MpCapable.HMAC_SHA256));
    peer.send(nowNs, syn);
    synAck(peer, 1);
    TxSegment beyond = ack(1, theirSeq).seq(1500);
    beyond.addPayload(Unpooled.wrappedBuffer(new byte[100]), 0, 100);
    peer.send(nowNs, beyond);
    peer.expectSegment(nowNs, s -> assertThat(s.flags()).isEqualTo(TcpFlags.ACK));
    open(peer, 2);
    nowNs += SimNetwork.seconds(3).toNanos(); // what a client has for its answer
    open(peer, 3);
    assertThat(stack.usage()).isEqualTo(new StackUsage(2, 2, 2, 0));
    peer.send(nowNs, ack(1, theirSeq));
    expectReset(peer);
  }

  @Test
  void aFullBacklogDropsSynsAndRecyclesNothing() throws Exception {
    MptcpServerSocket full = stack.listen(new InetSocketAddress(OURS, 80), 1);
    stack.listen(new InetSocketAddress(OURS, 81), 1);
    peer.send(nowNs, ack(1, open(peer, 1)));
    assertThat(stack.pollEvent()).isNotNull();
    int other = open(peer, from(2, TcpFlags.SYN).dstPort(81));
    for (int port = 3; port < 10; port++) {
      peer.send(nowNs, from(port, TcpFlags.SYN));
    }
    peer.expectNothing(nowNs);
    assertThat(stack.counters())
        .containsEntry("TcpExtListenOverflows", 7L)
        .containsEntry("TcpExtListenDrops", 7L)
        .doesNotContainKey("TcpExtTCPReqQFullDrop");
    peer.send(nowNs, ack(2, other).dstPort(81));
    assertThat(stack.pollEvent()).isNotNull();
    // A SYN that was dropped comes again, and there is room by then.
    assertThat(full.accept()).isNotNull();
    open(peer, 3);
  }

  private int open(RawHost from, TxSegment syn) {
    int port = syn.srcPort();
    from.send(nowNs, syn);
    return synAck(from, port);
  }

  @Test
  void halfOpenConnectionsDoNotUseUpOtherLimits() throws Exception {
    Limits connections = Limits.builder().connections(3).build();
    Limits flows = Limits.builder().flows(3).build();
    for (Limits few : List.of(connections, flows)) {
      try (MptcpStack small = stackOf(few)) {
        RawHost host = new RawHost(small);
        small.listen(new InetSocketAddress(OURS, 80), 100);
        for (int port = 1; port < 10; port++) {
          open(host, port);
        }
        assertThat(small.usage()).isEqualTo(new StackUsage(3, 3, 3, 0));
        small.connect(0, new InetSocketAddress(PEER, 80));
        host.expectSegment(nowNs, s -> assertThat(s.flags()).isEqualTo(TcpFlags.SYN));
        assertThat(small.usage()).isEqualTo(new StackUsage(3, 2, 3, 0));
        host.send(nowNs, ack(9, theirSeq));
        open(host, 10);
        open(host, 11);
        assertThat(small.usage()).isEqualTo(new StackUsage(3, 1, 3, 0));
      }
    }
  }

  // RFC 5961 section 4.2: a peer that opens anew over a connection that is not over here resets it
  // first; both may come before the stack has its turn to send.
  @Test
  void aSynRightBehindAResetOpensAConnection() throws Exception {
    stack.listen(new InetSocketAddress(OURS, 80), 100);
    peer.send(nowNs, from(1, TcpFlags.SYN));
    peer.expectSegment(nowNs, s -> assertThat(s.flags()).isEqualTo(TcpFlags.SYN | TcpFlags.ACK));
    peer.send(nowNs, from(1, TcpFlags.RST).seq(1001));
    peer.send(nowNs, from(1, TcpFlags.SYN).seq(5000));
    peer.expectSegment(
        nowNs,
        s -> {
          assertThat(s.flags()).isEqualTo(TcpFlags.SYN | TcpFlags.ACK);
          assertThat(s.ack()).isEqualTo(5001);
        });
    peer.expectNothing(nowNs);
    assertThat(stack.usage()).isEqualTo(new StackUsage(1, 1, 1, 0));
  }

  // RFC 8684 section 3.7: data from beyond a gap says nothing; a peer may leave it at that.
  @Test
  void aPeerThatNeverShowsItsKeyIsGivenUp() throws Exception {
    stack.listen(new InetSocketAddress(OURS, 80), 100);
    TxSegment syn = from(1, TcpFlags.SYN);
    syn.options().mptcp(MpCapable.syn(MpCapable.HMAC_SHA256));
    peer.send(nowNs, syn);
    peer.expectSegment(nowNs, s -> theirSeq = s.seq());
    ByteBuf data = Unpooled.wrappedBuffer(new byte[100]);
    TxSegment beyond = from(1, TcpFlags.ACK).seq(1500).ack(theirSeq + 1);
    beyond.addPayload(data, 0, 100);
    peer.send(nowNs, beyond);
    peer.expectSegment(nowNs, s -> assertThat(s.flags()).isEqualTo(TcpFlags.ACK));
    assertThat(stack.usage().halfOpen()).isEqualTo(1);
    peer.expectNothing(nowNs);
    for (long now = 0; now < 300_000_000_000L; now = stack.nextTimeoutNs()) {
      stack.onTimeout(now);
      peer.expectNothing(now);
    }
    assertThat(stack.usage()).isEqualTo(new StackUsage(0, 0, 0, 0));
    assertThat(stack.nextTimeoutNs()).isEqualTo(Long.MAX_VALUE);
  }

  @ParameterizedTest
  @CsvSource({
    "NETWORK_UNREACHABLE,  EHOSTUNREACH",
    "HOST_UNREACHABLE,     EHOSTUNREACH",
    "PROHIBITED,           EHOSTUNREACH",
    "PORT_UNREACHABLE,     ECONNREFUSED",
    "PROTOCOL_UNREACHABLE, ENOPROTOOPT",
  })
  void anIcmpErrorEndsAConnectionAttempt(IcmpError.Kind kind, SocketError error) throws Exception {
    MptcpSocket socket = stack.connect(0, new InetSocketAddress(PEER, 80));
    peer.expectPacket(0, syn -> reject(syn, kind, 0));
    // RFC 5927 section 5.2: hard while connecting.
    StackEvent event = stack.pollEvent();
    assertThat(event.type()).isEqualTo(StackEvent.Type.CONNECT_FAILED);
    assertThat(event.error()).isEqualTo(error);
    assertThat(socket.state()).isEqualTo(MptcpSocket.State.CLOSED);
  }

  @Test
  void aForgedIcmpErrorDoesNot() throws Exception {
    MptcpSocket socket = stack.connect(0, new InetSocketAddress(PEER, 80));
    peer.expectPacket(0, syn -> reject(syn, IcmpError.Kind.HOST_UNREACHABLE, 5));
    assertThat(stack.pollEvent()).isNull();
    assertThat(socket.state()).isEqualTo(MptcpSocket.State.CONNECTING);
    assertThat(stack.counters()).containsEntry("TcpExtOutOfWindowIcmps", 1L);
  }

  private void reject(Packet syn, IcmpError.Kind kind, int wrongBy) {
    ByteBuf quoted = syn.linearize(ByteBufAllocator.DEFAULT);
    RxSegment view = new RxSegment();
    view.parse(syn);
    quoted.setInt(quoted.readerIndex() + 24, view.seq() + wrongBy);
    IpAddress router = IpAddress.parse("10.0.1.254");
    peer.send(nowNs, IcmpError.encode(kind, 0, router, quoted, ByteBufAllocator.DEFAULT));
    quoted.release();
  }
}
