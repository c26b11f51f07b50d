package org.mptcp4j.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.mptcp4j.link.packet.ChecksumState;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.packet.Packet;

class TxSegmentTest {
  private static final ByteBufAllocator ALLOC = ByteBufAllocator.DEFAULT;

  private final TxSegment tx = new TxSegment();
  private final Packet packet = new Packet();
  private final RxSegment rx = new RxSegment();

  @Property(tries = 300)
  void whatIsEncodedIsParsed(
      @ForAll long seed, @ForAll boolean v4, @ForAll @IntRange(max = 20) int pieces) {
    Random random = new Random(seed);
    address(v4, random).flags(random.nextInt(256)).seq(random.nextInt()).ack(random.nextInt());
    tx.srcPort(random.nextInt(65536)).dstPort(random.nextInt(65536)).trafficClass(0x52);
    tx.window(random.nextInt(65536)).gsoSize(1000).hopLimit(200).linkIndex(3);
    long dsn = random.nextLong();
    assertThat(tx.options().timestamps(1, -2)).isTrue();
    assertThat(tx.options().dssAck64Map64(dsn - 7, dsn, 99, 500)).isTrue();
    ByteBuf payload = Unpooled.buffer();
    for (int i = 0; i < pieces; i++) {
      byte[] bytes = new byte[random.nextInt(3000)];
      random.nextBytes(bytes);
      payload.writeBytes(bytes);
      ByteBuf piece = Unpooled.wrappedBuffer(bytes);
      tx.addPayload(piece, 0, bytes.length);
      piece.release();
    }
    int seqLength = tx.seqLength();
    IpAddress src = tx.src();
    int seq = tx.seq();
    int flags = tx.flags();

    tx.encodeInto(packet, ALLOC);

    assertThat(tx.payloadLength()).isZero();
    ByteBuf partial = packet.linearize(ALLOC);
    assertThat(rx.parse(partial, ChecksumState.PARTIAL, packet.gsoSize()))
        .isEqualTo(ParseVerdict.OK);
    partial.release();
    SoftwareChecksum.complete(packet);
    assertThat(packet.checksum()).isEqualTo(ChecksumState.VALID);
    int gso = packet.gsoSize();
    ByteBuf full = packet.linearize(ALLOC);
    assertThat(rx.parse(full, ChecksumState.UNVERIFIED, gso)).isEqualTo(ParseVerdict.OK);
    assertThat(rx.isV4()).isEqualTo(v4);
    assertThat(rx.src()).isEqualTo(src);
    assertThat(rx.seq()).isEqualTo(seq);
    assertThat(rx.flags()).isEqualTo(flags);
    assertThat(rx.ecn()).isEqualTo(2);
    assertThat(rx.hopLimit()).isEqualTo(200);
    assertThat(rx.seqLength()).isEqualTo(seqLength);
    assertThat(rx.segments()).isEqualTo(Math.max(1, (payload.readableBytes() + 999) / 1000));
    assertThat(rx.buf().slice(rx.payloadIndex(), rx.payloadLength())).isEqualTo(payload);
    assertThat(rx.options().tsEcr()).isEqualTo(-2);
    assertThat(rx.options().dss().dsn()).isEqualTo(dsn);
    assertThat(rx.options().dss().dataAck()).isEqualTo(dsn - 7);
    full.release();
    packet.release();
    assertThat(packet.length()).isZero();
  }

  @Property(tries = 100)
  void aFlippedBitIsABadChecksum(@ForAll long seed, @ForAll boolean v4) {
    Random random = new Random(seed);
    address(v4, random).flags(TcpFlags.ACK);
    ByteBuf data = Unpooled.buffer(333).writeZero(333);
    tx.addPayload(data, 0, 333);
    data.release();
    tx.encodeInto(packet, ALLOC);
    SoftwareChecksum.complete(packet);
    ByteBuf full = packet.linearize(ALLOC);
    int ipLength = v4 ? 20 : 40;
    int at = ipLength + random.nextInt(full.readableBytes() - ipLength);
    full.setByte(at, full.getByte(at) ^ 1 << random.nextInt(8));
    if (at == ipLength + 12) {
      assertThat(rx.parse(full, ChecksumState.UNVERIFIED, 0)).isNotEqualTo(ParseVerdict.OK);
    } else {
      assertThat(rx.parse(full, ChecksumState.UNVERIFIED, 0)).isEqualTo(ParseVerdict.BAD_CHECKSUM);
    }
    full.release();
    packet.release();
  }

  @Test
  void contiguousPiecesAreOne() {
    ByteBuf data = Unpooled.buffer(100).writeZero(100);
    tx.addPayload(data, 0, 40);
    tx.addPayload(data, 40, 60);

    assertThat(tx.pieces()).isEqualTo(1);
    assertThat(data.refCnt()).isEqualTo(2);
    tx.release();
    assertThat(data.refCnt()).isEqualTo(1);
    data.release();
  }

  @Test
  void routersMayNotFragment() {
    // RFC 791 section 3.1: DF, and neither MF nor an offset. RFC 8899 section 3.
    tx.src(IpAddress.parse("10.0.0.1")).dst(IpAddress.parse("10.0.0.2")).flags(TcpFlags.ACK);
    tx.encodeInto(packet, ALLOC);
    ByteBuf datagram = packet.linearize(ALLOC);
    assertThat(datagram.getUnsignedShort(datagram.readerIndex() + 6)).isEqualTo(0x4000);
    datagram.release();
    packet.release();
  }

  @Test
  void addressesOfTwoFamiliesAreRefused() {
    tx.src(IpAddress.parse("10.0.0.1")).dst(IpAddress.parse("fd00::1"));
    assertThatIllegalStateException().isThrownBy(() -> tx.encodeInto(packet, ALLOC));
  }

  private TxSegment address(boolean v4, Random random) {
    return v4
        ? tx.src(IpAddress.ofV4(random.nextInt())).dst(IpAddress.ofV4(random.nextInt()))
        : tx.src(IpAddress.of(random.nextLong() | 1L << 60, random.nextLong()))
            .dst(IpAddress.of(random.nextLong() | 1L << 61, random.nextLong()));
  }
}
