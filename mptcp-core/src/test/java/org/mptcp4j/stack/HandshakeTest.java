package org.mptcp4j.stack;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.api.StackEvent;
import org.mptcp4j.api.StackLimits;
import org.mptcp4j.wire.IcmpError;
import org.mptcp4j.wire.IpAddress;
import org.mptcp4j.wire.MpCapable;
import org.mptcp4j.wire.Packet;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.TcpFlags;
import org.mptcp4j.wire.TxSegment;

/** One stack and hand-made packets: half-open connections, ICMP errors. */
class HandshakeTest {
  private static final String PEER = "10.0.1.1";
  private static final String OURS = "10.0.1.2";

  private final MptcpStack stack =
      MptcpStack.builder()
          .seed(1)
          .config(StackConfig.builder().limits(StackLimits.builder().halfOpen(2).build()).build())
          .link(0, 1500)
          .address(0, OURS + "/24")
          .build();
  private final RawHost peer = new RawHost(stack);
  private final StackEvent event = new StackEvent();
  private int theirSeq;

  @AfterEach
  void close() {
    stack.close();
  }

  private static TxSegment from(int port, int flags) {
    return RawHost.segment(PEER, port, OURS, 80).seq(1000).flags(flags).window(65_535);
  }

  @Test
  void halfOpenConnectionsAreBounded() throws Exception {
    stack.listen(new InetSocketAddress(OURS, 80), 100);
    for (int port = 1; port <= 3; port++) {
      peer.send(0, from(port, TcpFlags.SYN));
    }
    for (int port = 1; port <= 2; port++) {
      peer.expectSegment(
          0,
          s -> {
            assertThat(s.flags()).isEqualTo(TcpFlags.SYN | TcpFlags.ACK);
            theirSeq = s.seq();
          });
    }
    peer.expectNothing(0);
    assertThat(stack.usage()).isEqualTo(new StackUsage(2, 2, 2, 0));
    assertThat(stack.counters()).containsEntry("TcpExtTCPReqQFullDrop", 1L);
    // RFC 9293 section 3.10.7.4: a reset in SYN-RECEIVED from a passive open returns to LISTEN.
    peer.send(0, from(1, TcpFlags.RST).seq(1001));
    peer.expectNothing(0);
    assertThat(stack.usage()).isEqualTo(new StackUsage(1, 1, 1, 0));
    peer.send(0, from(2, TcpFlags.ACK).seq(1001).ack(theirSeq + 1));
    assertThat(stack.pollEvent(event)).isTrue();
    assertThat(event.type()).isEqualTo(StackEvent.Type.ACCEPTABLE);
    assertThat(stack.usage()).isEqualTo(new StackUsage(1, 0, 1, 0));
  }

  // RFC 5961 section 4.2: a peer that opens anew over a connection that is not over here resets it
  // first; both may come before the stack has its turn to send.
  @Test
  void aSynRightBehindAResetOpensAConnection() throws Exception {
    stack.listen(new InetSocketAddress(OURS, 80), 100);
    peer.send(0, from(1, TcpFlags.SYN));
    peer.expectSegment(0, s -> assertThat(s.flags()).isEqualTo(TcpFlags.SYN | TcpFlags.ACK));
    peer.send(0, from(1, TcpFlags.RST).seq(1001));
    peer.send(0, from(1, TcpFlags.SYN).seq(5000));
    peer.expectSegment(
        0,
        s -> {
          assertThat(s.flags()).isEqualTo(TcpFlags.SYN | TcpFlags.ACK);
          assertThat(s.ack()).isEqualTo(5001);
        });
    peer.expectNothing(0);
    assertThat(stack.usage()).isEqualTo(new StackUsage(1, 1, 1, 0));
  }

  // RFC 8684 section 3.7: data from beyond a gap says nothing; a peer may leave it at that.
  @Test
  void aPeerThatNeverShowsItsKeyIsGivenUp() throws Exception {
    stack.listen(new InetSocketAddress(OURS, 80), 100);
    TxSegment syn = from(1, TcpFlags.SYN);
    syn.options().mptcp(MpCapable.syn(MpCapable.HMAC_SHA256));
    peer.send(0, syn);
    peer.expectSegment(0, s -> theirSeq = s.seq());
    ByteBuf data = Unpooled.wrappedBuffer(new byte[100]);
    TxSegment beyond = from(1, TcpFlags.ACK).seq(1500).ack(theirSeq + 1);
    beyond.addPayload(data, 0, 100);
    peer.send(0, beyond);
    peer.expectSegment(0, s -> assertThat(s.flags()).isEqualTo(TcpFlags.ACK));
    assertThat(stack.usage().halfOpen()).isEqualTo(1);
    peer.expectNothing(0);
    for (long now = 0; now < 300_000_000_000L; now = stack.nextTimeoutNs()) {
      stack.onTimeout(now);
      peer.expectNothing(now);
    }
    assertThat(stack.usage()).isEqualTo(new StackUsage(0, 0, 0, 0));
    assertThat(stack.nextTimeoutNs()).isEqualTo(Long.MAX_VALUE);
  }

  @ParameterizedTest
  @EnumSource(
      value = IcmpError.Kind.class,
      names = {"NETWORK_UNREACHABLE", "HOST_UNREACHABLE", "PORT_UNREACHABLE", "PROHIBITED"})
  void anIcmpErrorEndsAConnectionAttempt(IcmpError.Kind kind) throws Exception {
    MptcpSocket socket = stack.connect(0, new InetSocketAddress(PEER, 80));
    peer.expectPacket(0, syn -> reject(syn, kind, 0));
    // RFC 5927 section 5.2: hard while connecting.
    assertThat(stack.pollEvent(event)).isTrue();
    assertThat(event.type()).isEqualTo(StackEvent.Type.CONNECT_FAILED);
    assertThat(event.error()).isEqualTo(SocketError.EHOSTUNREACH);
    assertThat(socket.state()).isEqualTo(MptcpSocket.State.CLOSED);
  }

  @Test
  void aForgedIcmpErrorDoesNot() throws Exception {
    MptcpSocket socket = stack.connect(0, new InetSocketAddress(PEER, 80));
    peer.expectPacket(0, syn -> reject(syn, IcmpError.Kind.HOST_UNREACHABLE, 5));
    assertThat(stack.pollEvent(event)).isFalse();
    assertThat(socket.state()).isEqualTo(MptcpSocket.State.CONNECTING);
    assertThat(stack.counters()).containsEntry("IcmpInErrors", 1L);
  }

  private void reject(Packet syn, IcmpError.Kind kind, int wrongBy) {
    ByteBuf quoted = syn.linearize(ByteBufAllocator.DEFAULT);
    RxSegment view = new RxSegment();
    view.parse(syn);
    quoted.setInt(quoted.readerIndex() + 24, view.seq() + wrongBy);
    IpAddress router = IpAddress.parse("10.0.1.254");
    peer.send(0, IcmpError.encode(kind, 0, router, quoted, ByteBufAllocator.DEFAULT));
    quoted.release();
  }
}
