package org.mptcp4j.link.pcap;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.function.ToIntBiFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.packet.IpPrefix;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.link.packet.PacketBatch;
import org.mptcp4j.wire.InternetChecksum;

class PcapLinkTest {
  private static final MacAddress OURS = MacAddress.parse("02:00:00:00:00:01");
  private static final MacAddress PEER = MacAddress.parse("02:00:00:00:00:02");
  private static final IpAddress OUR4 = IpAddress.parse("10.1.0.2");
  private static final IpAddress PEER4 = IpAddress.parse("10.1.0.1");
  private static final IpAddress OUR6 = IpAddress.parse("fd00::2");
  private static final IpAddress PEER6 = IpAddress.parse("fd00::1");

  private static final class FakePort implements EthernetPort {
    final Queue<byte[]> in = new ArrayDeque<>();
    final List<byte[]> out = new ArrayList<>();

    @Override
    public byte[] receive() {
      return in.poll();
    }

    @Override
    public boolean ended() {
      return false;
    }

    @Override
    public boolean send(byte[] frame, int length) {
      return out.add(Arrays.copyOf(frame, length));
    }

    @Override
    public long overruns() {
      return 0;
    }

    @Override
    public void close() {}
  }

  private final FakePort port = new FakePort();
  private final PacketBatch batch = new PacketBatch(8);
  private long now;
  private final PcapLink link =
      new PcapLink(
          port,
          PcapOptions.on("eth9", OURS)
              .withAddress(new IpPrefix(OUR4, 24))
              .withAddress(new IpPrefix(OUR6, 64))
              .withGateway(IpAddress.parse("10.1.0.254")),
          1500,
          UnpooledByteBufAllocator.DEFAULT,
          () -> now);

  @AfterEach
  void close() {
    batch.clear();
    link.close();
  }

  private static byte[] frame(MacAddress to, MacAddress from, int type, byte[] payload) {
    ByteBuf buf = Unpooled.buffer();
    to.write(buf);
    from.write(buf);
    buf.writeShort(type).writeBytes(payload);
    return ByteBufUtil.getBytes(buf);
  }

  private static byte[] arp(Arp arp) {
    ByteBuf buf = Unpooled.buffer();
    arp.encode(buf);
    return ByteBufUtil.getBytes(buf);
  }

  private static byte[] discovery(Neighbour6 message) {
    ByteBuf buf = Unpooled.buffer();
    message.encode(buf);
    return ByteBufUtil.getBytes(buf);
  }

  private Arp sentArp(int i) {
    ByteBuf buf = Unpooled.wrappedBuffer(port.out.get(i));
    assertThat(buf.getUnsignedShort(12)).isEqualTo(EtherType.ARP);
    return Arp.decode(buf, 14, buf.capacity() - 14);
  }

  private Neighbour6 sentDiscovery(int i) {
    ByteBuf buf = Unpooled.wrappedBuffer(port.out.get(i));
    return Neighbour6.decode(buf, 14, buf.capacity() - 14);
  }

  private static MacAddress destination(byte[] frame) {
    return MacAddress.get(Unpooled.wrappedBuffer(frame), 0);
  }

  private void sendTo(String destination) {
    Packet packet = new Packet();
    ByteBuf header = Unpooled.buffer().writeByte(0x45).writeZero(15);
    packet.header(header.writeInt(IpAddress.parse(destination).v4Bits()).writeZero(20));
    assertThat(link.send(packet)).isTrue();
  }

  private void receive(byte[] frame) {
    port.in.add(frame);
    link.receive(batch);
  }

  private void peerAnswers() {
    Arp request = Arp.request(OURS, OUR4, PEER4);
    receive(frame(OURS, PEER, EtherType.ARP, arp(request.answer(PEER))));
  }

  @Test
  void answersArpForItsAddress() {
    Arp request = Arp.request(PEER, PEER4, OUR4);
    receive(frame(MacAddress.BROADCAST, PEER, EtherType.ARP, arp(request)));

    assertThat(sentArp(0)).isEqualTo(request.answer(OURS));
    assertThat(destination(port.out.get(0))).isEqualTo(PEER);
    assertThat(port.out.get(0)).hasSize(60);
  }

  @Test
  void leavesArpForOthersAlone() {
    Arp request = Arp.request(PEER, PEER4, IpAddress.parse("10.1.0.3"));
    receive(frame(MacAddress.BROADCAST, PEER, EtherType.ARP, arp(request)));

    assertThat(port.out).isEmpty();
  }

  @Test
  void packetWaitsForTheAnswer() {
    sendTo("10.1.0.1");
    assertThat(sentArp(0)).isEqualTo(Arp.request(OURS, OUR4, PEER4));

    peerAnswers();

    assertThat(port.out).hasSize(2);
    assertThat(destination(port.out.get(1))).isEqualTo(PEER);
  }

  @Test
  void asksOncePerSecondAndKeepsFewPackets() {
    for (int i = 0; i < 40; i++) {
      sendTo("10.1.0.1");
    }
    assertThat(port.out).hasSize(1);
    now += NeighbourCache.RETRANS_NS;
    sendTo("10.1.0.1");
    assertThat(port.out).hasSize(2);
    assertThat(link.counters().txDropped()).isEqualTo(25);

    peerAnswers();

    assertThat(port.out).hasSize(2 + NeighbourCache.MAX_WAITING);
  }

  @Test
  void oldAddressIsUsedButAskedForAndThenForgotten() {
    sendTo("10.1.0.1");
    peerAnswers();
    now += NeighbourCache.REACHABLE_NS + 1;
    sendTo("10.1.0.1");
    assertThat(destination(port.out.get(2))).isEqualTo(PEER);
    assertThat(sentArp(3).operation()).isEqualTo(Arp.REQUEST);

    now += NeighbourCache.EXPIRY_NS;
    sendTo("10.1.0.1");

    assertThat(port.out).hasSize(5);
    assertThat(sentArp(4).operation()).isEqualTo(Arp.REQUEST);
  }

  @Test
  void otherPrefixesGoThroughTheGateway() {
    sendTo("192.0.2.1");

    assertThat(sentArp(0).target()).isEqualTo(IpAddress.parse("10.1.0.254"));
  }

  @Test
  void answersSolicitationForItsAddress() {
    Neighbour6 question = Neighbour6.solicit(PEER, PEER6, OUR6);
    MacAddress group = Neighbour6.multicastMac(question.destination());
    receive(frame(group, PEER, EtherType.IPV6, discovery(question)));

    assertThat(group).isEqualTo(MacAddress.parse("33:33:ff:00:00:02"));
    assertThat(sentDiscovery(0)).isEqualTo(question.answer(OURS));
    assertThat(batch.size()).isZero();
  }

  @Test
  void ipv6PacketWaitsForTheAdvertisement() {
    Packet packet = new Packet();
    ByteBuf header = Unpooled.buffer().writeByte(0x60).writeZero(23);
    packet.header(header.writeLong(PEER6.hi()).writeLong(PEER6.lo()));
    link.send(packet);
    Neighbour6 question = sentDiscovery(0);
    assertThat(question).isEqualTo(Neighbour6.solicit(OURS, OUR6, PEER6));

    receive(frame(OURS, PEER, EtherType.IPV6, discovery(question.answer(PEER))));

    assertThat(destination(port.out.get(1))).isEqualTo(PEER);
  }

  @Test
  void damagedDiscoveryIsDropped() {
    byte[] bytes = discovery(Neighbour6.solicit(PEER, PEER6, OUR6));
    bytes[70] ^= 1;
    receive(frame(OURS, PEER, EtherType.IPV6, bytes));

    assertThat(port.out).isEmpty();
    assertThat(link.counters().rxDropped()).isEqualTo(1);
  }

  @Test
  void deliversIpWithoutPadding() {
    byte[] ip = new byte[46];
    ip[0] = 0x45;
    ip[3] = 28;
    receive(frame(OURS, PEER, EtherType.IPV4, ip));

    assertThat(batch.size()).isEqualTo(1);
    assertThat(batch.get(0).length()).isEqualTo(28);
  }

  // RFC 1122 section 3.3.6: what a whole network gets must not be answered as if it were for us.
  @ParameterizedTest
  @ValueSource(strings = {"ff:ff:ff:ff:ff:ff", "01:00:5e:00:00:01", "33:33:00:00:00:01"})
  void packetsInFramesToOthersAreDropped(String destination) {
    byte[] v4 = new byte[46];
    v4[0] = 0x45;
    v4[3] = 28;
    byte[] v6 = new byte[60];
    v6[0] = 0x60;
    v6[5] = 20;
    v6[6] = 6;
    receive(frame(MacAddress.parse(destination), PEER, EtherType.IPV4, v4));
    receive(frame(MacAddress.parse(destination), PEER, EtherType.IPV6, v6));
    assertThat(batch.size()).isZero();
    assertThat(link.counters().rxDropped()).isEqualTo(2);
    receive(frame(OURS, PEER, EtherType.IPV4, v4));
    receive(frame(OURS, PEER, EtherType.IPV6, v6));
    assertThat(batch.size()).isEqualTo(2);
  }

  /** A TCP packet to us whose checksum field holds what the caller wants, by its sums. */
  private static byte[] tcp(boolean v4, int payload, ToIntBiFunction<Integer, Integer> field) {
    int ip = v4 ? 20 : 40;
    ByteBuf buf = Unpooled.buffer();
    IpAddress src = v4 ? PEER4 : PEER6;
    IpAddress dst = v4 ? OUR4 : OUR6;
    if (v4) {
      buf.writeInt(0x45000000 | ip + 20 + payload).writeInt(0x4000).writeInt(0x40060000);
      buf.writeInt(src.v4Bits()).writeInt(dst.v4Bits());
    } else {
      buf.writeInt(0x60000000).writeShort(20 + payload).writeShort(0x0640);
      buf.writeLong(src.hi()).writeLong(src.lo()).writeLong(dst.hi()).writeLong(dst.lo());
    }
    buf.writeInt(0x12345678).writeLong(0x1122334455667788L).writeInt(0x50100400).writeInt(0);
    buf.writeBytes(new byte[payload]);
    int pseudo =
        InternetChecksum.pseudoHeader(src.hi(), src.lo(), dst.hi(), dst.lo(), 6, 20 + payload);
    int sum = InternetChecksum.sum(buf, ip, 20 + payload);
    buf.setShort(ip + 16, field.applyAsInt(pseudo, sum));
    return ByteBufUtil.getBytes(buf);
  }

  private void receiveTcp(boolean v4, byte[] packet) {
    receive(frame(OURS, PEER, v4 ? EtherType.IPV4 : EtherType.IPV6, packet));
  }

  @ParameterizedTest
  @CsvSource({"true, 0", "true, 1000", "true, 20000", "false, 0", "false, 1000", "false, 20000"})
  void checksumsThatNobodyComputedAreCounted(boolean v4, int payload) {
    receiveTcp(v4, tcp(v4, payload, (pseudo, sum) -> pseudo));
    receiveTcp(v4, tcp(v4, payload, (pseudo, sum) -> pseudo));
    // the stack judges packets: the link says only what it sees
    assertThat(batch.size()).isEqualTo(2);
    assertThat(link.counters().rxPartialChecksums()).isEqualTo(2);
    assertThat(link.counters()).asString().contains("2 partial checksums");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void otherChecksumsAreNot(boolean v4) {
    ToIntBiFunction<Integer, Integer> right =
        (pseudo, sum) -> InternetChecksum.finish(InternetChecksum.add(pseudo, sum));
    receiveTcp(v4, tcp(v4, 100, right));
    receiveTcp(v4, tcp(v4, 100, (pseudo, sum) -> pseudo + 1));
    byte[] udp = tcp(v4, 100, (pseudo, sum) -> pseudo);
    udp[v4 ? 9 : 6] = 17;
    receiveTcp(v4, udp);
    if (v4) {
      byte[] fragment = tcp(v4, 100, (pseudo, sum) -> pseudo);
      fragment[6] = 0x20;
      receiveTcp(v4, fragment);
    }
    receiveTcp(v4, Arrays.copyOf(udp, v4 ? 20 : 40));
    assertThat(link.counters().rxPartialChecksums()).isZero();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aRightChecksumMayEqualTheSumOfThePseudoHeader(boolean v4) {
    // the payload makes up for it, as it does by chance once in 65,536 segments
    byte[] packet = tcp(v4, 2, (pseudo, sum) -> pseudo);
    ByteBuf buf = Unpooled.wrappedBuffer(packet);
    int tcp = v4 ? 20 : 40;
    int pseudo = buf.getUnsignedShort(tcp + 16);
    int sum = InternetChecksum.add(pseudo, InternetChecksum.sum(buf, tcp, 22));
    buf.setShort(tcp + 20, InternetChecksum.finish(sum));
    receiveTcp(v4, packet);
    assertThat(link.counters().rxPackets()).isEqualTo(1);
    assertThat(link.counters().rxPartialChecksums()).isZero();
  }

  @Test
  void theWarningNamesCauseAndRemedy() {
    ByteBuf small = Unpooled.wrappedBuffer(tcp(true, 0, (pseudo, sum) -> pseudo));
    assertThat(PartialChecksums.warning("eth9", 1500, small))
        .contains("eth9: ", "from 10.1.0.1", "ethtool -K PEER tx off tso off gso off")
        .doesNotContain("gro off");
    ByteBuf large = Unpooled.wrappedBuffer(tcp(false, 3000, (pseudo, sum) -> pseudo));
    assertThat(PartialChecksums.warning("eth9", 1500, large))
        .contains("3060 bytes from fd00::1", "MTU of 1500", "ethtool -K eth9 gro off lro off")
        .contains("ethtool -K PEER tx off tso off gso off");
  }

  @Test
  void neighboursAreBounded() {
    for (int i = 0; i < 1000; i++) {
      sendTo("10.1.0." + i % 256);
      sendTo("10.1.0.1");
    }
    NeighbourCache cache = new NeighbourCache(10);
    for (int i = 0; i < 1000; i++) {
      cache.entry(IpAddress.ofV4(i));
    }
    assertThat(cache.size()).isEqualTo(10);
    assertThat(cache.find(IpAddress.ofV4(999))).isNotNull();
  }
}
