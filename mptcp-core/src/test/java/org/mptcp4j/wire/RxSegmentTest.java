package org.mptcp4j.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mptcp4j.link.packet.ChecksumState;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.packet.Packet;

class RxSegmentTest {
  private static final IpAddress A6 = IpAddress.parse("fd00::1");
  private static final IpAddress B6 = IpAddress.parse("fd00::2");

  private final RxSegment rx = new RxSegment();

  private ParseVerdict parse(ByteBuf buf) {
    return rx.parse(buf, ChecksumState.UNVERIFIED, 0);
  }

  @Property(tries = 3000)
  void anyBytesGiveAVerdict(@ForAll @Size(max = 200) byte[] bytes, @ForAll boolean v4) {
    if (bytes.length > 0) {
      bytes[0] = (byte) (v4 ? 0x45 : 0x60);
    }
    assertThat(parse(Unpooled.wrappedBuffer(bytes))).isNotNull();
    assertThat(rx.parse(Unpooled.wrappedBuffer(bytes), ChecksumState.VALID, 1)).isNotNull();
  }

  @Property(tries = 3000)
  void anyBytesInAPlausibleIpPacketGiveAVerdict(
      @ForAll @Size(max = 120) byte[] upper, @ForAll @IntRange(max = 255) int protocol) {
    for (int next : new int[] {protocol, 6, 0, 43, 44, 51, 60, 58}) {
      ByteBuf v6 = v6(next, upper);
      assertThat(rx.parse(v6, ChecksumState.VALID, 0)).isNotNull();
      IcmpError.decode(rx);
      ByteBuf v4 = v4(next, upper);
      assertThat(rx.parse(v4, ChecksumState.VALID, 0)).isNotEqualTo(ParseVerdict.FRAGMENT);
      PacketText.line(rx, ParseVerdict.NOT_TCP);
    }
  }

  private static ByteBuf v6(int next, byte[] upper) {
    ByteBuf out = Unpooled.buffer();
    out.writeInt(6 << 28).writeInt(upper.length << 16 | next << 8 | 64);
    out.writeLong(A6.hi()).writeLong(A6.lo()).writeLong(B6.hi()).writeLong(B6.lo());
    return out.writeBytes(upper);
  }

  private static ByteBuf v4(int protocol, byte[] upper) {
    ByteBuf out = Unpooled.buffer();
    out.writeInt(0x4500 << 16 | 20 + upper.length).writeInt(0x4000);
    out.writeInt(64 << 24 | protocol << 16).writeInt(0x0a000001).writeInt(0x0a000002);
    out.setShort(10, InternetChecksum.finish(InternetChecksum.sum(out, 0, 20)));
    return out.writeBytes(upper);
  }

  /** A packet of the writer, with its TCP part cut out of it. */
  private static byte[] tcp(IpAddress src, IpAddress dst, int ipLength) {
    TxSegment tx = new TxSegment().src(src).dst(dst).srcPort(1).dstPort(2).flags(TcpFlags.ACK);
    Packet packet = new Packet();
    tx.encodeInto(packet, ByteBufAllocator.DEFAULT);
    SoftwareChecksum.complete(packet);
    byte[] upper = new byte[packet.length() - ipLength];
    packet.header().getBytes(ipLength, upper);
    packet.release();
    return upper;
  }

  @Test
  void extensionHeadersAreSkipped() {
    // RFC 8200 section 4.1
    ByteBuf extended = Unpooled.buffer();
    extended.writeInt(60 << 24 | 1 << 16).writeInt(0).writeLong(0); // hop-by-hop, 16 bytes
    extended.writeInt(43 << 24).writeInt(0); // destination options
    extended.writeInt(44 << 24).writeInt(0); // routing, no segments left
    extended.writeInt(51 << 24).writeInt(9); // fragment header of a whole packet
    extended.writeInt(6 << 24 | 1 << 16).writeLong(0); // authentication, 12 bytes
    extended.writeBytes(tcp(A6, B6, 40));
    byte[] bytes = new byte[extended.readableBytes()];
    extended.readBytes(bytes);

    assertThat(parse(v6(0, bytes))).isEqualTo(ParseVerdict.OK);
    assertThat(rx.dstPort()).isEqualTo(2);
    bytes[16 + 8 + 3] = 1;
    assertThat(parse(v6(0, bytes))).isEqualTo(ParseVerdict.BAD_HEADER);
    bytes[16 + 8 + 3] = 0;
    bytes[16 + 16 + 3] = 1;
    assertThat(parse(v6(0, bytes))).isEqualTo(ParseVerdict.FRAGMENT);
  }

  /** Whatever the type is: the two highest bits say what to do with one that is not known. */
  @ParameterizedTest
  @CsvSource({
    "0x01, OK", // PadN
    "0x05, OK", // router alert
    "0x3e, OK",
    "0x43, BAD_HEADER",
    "0x83, BAD_HEADER",
    "0xc2, BAD_HEADER", // jumbo payload
    "0xc9, BAD_HEADER" // home address
  })
  void optionsThatMustBeKnownDiscardThePacket(int type, ParseVerdict verdict) {
    // RFC 8200 section 4.2
    for (int header : new int[] {0, 60}) {
      ByteBuf extended = Unpooled.buffer().writeByte(6).writeByte(1);
      extended.writeByte(0).writeInt(1 << 24 | 2 << 16); // Pad1, PadN
      extended.writeByte(type).writeByte(2).writeShort(0xffff);
      extended.writeByte(1).writeInt(3 << 24); // PadN
      extended.writeBytes(tcp(A6, B6, 40));
      assertThat(parse(v6(header, ByteBufUtil.getBytes(extended)))).isEqualTo(verdict);
    }
  }

  @Test
  void optionsBeyondTheirHeaderDiscardThePacket() {
    // RFC 8200 section 4.2
    // PadN that ends behind the header; PadN without a length as the last byte.
    for (long options : new long[] {0x01050000_0000L, 0x01ff0000_0000L, 0x01030000_0001L}) {
      ByteBuf extended = Unpooled.buffer().writeLong(6L << 56 | options);
      extended.writeBytes(tcp(A6, B6, 40));
      assertThat(parse(v6(0, ByteBufUtil.getBytes(extended)))).isEqualTo(ParseVerdict.BAD_HEADER);
    }
  }

  @Test
  void theWalkOverExtensionHeadersIsBounded() {
    byte[] many = new byte[8 * 100];
    assertThat(parse(v6(0, many))).isEqualTo(ParseVerdict.BAD_HEADER);
  }

  @Test
  void fragmentsAreSaidToBeFragments() {
    for (int field : new int[] {0x2000, 0x0001, 0x3fff}) {
      ByteBuf packet = v4(6, new byte[40]);
      packet.setShort(6, field).setShort(10, 0);
      packet.setShort(10, InternetChecksum.finish(InternetChecksum.sum(packet, 0, 20)));
      assertThat(parse(packet)).isEqualTo(ParseVerdict.FRAGMENT);
    }
  }

  @Test
  void ipv4OptionsAndTrailingBytes() {
    IpAddress a = IpAddress.parse("10.0.0.1");
    IpAddress b = IpAddress.parse("10.0.0.2");
    byte[] tcp = tcp(a, b, 20);
    ByteBuf packet = Unpooled.buffer();
    packet.writeInt(0x4600 << 16 | 24 + tcp.length).writeInt(0x4000).writeInt(0x40060000);
    packet.writeInt(a.v4Bits()).writeInt(b.v4Bits()).writeInt(0x01010100);
    packet.setShort(10, InternetChecksum.finish(InternetChecksum.sum(packet, 0, 24)));
    packet.writeBytes(tcp).writeZero(6);

    assertThat(parse(packet)).isEqualTo(ParseVerdict.OK);
    assertThat(rx.payloadLength()).isZero();
    assertThat(rx.hasAck()).isTrue();
    packet.setByte(8, 1);
    assertThat(parse(packet)).isEqualTo(ParseVerdict.BAD_HEADER);
  }

  @Test
  void mappedAddressesAreNotForTheWire() {
    ByteBuf packet = v6(6, new byte[20]);
    packet.setLong(8, 0).setLong(16, 0xffff_0a00_0001L);
    assertThat(parse(packet)).isEqualTo(ParseVerdict.BAD_HEADER);
  }

  @Test
  void otherProtocolsAreNamed() {
    assertThat(parse(v4(17, new byte[8]))).isEqualTo(ParseVerdict.NOT_TCP);
    assertThat(rx.protocol()).isEqualTo(17);
    assertThat(parse(v6(58, new byte[8]))).isEqualTo(ParseVerdict.NOT_TCP);
    assertThat(rx.protocol()).isEqualTo(58);
  }
}
