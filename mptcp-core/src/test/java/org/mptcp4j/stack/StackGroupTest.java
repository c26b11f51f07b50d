package org.mptcp4j.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.net.InetSocketAddress;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.mptcp4j.api.MptcpException;
import org.mptcp4j.api.MptcpServerSocket;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.MptcpStack;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.api.SocketOptions;
import org.mptcp4j.api.StackGroup;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.link.packet.PacketBatch;
import org.mptcp4j.mptcp.TokenTable;
import org.mptcp4j.tcp.FourTuple;
import org.mptcp4j.wire.IcmpError;
import org.mptcp4j.wire.MpJoinSyn;
import org.mptcp4j.wire.MpTcpRst;
import org.mptcp4j.wire.TcpFlags;
import org.mptcp4j.wire.TxSegment;

/** Two stacks with one address. */
class StackGroupTest {
  private static final String PEER = "10.0.1.1";
  private static final String OURS = "10.0.1.2";

  private final TupleDirectory group = new TupleDirectory(2, new SplittableRandom(1));
  private final MptcpStack[] stacks = {stack(0), stack(1)};
  private final RawHost[] peers = {new RawHost(stacks[0]), new RawHost(stacks[1])};
  private final PacketBatch batch = new PacketBatch(16);

  private MptcpStack stack(int index) {
    return MptcpStack.builder()
        .seed(index)
        .member(group, index)
        .link(0, 1500)
        .address(0, OURS + "/24")
        .build();
  }

  @AfterEach
  void closingGivesUpEveryTuple() {
    stacks[0].close();
    stacks[1].close();
    assertThat(group.flows()).isZero();
    batch.clear();
  }

  private static InetSocketAddress at(String host, int port) {
    return new InetSocketAddress(host, port);
  }

  private static TxSegment join(int port, int token) {
    TxSegment syn = RawHost.segment(PEER, port, OURS, 80).seq(1).flags(TcpFlags.SYN);
    syn.options().mptcp(new MpJoinSyn(false, 1, token, 77));
    return syn;
  }

  @Test
  void aJoinGoesToTheStackThatTheTokenNames() {
    int[] tokens = {0x7fffffff, 0x80000000};
    for (int owner = 0; owner < 2; owner++) {
      assertThat(TokenTable.shareOf(tokens[owner], 2)).isEqualTo(owner);
      int other = 1 - owner;
      peers[other].send(0, join(1111, tokens[owner]));
      peers[other].expectNothing(0);
      assertThat(stacks[other].pollHandover(batch)).isEqualTo(owner);
      assertThat(stacks[other].pollHandover(batch)).isNegative();
      stacks[owner].onPackets(0, batch);
      assertThat(stacks[owner].pollHandover(batch)).isNegative();
      peers[owner].expectSegment(
          0,
          rst ->
              assertThat(rst.options().mptcp(MpTcpRst.class).reason())
                  .isEqualTo(MpTcpRst.MPTCP_ERROR));
    }
  }

  @Test
  void whatBelongsToNothingIsAnsweredWhereItCame() {
    for (RawHost peer : peers) {
      peer.send(0, RawHost.segment(PEER, 1111, OURS, 80).seq(1).ack(7).flags(TcpFlags.ACK));
      peer.expectSegment(0, s -> assertThat(s.flags()).isEqualTo(TcpFlags.RST));
    }
    assertThat(stacks[0].pollHandover(batch)).isNegative();
  }

  @Test
  void anIcmpErrorFindsItsConnection() throws Exception {
    MptcpSocket socket = stacks[1].connect(0, at(PEER, 80));
    peers[1].expectPacket(0, syn -> refuse(syn, peers[0]));
    assertThat(socket.state()).isEqualTo(MptcpSocket.State.CONNECTING);
    assertThat(stacks[0].pollHandover(batch)).isEqualTo(1);
    stacks[1].onPackets(0, batch);
    peers[1].expectNothing(0);
    assertThat(socket.error()).isEqualTo(SocketError.EHOSTUNREACH);
    assertThat(stacks[0].counters()).doesNotContainKey("IcmpInErrors");
  }

  private static void refuse(Packet syn, RawHost peer) {
    ByteBuf quoted = syn.linearize(ByteBufAllocator.DEFAULT);
    IpAddress router = IpAddress.parse("10.0.1.254");
    peer.send(
        0,
        IcmpError.encode(
            IcmpError.Kind.HOST_UNREACHABLE, 0, router, quoted, ByteBufAllocator.DEFAULT));
    quoted.release();
  }

  @Test
  void noTupleIsUsedTwice() throws Exception {
    SocketOptions from = SocketOptions.builder().localAddress(at(OURS, 5555)).build();
    stacks[0].connect(0, at(PEER, 80), from);
    assertThatThrownBy(() -> stacks[1].connect(0, at(PEER, 80), from))
        .isInstanceOfSatisfying(
            MptcpException.class, e -> assertThat(e.error()).isEqualTo(SocketError.EADDRINUSE));
    stacks[1].connect(0, at(PEER, 81), from);
    for (int i = 0; i < 50; i++) {
      int port = stacks[i % 2].connect(0, at(PEER, 80)).localAddress().getPort();
      assertThat(port % 2).isEqualTo(i % 2);
    }
    assertThat(group.flows()).isEqualTo(52);
  }

  @Test
  void packetsThatNobodyFetchesAreDroppedAndCounted() throws Exception {
    int port = stacks[1].connect(0, at(PEER, 80)).localAddress().getPort();
    for (int i = 0; i < 70; i++) {
      peers[0].send(0, RawHost.segment(PEER, 80, OURS, port).seq(i).ack(7).flags(TcpFlags.ACK));
    }
    assertThat(stacks[0].counters())
        .containsEntry("StackHandedOver", 64L)
        .containsEntry("StackHandoverDrops", 6L);
    int[] polled = {0};
    while (stacks[0].pollHandover(batch) == 1) {
      for (int i = 0; i < batch.size(); i++, polled[0]++) {
        assertThat(batch.get(i).header().getInt(24)).isEqualTo(polled[0]); // in their order
      }
      batch.clear();
    }
    assertThat(polled[0]).isEqualTo(64);
  }

  @Test
  void ofManyThreadsOneGetsTheTuple() throws Exception {
    IpAddress local = IpAddress.parse(OURS);
    IpAddress remote = IpAddress.parse(PEER);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    CountDownLatch start = new CountDownLatch(2);
    try {
      Future<Integer> one = threads.submit(() -> claimAll(start, local, remote, 0));
      Future<Integer> other = threads.submit(() -> claimAll(start, local, remote, 1));
      assertThat(one.get() + other.get()).isEqualTo(20_000);
      assertThat(group.flows()).isEqualTo(20_000);
    } finally {
      threads.shutdownNow();
    }
    for (int port = 1; port <= 20_000; port++) {
      assertThat(group.ownerOf(local, port, remote, 80)).isNotNegative();
      group.release(new FourTuple(local, port, remote, 80));
    }
  }

  private int claimAll(CountDownLatch start, IpAddress local, IpAddress remote, int owner)
      throws InterruptedException {
    start.countDown();
    start.await();
    int mine = 0;
    for (int port = 1; port <= 20_000; port++) {
      mine += group.claim(new FourTuple(local, port, remote, 80), owner) ? 1 : 0;
    }
    return mine;
  }

  /**
   * Another stack took all memory, and gave it back: this one hears of it although nothing fits.
   */
  @Test
  void memoryThatAnotherStackGaveBackIsThereAgain() throws Exception {
    MptcpServerSocket server = stacks[0].listen(at(OURS, 80), 4);
    RawHost peer = peers[0];
    int[] iss = {0};
    peer.send(0, RawHost.segment(PEER, 1111, OURS, 80).seq(0).flags(TcpFlags.SYN).window(65_535));
    peer.expectSegment(0, s -> iss[0] = s.seq());
    TxSegment ack = RawHost.segment(PEER, 1111, OURS, 80).seq(1).flags(TcpFlags.ACK);
    peer.send(0, ack.ack(iss[0] + 1).window(65_535));
    peer.expectNothing(0);
    MptcpSocket socket = server.accept();

    group.held().received().addAndGet(1L << 50);
    sendByte(iss[0], 1); // what this stack knows is old
    assertThat(socket.readableBytes()).isEqualTo(1);
    socket.read().release();
    sendByte(iss[0], 2);
    assertThat(socket.readableBytes()).as("there is no memory").isZero();
    group.held().received().addAndGet(-(1L << 50));
    sendByte(iss[0], 2); // finds out
    sendByte(iss[0], 2);
    assertThat(socket.readableBytes()).isEqualTo(1);
  }

  private void sendByte(int iss, int seq) {
    TxSegment data = RawHost.segment(PEER, 1111, OURS, 80).seq(seq).ack(iss + 1);
    data.flags(TcpFlags.ACK).window(65_535);
    ByteBuf payload = ByteBufAllocator.DEFAULT.buffer(1).writeByte(seq);
    data.addPayload(payload, 0, 1);
    payload.release();
    peers[0].send(0, data);
    peers[0].takeAll(0, s -> true);
  }

  @Test
  void aPlaceOutsideTheGroupIsRefused() {
    assertThatThrownBy(() -> MptcpStack.builder().member(group, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a group of 2 stacks counts them from 0; there is no stack 2");
    assertThatThrownBy(() -> StackGroup.of(0, new SplittableRandom(1)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
