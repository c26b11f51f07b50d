package org.mptcp4j.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.mptcp4j.link.packet.ChecksumState;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.link.packet.PacketBatch;
import org.mptcp4j.link.sim.SimLinkDevice;
import org.mptcp4j.wire.ParseVerdict;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.TcpFlags;
import org.mptcp4j.wire.TxSegment;

class OffloadAdapterTest {
  private static final ByteBufAllocator ALLOC = ByteBufAllocator.DEFAULT;
  private static final int MSS = 1448;

  private record Seen(int seq, int flags, int segments, byte[] payload) {}

  private static List<Seen> transfer(LinkFeatures features, List<Packet> packets) {
    SimLinkDevice[] ends = SimLinkDevice.pair(1500, features, 1024, ALLOC);
    LinkDevice from = OffloadAdapter.wrap(ends[0], ALLOC);
    LinkDevice to = OffloadAdapter.wrap(ends[1], ALLOC);
    for (Packet p : packets) {
      assertThat(from.send(p)).isTrue();
    }
    List<Seen> seen = new ArrayList<>();
    PacketBatch batch = new PacketBatch(5);
    RxSegment rx = new RxSegment();
    while (to.receive(batch) > 0) {
      for (int i = 0; i < batch.size(); i++) {
        assertThat(rx.parse(batch.get(i))).isEqualTo(ParseVerdict.OK);
        assertThat(rx.options().tsVal()).isEqualTo(11);
        byte[] payload = new byte[rx.payloadLength()];
        rx.buf().getBytes(rx.payloadIndex(), payload);
        seen.add(new Seen(rx.seq(), rx.flags(), rx.segments(), payload));
      }
      batch.clear();
    }
    from.close();
    to.close();
    return seen;
  }

  private static byte[] stream(List<Seen> seen, int firstSeq, int length) {
    byte[] all = new byte[length];
    for (Seen s : seen) {
      System.arraycopy(s.payload(), 0, all, s.seq() - firstSeq, s.payload().length);
    }
    return all;
  }

  private static Packet superSegment(boolean v4, int seq, byte[] payload, int flags) {
    IpAddress src = v4 ? TestSegments.V4_A : TestSegments.V6_A;
    IpAddress dst = v4 ? TestSegments.V4_B : TestSegments.V6_B;
    TxSegment s = TestSegments.segment(src, dst, seq, payload).flags(flags);
    s.gsoSize(payload.length > MSS - 20 ? MSS - 20 : 0);
    return TestSegments.packet(s);
  }

  @Property(tries = 200)
  void everyCombinationOfOffloadsGivesTheSameStream(
      @ForAll boolean tso4,
      @ForAll boolean tso6,
      @ForAll boolean gro,
      @ForAll boolean checksums,
      @ForAll boolean v4,
      @ForAll int seed) {
    Random random = new Random(seed);
    int first = random.nextInt();
    List<Packet> packets = new ArrayList<>();
    int sent = 0;
    for (int i = 0; i < 6; i++) {
      int length = random.nextInt(4) == 0 ? random.nextInt(10) : 1 + random.nextInt(64_000);
      int flags = TcpFlags.ACK | (random.nextBoolean() ? TcpFlags.PSH : 0);
      packets.add(superSegment(v4, first + sent, TestSegments.bytes(length, sent), flags));
      sent += length;
    }
    List<Seen> seen = transfer(new LinkFeatures(tso4, tso6, gro, checksums), packets);
    assertThat(stream(seen, first, sent)).isEqualTo(TestSegments.bytes(sent, 0));
  }

  @Test
  void cutsWithFinAndPushOnTheLastAndCwrOnTheFirstOnly() {
    int flags = TcpFlags.ACK | TcpFlags.PSH | TcpFlags.FIN | TcpFlags.CWR;
    Packet p = superSegment(true, 100, TestSegments.bytes(3000, 0), flags);
    Segmenter segmenter = new Segmenter();
    segmenter.begin(p);
    Packet piece = new Packet();
    RxSegment rx = new RxSegment();
    List<Integer> seen = new ArrayList<>();
    int id = p.header().getUnsignedShort(4);
    for (int i = 0; segmenter.next(ALLOC, piece); i++) {
      assertThat(piece.header().getUnsignedShort(4)).isEqualTo(id + i & 0xFFFF);
      Packet whole = new Packet();
      whole.header(piece.linearize(ALLOC));
      whole.checksum(ChecksumState.PARTIAL);
      assertThat(rx.parse(whole)).isEqualTo(ParseVerdict.OK);
      assertThat(rx.seq()).isEqualTo(100 + i * 1428);
      seen.add(rx.flags());
      whole.release();
      piece.release();
    }
    p.release();
    assertThat(seen)
        .containsExactly(TcpFlags.ACK | TcpFlags.CWR, TcpFlags.ACK | TcpFlags.CWR, flags);
  }

  @Test
  void mergesOnlyWhatContinuesWithTheSameOptions() {
    List<Packet> packets = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      packets.add(superSegment(true, i * 100, TestSegments.bytes(100, i * 100), TcpFlags.ACK));
    }
    TxSegment other =
        TestSegments.segment(
            TestSegments.V4_A, TestSegments.V4_B, 300, TestSegments.bytes(100, 300));
    other.options().windowScale(1);
    packets.add(TestSegments.packet(other));
    packets.add(superSegment(true, 500, TestSegments.bytes(100, 500), TcpFlags.ACK));
    packets.add(superSegment(true, 600, TestSegments.bytes(50, 600), TcpFlags.ACK));
    packets.add(superSegment(true, 650, TestSegments.bytes(50, 650), TcpFlags.ACK));
    List<Seen> seen = transfer(LinkFeatures.NONE, packets);
    assertThat(seen).extracting(Seen::seq).containsExactly(0, 300, 500, 650);
    assertThat(seen).extracting(Seen::segments).containsExactly(3, 1, 2, 1);
  }

  @Test
  void aSegmentWithAWrongChecksumIsNotMerged() {
    SimLinkDevice[] ends = SimLinkDevice.pair(1500, LinkFeatures.NONE, 16, ALLOC);
    LinkDevice to = OffloadAdapter.wrap(ends[1], ALLOC);
    for (int i = 0; i < 2; i++) {
      Packet p = superSegment(true, i * 100, TestSegments.bytes(100, 0), TcpFlags.ACK);
      if (i == 0) {
        org.mptcp4j.wire.SoftwareChecksum.complete(p);
      }
      ends[0].send(p);
    }
    PacketBatch batch = new PacketBatch(4);
    assertThat(to.receive(batch)).isEqualTo(2);
    assertThat(new RxSegment().parse(batch.get(1))).isEqualTo(ParseVerdict.BAD_CHECKSUM);
    batch.clear();
    to.close();
    ends[0].close();
  }

  @Test
  void aBusyDeviceGetsTheRestOfASuperSegmentLater() {
    SimLinkDevice[] ends = SimLinkDevice.pair(1500, LinkFeatures.NONE, 2, ALLOC);
    LinkDevice from = OffloadAdapter.wrap(ends[0], ALLOC);
    LinkDevice to = OffloadAdapter.wrap(ends[1], ALLOC);
    Packet p = superSegment(false, 0, TestSegments.bytes(5000, 0), TcpFlags.ACK);
    PacketBatch batch = new PacketBatch(8);
    List<Integer> lengths = new ArrayList<>();
    boolean done = false;
    while (!done) {
      done = from.send(p);
      to.receive(batch);
      for (int i = 0; i < batch.size(); i++) {
        lengths.add(batch.get(i).length() - 72);
      }
      batch.clear();
    }
    assertThat(lengths).containsExactly(2856, 2144);
    from.close();
    to.close();
  }
}
