package org.mptcp4j.link.pcap;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.mptcp4j.link.LinkCounters;
import org.mptcp4j.link.LinkDevice;
import org.mptcp4j.link.LinkFeatures;
import org.mptcp4j.link.OffloadAdapter;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.packet.IpPrefix;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.link.packet.PacketBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An Ethernet interface as a link: our own MAC address and IP addresses beside the host's, which
 * knows nothing of them. Answers and asks ARP (RFC 826) and neighbour discovery (RFC 4861). Packets
 * are complete both ways; {@link #openWithOffloads} puts the offloads in front that the stack
 * wants. What the interface or a sender on the same machine left to a network card (checksums,
 * segmentation) is not made good: such packets are counted, and the first is a warning. One thread
 * at a time, except that {@code readable} is called from the capture thread.
 */
public final class PcapLink implements LinkDevice {
  private static final Logger LOG = LoggerFactory.getLogger(PcapLink.class);
  private static final int ETHERNET_MTU = 1500;
  private static final int MAX_NEIGHBOURS = 256;

  private final EthernetPort port;
  private final PcapOptions options;
  private final int mtu;
  private final ByteBufAllocator allocator;
  private final LongSupplier clock;
  private final NeighbourCache neighbours = new NeighbourCache(MAX_NEIGHBOURS);
  private final LinkCounters counters = new LinkCounters();
  private final ByteBuf frame;

  PcapLink(
      EthernetPort port,
      PcapOptions options,
      int mtu,
      ByteBufAllocator allocator,
      LongSupplier clock) {
    this.port = port;
    this.options = options;
    this.mtu = mtu;
    this.allocator = allocator;
    this.clock = clock;
    this.frame = Unpooled.buffer(Math.max(mtu + EtherType.HEADER, 128));
  }

  /**
   * Opens the interface.
   *
   * @param options which, and our addresses there
   * @param allocator of the buffers that packets are received into
   * @param clock nanoseconds, for the expiry of neighbours
   * @param readable called from another thread when frames have come in; must be quick
   * @throws PcapException with the reason
   */
  public static PcapLink open(
      PcapOptions options, ByteBufAllocator allocator, LongSupplier clock, Runnable readable)
      throws PcapException {
    PcapPort port = PcapPort.open(options, readable);
    int mtu = options.mtu() > 0 ? options.mtu() : interfaceMtu(options.interfaceName());
    return new PcapLink(port, options, mtu, allocator, clock);
  }

  /**
   * Opens the interface as the stack wants it: segmentation, merging and checksums in software.
   *
   * @param options which, and our addresses there
   * @param allocator of the buffers that packets are received into
   * @param clock nanoseconds, for the expiry of neighbours
   * @param readable called from another thread when frames have come in; must be quick
   * @throws PcapException with the reason
   */
  public static LinkDevice openWithOffloads(
      PcapOptions options, ByteBufAllocator allocator, LongSupplier clock, Runnable readable)
      throws PcapException {
    return OffloadAdapter.wrap(open(options, allocator, clock, readable), allocator);
  }

  /** The JDK knows only interfaces that have an address, Linux all of its own. */
  private static int interfaceMtu(String name) {
    try {
      Path file = Path.of("/sys/class/net", name, "mtu");
      if (Files.exists(file)) {
        return Integer.parseInt(Files.readString(file).trim());
      }
      NetworkInterface found = NetworkInterface.getByName(name);
      return found == null ? ETHERNET_MTU : found.getMTU();
    } catch (IOException | NumberFormatException e) {
      LOG.warn("MTU of {} is unknown, {} is assumed", name, ETHERNET_MTU, e);
      return ETHERNET_MTU;
    }
  }

  @Override
  public String name() {
    return options.interfaceName();
  }

  @Override
  public int mtu() {
    return mtu;
  }

  @Override
  public LinkFeatures features() {
    return LinkFeatures.NONE;
  }

  @Override
  public LinkCounters counters() {
    return counters;
  }

  @Override
  public int receive(PacketBatch into) {
    int before = into.size();
    while (!into.isFull()) {
      byte[] received = port.receive();
      if (received == null) {
        break;
      }
      onFrame(received, into);
    }
    int count = into.size() - before;
    return count == 0 && port.ended() ? CLOSED : count;
  }

  private void onFrame(byte[] received, PacketBatch into) {
    if (received.length < EtherType.HEADER) {
      counters.receiveDropped();
      return;
    }
    ByteBuf buf = Unpooled.wrappedBuffer(received);
    int length = received.length - EtherType.HEADER;
    switch (buf.getUnsignedShort(12)) {
      case EtherType.ARP -> onArp(Arp.decode(buf, EtherType.HEADER, length));
      case EtherType.IPV4 -> {
        int total = length < 20 ? 0 : buf.getUnsignedShort(EtherType.HEADER + 2);
        deliver(buf, total, length, into);
      }
      case EtherType.IPV6 -> {
        if (Neighbour6.isDiscovery(buf, EtherType.HEADER, length)) {
          MacAddress from = MacAddress.get(buf, 6);
          onNeighbour6(Neighbour6.decode(buf, EtherType.HEADER, length), from);
          return;
        }
        int total = length < 40 ? 0 : buf.getUnsignedShort(EtherType.HEADER + 4) + 40;
        deliver(buf, total, length, into);
      }
      default -> counters.receiveDropped();
    }
  }

  /** Hands an IP packet on without the padding of short frames. */
  private void deliver(ByteBuf received, int total, int length, PacketBatch into) {
    // RFC 1122 section 3.3.6: what a whole network gets is not for us, whatever address it names.
    boolean toUs = MacAddress.get(received, 0).equals(options.mac());
    if (!toUs || total == 0 || total > length) {
      counters.receiveDropped();
      return;
    }
    ByteBuf packet;
    try {
      packet = allocator.directBuffer(total, total);
    } catch (OutOfMemoryError e) {
      counters.receiveNoMemory();
      return;
    }
    packet.writeBytes(received, EtherType.HEADER, total);
    if (PartialChecksums.isPartial(packet)) {
      onPartialChecksum(packet);
    }
    into.add().header(packet);
    counters.received(total);
  }

  /** The stack will drop it as damaged, which would leave its user without a word. */
  private void onPartialChecksum(ByteBuf datagram) {
    if (counters.rxPartialChecksums() == 0) {
      LOG.warn("{}", PartialChecksums.warning(name(), mtu, datagram));
    }
    counters.receivedPartialChecksum();
  }

  private void onArp(@Nullable Arp arp) {
    if (arp == null || !arp.senderMac().isUnicast()) {
      counters.receiveDropped();
      return;
    }
    boolean forUs = isOurs(arp.target());
    // RFC 826 "Packet Reception": update what is known, learn only from packets for us
    learn(arp.sender(), arp.senderMac(), forUs);
    if (forUs && arp.operation() == Arp.REQUEST) {
      sendArp(arp.answer(options.mac()), arp.senderMac());
    }
  }

  private void onNeighbour6(@Nullable Neighbour6 message, MacAddress from) {
    if (message == null) {
      counters.receiveDropped();
    } else if (message.type() == Neighbour6.ADVERTISEMENT) {
      // RFC 4861 section 7.2.5: only neighbours that were asked for, and only with an address
      if (message.mac() != null && message.mac().isUnicast()) {
        learn(message.target(), message.mac(), false);
      }
    } else if (isOurs(message.target())) {
      boolean probe = message.source().equals(Neighbour6.UNSPECIFIED);
      if (!probe && message.mac() != null && message.mac().isUnicast()) {
        learn(message.source(), message.mac(), true);
      }
      Neighbour6 answer = message.answer(options.mac());
      sendNeighbour6(answer, probe ? Neighbour6.multicastMac(answer.destination()) : from);
    }
  }

  private void learn(IpAddress address, MacAddress mac, boolean fromTraffic) {
    NeighbourCache.Entry entry = fromTraffic ? neighbours.entry(address) : neighbours.find(address);
    if (entry == null || isOurs(address)) {
      return;
    }
    neighbours.confirm(clock.getAsLong(), entry, mac);
    for (Packet p = entry.pollWaiting(); p != null; p = entry.pollWaiting()) {
      transmit(p, mac);
    }
  }

  private boolean isOurs(IpAddress address) {
    for (IpPrefix own : options.addresses()) {
      if (own.address().equals(address)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public boolean send(Packet packet) {
    IpAddress hop = nextHop(destination(packet.header()));
    if (hop == null || packet.length() > mtu) {
      packet.release();
      counters.sendDropped();
      return true;
    }
    NeighbourCache.Entry entry = neighbours.entry(hop);
    switch (neighbours.use(clock.getAsLong(), entry)) {
      case SEND -> transmit(packet, entry.target());
      case SEND_AND_ASK -> {
        transmit(packet, entry.target());
        ask(hop);
      }
      case WAIT_AND_ASK -> {
        hold(entry, packet);
        ask(hop);
      }
      case WAIT -> hold(entry, packet);
    }
    return true;
  }

  private void hold(NeighbourCache.Entry entry, Packet packet) {
    if (!neighbours.hold(entry, packet)) {
      counters.sendDropped();
    }
  }

  private static IpAddress destination(ByteBuf header) {
    int at = header.readerIndex();
    if (header.getUnsignedByte(at) >> 4 == 4) {
      return IpAddress.ofV4(header.getInt(at + 16));
    }
    return IpAddress.of(header.getLong(at + 24), header.getLong(at + 32));
  }

  /** The neighbour that a packet for this destination goes to; null when there is no way. */
  private @Nullable IpAddress nextHop(IpAddress destination) {
    for (IpPrefix own : options.addresses()) {
      if (own.contains(destination)) {
        return destination;
      }
    }
    for (IpAddress gateway : options.gateways()) {
      if (gateway.isV4() == destination.isV4()) {
        return gateway;
      }
    }
    return null;
  }

  private void ask(IpAddress target) {
    IpAddress own = ownAddressFor(target);
    if (own == null) {
      return;
    }
    if (target.isV4()) {
      sendArp(Arp.request(options.mac(), own, target), MacAddress.BROADCAST);
    } else {
      Neighbour6 question = Neighbour6.solicit(options.mac(), own, target);
      sendNeighbour6(question, Neighbour6.multicastMac(question.destination()));
    }
  }

  private @Nullable IpAddress ownAddressFor(IpAddress target) {
    IpAddress any = null;
    for (IpPrefix own : options.addresses()) {
      if (own.contains(target)) {
        return own.address();
      }
      if (own.address().isV4() == target.isV4()) {
        any = own.address();
      }
    }
    return any;
  }

  private void sendArp(Arp arp, MacAddress to) {
    begin(to, EtherType.ARP);
    arp.encode(frame);
    end();
  }

  private void sendNeighbour6(Neighbour6 message, MacAddress to) {
    begin(to, EtherType.IPV6);
    message.encode(frame);
    end();
  }

  private void transmit(Packet packet, MacAddress to) {
    ByteBuf header = packet.header();
    int version = header.getUnsignedByte(header.readerIndex()) >> 4;
    begin(to, version == 4 ? EtherType.IPV4 : EtherType.IPV6);
    frame.writeBytes(header, header.readerIndex(), header.readableBytes());
    for (int i = 0; i < packet.pieces(); i++) {
      frame.writeBytes(packet.pieceBuf(i), packet.pieceIndex(i), packet.pieceLength(i));
    }
    int length = packet.length();
    packet.release();
    if (end()) {
      counters.sent(length);
    } else {
      counters.sendDropped();
    }
  }

  private void begin(MacAddress to, int type) {
    frame.clear();
    to.write(frame);
    options.mac().write(frame);
    frame.writeShort(type);
  }

  private boolean end() {
    int missing = EtherType.MIN_FRAME - frame.writerIndex();
    if (missing > 0) {
      frame.writeZero(missing);
    }
    return port.send(frame.array(), frame.writerIndex());
  }

  @Override
  public void close() {
    port.close();
    neighbours.clear();
  }

  @Override
  public String toString() {
    return "PcapLink[" + options + " " + counters + " overruns " + port.overruns() + "]";
  }
}
