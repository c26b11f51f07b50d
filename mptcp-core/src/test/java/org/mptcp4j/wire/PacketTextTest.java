package org.mptcp4j.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.mptcp4j.link.packet.ChecksumState;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.packet.Packet;

class PacketTextTest {
  private final RxSegment rx = new RxSegment();

  @Test
  void aSynWithItsOptions() {
    ByteBuf syn = CapturedFrames.of("join-addaddr-datafin").get(0);
    ParseVerdict verdict = rx.parse(syn, ChecksumState.PARTIAL, 0);
    assertThat(PacketText.line(rx, verdict))
        .isEqualTo(
            "10.0.1.1:37086 > 10.0.1.2:5000 SYN seq 699154149 win 64240 len 0 "
                + "[mss 1460, sackOK, ts 665608009/0, ws 10, MP_CAPABLE v1 flags H]");
  }

  @Test
  void everyMptcpOptionHasWords() {
    IpAddress v6 = IpAddress.parse("fd00::1");
    List<MptcpOption> options =
        List.of(
            MpCapable.dataWithChecksum(0x81, 1, -1, 10, 0xab),
            new MpJoinSyn(true, 1, 0x36029e94, 5),
            new AddAddr(false, 2, v6, 80, 7),
            new RemoveAddr(List.of(1, 2)),
            new MpPrio(false, 3),
            new MpFail(-1),
            new MpTcpRst(1, 6),
            new DssOption(Dss.MAP | Dss.ACK, 7, 8, 9, 0, 0xffff));
    assertThat(options.stream().map(PacketText::option))
        .containsExactly(
            "MP_CAPABLE v1 flags AH key 0000000000000001 peer key ffffffffffffffff map len 10"
                + " csum 00ab",
            "MP_JOIN SYN id 1 token 36029e94 nonce 00000005 backup",
            "ADD_ADDR id 2 [fd00::1]:80 hmac 0000000000000007",
            "REMOVE_ADDR id 1 2",
            "MP_PRIO normal id 3",
            "MP_FAIL dsn 18446744073709551615",
            "MP_TCPRST middlebox interference (6, transient)",
            "DSS ack 7 (32 bit) dsn 8 (32 bit) ssn 9 len infinite csum ffff");
  }

  @Test
  void anIcmpErrorNamesWhatItIsAbout() {
    TxSegment tx = new TxSegment().src(IpAddress.parse("10.0.0.1"));
    tx.dst(IpAddress.parse("10.0.0.2")).srcPort(1).dstPort(2).seq(-1);
    Packet packet = new Packet();
    tx.encodeInto(packet, ByteBufAllocator.DEFAULT);
    IpAddress router = IpAddress.parse("10.0.0.9");
    IcmpError.Kind kind = IcmpError.Kind.PACKET_TOO_BIG;
    ByteBuf icmp = IcmpError.encode(kind, 1400, router, packet.header(), ByteBufAllocator.DEFAULT);
    assertThat(PacketText.line(rx, rx.parse(icmp, ChecksumState.UNVERIFIED, 0)))
        .isEqualTo(
            "10.0.0.9 > 10.0.0.1 ICMP packet too big about 10.0.0.1:1 > 10.0.0.2:2"
                + " seq 4294967295 mtu 1400");
    icmp.release();
    packet.release();
  }
}
