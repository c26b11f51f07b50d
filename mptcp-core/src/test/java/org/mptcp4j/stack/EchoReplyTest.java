package org.mptcp4j.stack;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.mptcp4j.api.MptcpStack;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.wire.InternetChecksum;
import org.mptcp4j.wire.ParseVerdict;
import org.mptcp4j.wire.RxSegment;

class EchoReplyTest {
  private final MptcpStack stack =
      MptcpStack.builder()
          .seed(1)
          .link(0, 1500)
          .address(0, "10.0.1.2/24")
          .address(0, "fd00::2/64")
          .build();
  private final RawHost peer = new RawHost(stack);

  @Test
  void pingOverIpv4() {
    peer.send(0, echoV4("10.0.1.2"));
    // RFC 1122 section 3.2.2.6: the data comes back as it was.
    peer.expectPacket(
        0,
        packet -> {
          ByteBuf reply = packet.header();
          RxSegment seen = new RxSegment();
          assertThat(seen.parse(packet)).isEqualTo(ParseVerdict.NOT_TCP);
          assertThat(seen.src()).hasToString("10.0.1.2");
          assertThat(seen.dst()).hasToString("10.0.1.1");
          assertThat(EchoReply.checksumIsValid(seen)).isTrue();
          assertThat(reply.getUnsignedByte(20)).isZero();
          assertThat(reply.getInt(24)).isEqualTo(0x00070009);
          assertThat(reply.getLong(28)).isEqualTo(0x0102030405060708L);
        });
    assertThat(stack.counters()).containsEntry("IcmpOutEchoReps", 1L);
  }

  @Test
  void pingOverIpv6() {
    peer.send(0, echoV6());
    peer.expectPacket(
        0,
        packet -> {
          RxSegment seen = new RxSegment();
          assertThat(seen.parse(packet)).isEqualTo(ParseVerdict.NOT_TCP);
          assertThat(seen.src()).hasToString("fd00::2");
          assertThat(EchoReply.checksumIsValid(seen)).isTrue();
          assertThat(packet.header().getUnsignedByte(40)).isEqualTo((short) 129);
        });
  }

  @Test
  void notForOthersAndNotWhenDamaged() {
    peer.send(0, echoV4("10.0.1.9"));
    ByteBuf damaged = echoV4("10.0.1.2");
    damaged.setByte(30, 0);
    peer.send(0, damaged);
    peer.expectNothing(0);
  }

  @Test
  void whatGoesToAGroupThatIsNotOursIsNoError() {
    ByteBuf solicitation = echoV6();
    solicitation.setLong(24, 0xff02_0000_0000_0000L).setLong(32, 2).setByte(40, 133);
    peer.send(0, solicitation);
    peer.send(0, echoV4("224.0.0.251"));
    peer.expectNothing(0);
    assertThat(stack.counters()).doesNotContainKey("IpInAddrErrors");
    peer.send(0, echoV4("10.0.1.9"));
    assertThat(stack.counters()).containsEntry("IpInAddrErrors", 1L);
  }

  private static ByteBuf echoV4(String to) {
    ByteBuf out = Unpooled.buffer();
    out.writeInt(0x45000024).writeInt(0).writeInt(64 << 24 | 1 << 16);
    out.writeInt(IpAddress.parse("10.0.1.1").v4Bits()).writeInt(IpAddress.parse(to).v4Bits());
    out.setShort(10, InternetChecksum.finish(InternetChecksum.sum(out, 0, 20)));
    out.writeInt(8 << 24).writeInt(0x00070009).writeLong(0x0102030405060708L);
    out.setShort(22, InternetChecksum.finish(InternetChecksum.sum(out, 20, 16)));
    return out;
  }

  private static ByteBuf echoV6() {
    IpAddress from = IpAddress.parse("fd00::1");
    IpAddress to = IpAddress.parse("fd00::2");
    ByteBuf out = Unpooled.buffer();
    out.writeInt(6 << 28).writeShort(16).writeByte(58).writeByte(64);
    out.writeLong(from.hi()).writeLong(from.lo()).writeLong(to.hi()).writeLong(to.lo());
    out.writeInt(128 << 24).writeInt(0x00070009).writeLong(0x0102030405060708L);
    int pseudo = InternetChecksum.pseudoHeader(from.hi(), from.lo(), to.hi(), to.lo(), 58, 16);
    int sum = InternetChecksum.add(pseudo, InternetChecksum.sum(out, 40, 16));
    out.setShort(42, InternetChecksum.finish(sum));
    return out;
  }
}
