package org.mptcp4j.testkit.packetdrill;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.wire.IcmpError;
import org.mptcp4j.wire.InternetChecksum;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.TcpFlags;

/** Makes the packets of the peer: whole IP packets with valid checksums. */
final class PacketBuilder {
  private static final int HOP_LIMIT = 255;

  private final ByteBufAllocator allocator;

  PacketBuilder(ByteBufAllocator allocator) {
    this.allocator = allocator;
  }

  /** The packet that the script writes, for a connection; the caller owns it. */
  ByteBuf build(PacketSpec packet, Flow flow) {
    if (packet.body() instanceof PacketSpec.TcpSpec tcp) {
      int hops = packet.ip().ttl().orElse(HOP_LIMIT);
      return ip(
          flow.remote(),
          flow.local(),
          packet.ip().trafficClass(),
          hops,
          tcp(packet.place(), tcp, flow));
    }
    return icmp((PacketSpec.IcmpSpec) packet.body(), flow);
  }

  private static ByteBuf tcp(Place place, PacketSpec.TcpSpec spec, Flow flow) {
    ByteBuf out = Unpooled.buffer(60 + spec.length());
    out.writeShort(flow.remotePort()).writeShort(flow.localPort());
    boolean hasAck = (spec.flags() & TcpFlags.ACK) != 0;
    if ((spec.flags() & TcpFlags.SYN) != 0) {
      out.writeInt(flow.onRemoteSyn(spec.seq(), hasAck));
    } else {
      out.writeInt(flow.remoteSeq(spec.seq()));
    }
    out.writeInt(hasAck ? flow.localSeq(spec.ack().orElse(0)) : (int) spec.ack().orElse(0));
    out.writeShort(spec.flags());
    out.writeShort(spec.window().orElse(0)).writeShort(0).writeShort(spec.urgent().orElse(0));
    spec.options().orElseThrow().forEach(o -> o.encode(out, flow, spec));
    OptionParser.checkLength(place, out.writerIndex() - 20);
    out.setByte(12, out.writerIndex() / 4 << 4 | out.getByte(12) & 15);
    out.writeZero(spec.length());
    return out;
  }

  private ByteBuf ip(IpAddress src, IpAddress dst, int tos, int hops, ByteBuf tcp) {
    int upper = tcp.readableBytes();
    int pseudo =
        InternetChecksum.pseudoHeader(
            src.hi(), src.lo(), dst.hi(), dst.lo(), RxSegment.PROTOCOL_TCP, upper);
    tcp.setShort(
        16,
        InternetChecksum.finish(InternetChecksum.add(pseudo, InternetChecksum.sum(tcp, 0, upper))));
    ByteBuf out = allocator.buffer(40 + upper);
    if (src.isV4()) {
      out.writeInt(0x45 << 24 | tos << 16 | 20 + upper).writeInt(0x4000);
      out.writeInt(hops << 24 | RxSegment.PROTOCOL_TCP << 16);
      out.writeInt(src.v4Bits()).writeInt(dst.v4Bits());
      out.setShort(10, InternetChecksum.finish(InternetChecksum.sum(out, 0, 20)));
    } else {
      out.writeInt(6 << 28 | tos << 20);
      out.writeInt(upper << 16 | RxSegment.PROTOCOL_TCP << 8 | hops);
      out.writeLong(src.hi()).writeLong(src.lo()).writeLong(dst.hi()).writeLong(dst.lo());
    }
    return out.writeBytes(tcp);
  }

  /** The error quotes the beginning of the segment that it is about. */
  private ByteBuf icmp(PacketSpec.IcmpSpec spec, Flow flow) {
    ByteBuf tcp = Unpooled.buffer(20 + spec.length());
    tcp.writeShort(flow.localPort()).writeShort(flow.remotePort());
    tcp.writeInt(flow.localSeq(spec.seq())).writeInt(0).writeShort(5 << 12 | TcpFlags.ACK);
    tcp.writeZero(6 + spec.length());
    ByteBuf quoted = ip(flow.local(), flow.remote(), 0, 64, tcp);
    try {
      return IcmpError.encode(spec.kind(), spec.mtu(), flow.remote(), quoted, allocator);
    } finally {
      quoted.release();
    }
  }
}
