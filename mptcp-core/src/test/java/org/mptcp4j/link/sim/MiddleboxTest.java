package org.mptcp4j.link.sim;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mptcp4j.link.TestSegments;
import org.mptcp4j.link.packet.ChecksumState;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.wire.ParseVerdict;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.SoftwareChecksum;
import org.mptcp4j.wire.TcpFlags;
import org.mptcp4j.wire.TxSegment;

class MiddleboxTest {
  private final RxSegment rx = new RxSegment();

  private static Packet contiguous(TxSegment segment, ChecksumState checksum) {
    Packet p = TestSegments.packet(segment);
    if (checksum != ChecksumState.PARTIAL) {
      SoftwareChecksum.complete(p);
    }
    Packet whole = new Packet();
    whole.header(p.linearize(io.netty.buffer.ByteBufAllocator.DEFAULT));
    whole.checksum(checksum);
    p.release();
    return whole;
  }

  /** Parses with the checksum verified, whatever it was. */
  private ParseVerdict verify(Packet p) {
    SoftwareChecksum.complete(p);
    p.checksum(ChecksumState.UNVERIFIED);
    return rx.parse(p);
  }

  @ParameterizedTest
  @EnumSource(
      value = ChecksumState.class,
      names = {"UNVERIFIED", "PARTIAL"})
  void theStripperRemovesMptcpAndLeavesTheRest(ChecksumState checksum) {
    TxSegment s =
        TestSegments.segment(TestSegments.V4_A, TestSegments.V4_B, 1, TestSegments.bytes(100, 0));
    s.options().dssAck64(12345);
    Packet p = contiguous(s, checksum);
    OptionStripper onSyn = OptionStripper.mptcpOnSyn();
    onSyn.process(0, p);
    assertThat(onSyn.stripped()).isZero();
    OptionStripper all = OptionStripper.mptcp();
    all.process(0, p);
    assertThat(all.stripped()).isEqualTo(1);
    assertThat(verify(p)).isEqualTo(ParseVerdict.OK);
    assertThat(rx.options().dss().present()).isFalse();
    assertThat(rx.options().tsVal()).isEqualTo(11);
    p.release();
  }

  @Test
  void theStripperLeavesOtherSubtypes() {
    TxSegment s = TestSegments.segment(TestSegments.V4_A, TestSegments.V4_B, 1, new byte[0]);
    s.flags(TcpFlags.SYN).options().dssAck64(1);
    Packet p = contiguous(s, ChecksumState.PARTIAL);
    OptionStripper.mptcpSubtype(3).process(0, p);
    assertThat(rx.parse(p)).isEqualTo(ParseVerdict.OK);
    assertThat(rx.options().dss().present()).isTrue();
    p.release();
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.1 192.0.2.9", "fd00::1 2001:db8::9"})
  void theNatMapsOutAndBackAndDropsStrangers(String addresses) {
    IpAddress inside = IpAddress.parse(addresses.split(" ")[0]);
    IpAddress outside = IpAddress.parse(addresses.split(" ")[1]);
    IpAddress peer = inside.isV4() ? TestSegments.V4_B : TestSegments.V6_B;
    SourceNat nat = new SourceNat(outside);
    for (ChecksumState checksum :
        new ChecksumState[] {ChecksumState.UNVERIFIED, ChecksumState.PARTIAL}) {
      Packet out =
          contiguous(TestSegments.segment(inside, peer, 1, TestSegments.bytes(99, 0)), checksum);
      assertThat(nat.outbound(0, out)).isEqualTo(Middlebox.Verdict.FORWARD);
      assertThat(verify(out)).isEqualTo(ParseVerdict.OK);
      assertThat(rx.src()).isEqualTo(outside);
      int port = rx.srcPort();
      out.release();
      TxSegment reply = TestSegments.segment(peer, outside, 1, TestSegments.bytes(77, 0));
      Packet back = contiguous(reply.srcPort(2000).dstPort(port), checksum);
      assertThat(nat.inbound(0, back)).isEqualTo(Middlebox.Verdict.FORWARD);
      assertThat(verify(back)).isEqualTo(ParseVerdict.OK);
      assertThat(rx.dst()).isEqualTo(inside);
      assertThat(rx.dstPort()).isEqualTo(1000);
      back.release();
    }
    assertThat(nat.mappings()).isEqualTo(1);
    Packet stranger =
        contiguous(TestSegments.segment(peer, outside, 1, new byte[0]), ChecksumState.PARTIAL);
    assertThat(nat.inbound(0, stranger)).isEqualTo(Middlebox.Verdict.DROP);
    stranger.release();
  }
}
