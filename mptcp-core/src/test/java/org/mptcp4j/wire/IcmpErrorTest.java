package org.mptcp4j.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mptcp4j.link.packet.ChecksumState;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.packet.Packet;

class IcmpErrorTest {
  private final RxSegment rx = new RxSegment();

  private static Packet segment(String src, String dst) {
    TxSegment tx = new TxSegment().src(IpAddress.parse(src)).dst(IpAddress.parse(dst));
    ByteBuf data = Unpooled.buffer(2000).writeZero(2000);
    tx.srcPort(1234).dstPort(80).seq(0x89abcdef).addPayload(data, 0, 2000);
    data.release();
    Packet packet = new Packet();
    tx.encodeInto(packet, ByteBufAllocator.DEFAULT);
    return packet;
  }

  @ParameterizedTest
  @EnumSource
  void errorsRoundTripWithWhatTheyQuote(IcmpError.Kind kind) {
    for (String net : new String[] {"10.0.0.", "fd00::"}) {
      Packet cause = segment(net + 1, net + 2);
      ByteBuf whole = cause.linearize(ByteBufAllocator.DEFAULT);
      IpAddress router = IpAddress.parse(net + 9);
      int mtu = kind == IcmpError.Kind.PACKET_TOO_BIG ? 1400 : 0;

      ByteBuf icmp = IcmpError.encode(kind, mtu, router, whole, ByteBufAllocator.DEFAULT);

      assertThat(rx.parse(icmp, ChecksumState.UNVERIFIED, 0)).isEqualTo(ParseVerdict.NOT_TCP);
      assertThat(rx.dst()).isEqualTo(IpAddress.parse(net + 1));
      IcmpError error = IcmpError.decode(rx).orElseThrow();
      assertThat(error.kind()).isEqualTo(kind);
      assertThat(error.mtu()).isEqualTo(mtu);
      assertThat(error.reporter()).isEqualTo(router);
      assertThat(error.src()).isEqualTo(IpAddress.parse(net + 1));
      assertThat(error.dst()).isEqualTo(IpAddress.parse(net + 2));
      assertThat(error.srcPort()).isEqualTo(1234);
      assertThat(error.dstPort()).isEqualTo(80);
      assertThat(error.seq()).isEqualTo(0x89abcdef);

      for (int n = 0; n < icmp.readableBytes(); n += n < 120 ? 1 : 50) {
        rx.parse(icmp.slice(0, n), ChecksumState.UNVERIFIED, 0);
        assertThat(IcmpError.decode(rx)).isEmpty();
      }
      icmp.setByte(icmp.writerIndex() - 1, 1);
      rx.parse(icmp, ChecksumState.UNVERIFIED, 0);
      assertThat(IcmpError.decode(rx)).as("checksum").isEmpty();
      icmp.release();
      whole.release();
      cause.release();
    }
  }

  @Test
  void aQuoteOfEightBytesIsEnough() {
    // RFC 792: the internet header plus the first 64 bits of the datagram.
    Packet cause = segment("10.0.0.1", "10.0.0.2");
    ByteBuf quote = cause.header().retainedSlice(0, 28);
    IpAddress router = IpAddress.parse("10.0.0.9");
    ByteBuf icmp =
        IcmpError.encode(
            IcmpError.Kind.HOST_UNREACHABLE, 0, router, quote, ByteBufAllocator.DEFAULT);
    rx.parse(icmp, ChecksumState.UNVERIFIED, 0);
    assertThat(IcmpError.decode(rx)).map(IcmpError::seq).contains(0x89abcdef);
    icmp.release();
    quote.release();
    cause.release();
  }

  @Test
  void aSourceQuenchSaysNothing() {
    // RFC 9293 section 3.9.2.2 (MUST-55), RFC 6633 section 3.
    Packet cause = segment("10.0.0.1", "10.0.0.2");
    ByteBuf whole = cause.linearize(ByteBufAllocator.DEFAULT);
    ByteBuf icmp =
        IcmpError.encode(
            IcmpError.Kind.HOST_UNREACHABLE,
            0,
            IpAddress.parse("10.0.0.9"),
            whole,
            ByteBufAllocator.DEFAULT);
    int at = icmp.readerIndex() + 20;
    int bytes = icmp.readableBytes() - 20;
    icmp.setShort(at, 4 << 8).setShort(at + 2, 0);
    icmp.setShort(at + 2, InternetChecksum.finish(InternetChecksum.sum(icmp, at, bytes)));
    assertThat(rx.parse(icmp, ChecksumState.UNVERIFIED, 0)).isEqualTo(ParseVerdict.NOT_TCP);
    assertThat(IcmpError.decode(rx)).isEmpty();
    icmp.setShort(at, 11 << 8).setShort(at + 2, 0);
    icmp.setShort(at + 2, InternetChecksum.finish(InternetChecksum.sum(icmp, at, bytes)));
    rx.parse(icmp, ChecksumState.UNVERIFIED, 0);
    assertThat(IcmpError.decode(rx)).map(IcmpError::kind).contains(IcmpError.Kind.TIME_EXCEEDED);
    icmp.release();
    whole.release();
    cause.release();
  }
}
