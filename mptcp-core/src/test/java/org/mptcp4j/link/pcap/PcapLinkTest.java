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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.mptcp4j.wire.IpAddress;
import org.mptcp4j.wire.Packet;
import org.mptcp4j.wire.PacketBatch;

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
              .withAddress(OUR4, 24)
              .withAddress(OUR6, 64)
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
