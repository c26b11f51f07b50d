package org.mptcp4j.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.Optional;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.packet.Packet;

/**
 * An ICMP error about a TCP segment that was sent: RFC 792 and RFC 4443. Its values come from the
 * network and prove nothing; the receiver must compare them with what it sent (RFC 5927 section 4).
 *
 * @param kind what happened
 * @param type of ICMP or ICMPv6
 * @param code of ICMP or ICMPv6
 * @param mtu of the next hop in bytes for {@link Kind#PACKET_TOO_BIG}, else 0; an old router says 0
 *     too
 * @param reporter who sent the error
 * @param src source address of the quoted segment: ours
 * @param dst destination address of the quoted segment
 * @param srcPort source port of the quoted segment
 * @param dstPort destination port of the quoted segment
 * @param seq sequence number of the quoted segment
 * @param quotedLength length of the packet that the quoted segment was, in bytes, as its header
 *     says
 */
public record IcmpError(
    Kind kind,
    int type,
    int code,
    int mtu,
    IpAddress reporter,
    IpAddress src,
    IpAddress dst,
    int srcPort,
    int dstPort,
    int seq,
    int quotedLength) {
  /** IP protocol number of ICMP. */
  public static final int PROTOCOL_ICMP = 1;

  /** IP protocol number of ICMPv6. */
  public static final int PROTOCOL_ICMPV6 = 58;

  /** What an ICMP error says, in one vocabulary for both versions. */
  public enum Kind {
    /** No route. */
    NETWORK_UNREACHABLE(3, 0, 1, 0),
    /** The host does not answer. */
    HOST_UNREACHABLE(3, 1, 1, 3),
    /** The host does not speak TCP. */
    PROTOCOL_UNREACHABLE(3, 2, 4, 1),
    /** Nobody listens. */
    PORT_UNREACHABLE(3, 3, 1, 4),
    /** The packet did not fit and may not be fragmented. */
    PACKET_TOO_BIG(3, 4, 2, 0),
    /** Forbidden by a filter or a policy. */
    PROHIBITED(3, 13, 1, 1),
    /** The hop limit ran out. */
    TIME_EXCEEDED(11, 0, 3, 0),
    /** A field in a header is wrong. */
    PARAMETER_PROBLEM(12, 0, 4, 0);

    private final int type4;
    private final int code4;
    private final int type6;
    private final int code6;

    Kind(int type4, int code4, int type6, int code6) {
      this.type4 = type4;
      this.code4 = code4;
      this.type6 = type6;
      this.code6 = code6;
    }
  }

  /** Whether it says that the destination cannot be reached at all. */
  public boolean isUnreachable() {
    return switch (kind) {
      case NETWORK_UNREACHABLE,
          HOST_UNREACHABLE,
          PROTOCOL_UNREACHABLE,
          PORT_UNREACHABLE,
          PROHIBITED ->
          true;
      case PACKET_TOO_BIG, TIME_EXCEEDED, PARAMETER_PROBLEM -> false;
    };
  }

  /** RFC 6069 section 3: whether it says that a link on the way is broken. */
  public boolean isBrokenPath() {
    return kind == Kind.NETWORK_UNREACHABLE || kind == Kind.HOST_UNREACHABLE;
  }

  /**
   * Decodes a packet that {@link RxSegment#parse(Packet)} called {@link ParseVerdict#NOT_TCP};
   * total.
   *
   * @return empty when it is not an ICMP error about a TCP segment, is cut off or has a wrong
   *     checksum
   */
  public static Optional<IcmpError> decode(RxSegment packet) {
    ByteBuf buf = packet.buf();
    int i = packet.upperIndex();
    int length = packet.upperLength();
    int expected = packet.isV4() ? PROTOCOL_ICMP : PROTOCOL_ICMPV6;
    if (packet.protocol() != expected || length < 8 || !checksumIsValid(packet)) {
      return Optional.empty();
    }
    int type = buf.getUnsignedByte(i);
    int code = buf.getUnsignedByte(i + 1);
    Kind kind = packet.isV4() ? kindOfV4(type, code) : kindOfV6(type, code);
    if (kind == null) {
      return Optional.empty();
    }
    int mtu = 0;
    if (kind == Kind.PACKET_TOO_BIG) {
      // RFC 1191 section 4: the next hop's MTU; RFC 4443 section 3.2: 32 bits of it.
      long field = packet.isV4() ? buf.getUnsignedShort(i + 6) : buf.getUnsignedInt(i + 4);
      mtu = (int) Math.min(field, Integer.MAX_VALUE);
    }
    return packet.isV4()
        ? quoteV4(buf, i + 8, length - 8, kind, type, code, mtu, packet.src())
        : quoteV6(buf, i + 8, length - 8, kind, type, code, mtu, packet.src());
  }

  private static boolean checksumIsValid(RxSegment packet) {
    int sum = InternetChecksum.sum(packet.buf(), packet.upperIndex(), packet.upperLength());
    if (!packet.isV4()) {
      // RFC 4443 section 2.3: the ICMPv6 checksum covers the pseudo header.
      sum = InternetChecksum.add(sum, pseudo(packet));
    }
    return InternetChecksum.isValid(sum);
  }

  private static int pseudo(RxSegment p) {
    return InternetChecksum.pseudoHeader(
        p.srcHi(), p.srcLo(), p.dstHi(), p.dstLo(), PROTOCOL_ICMPV6, p.upperLength());
  }

  private static Kind kindOfV4(int type, int code) {
    return switch (type) {
      case 3 ->
          switch (code) {
            case 0, 6, 11 -> Kind.NETWORK_UNREACHABLE;
            case 2 -> Kind.PROTOCOL_UNREACHABLE;
            case 3 -> Kind.PORT_UNREACHABLE;
            case 4 -> Kind.PACKET_TOO_BIG;
            case 9, 10, 13, 14, 15 -> Kind.PROHIBITED;
            default -> Kind.HOST_UNREACHABLE;
          };
      case 11 -> Kind.TIME_EXCEEDED;
      case 12 -> Kind.PARAMETER_PROBLEM;
      default -> null;
    };
  }

  private static Kind kindOfV6(int type, int code) {
    return switch (type) {
      case 1 ->
          switch (code) {
            case 0 -> Kind.NETWORK_UNREACHABLE;
            case 4 -> Kind.PORT_UNREACHABLE;
            case 1, 5, 6 -> Kind.PROHIBITED;
            default -> Kind.HOST_UNREACHABLE;
          };
      case 2 -> Kind.PACKET_TOO_BIG;
      case 3 -> Kind.TIME_EXCEEDED;
      case 4 -> code == 1 ? Kind.PROTOCOL_UNREACHABLE : Kind.PARAMETER_PROBLEM;
      default -> null;
    };
  }

  private static Optional<IcmpError> quoteV4(
      ByteBuf buf, int i, int length, Kind kind, int type, int code, int mtu, IpAddress reporter) {
    Ipv4View ip = new Ipv4View();
    if (!ip.wrap(buf, i, length)
        || ip.protocol() != RxSegment.PROTOCOL_TCP
        || (ip.fragmentField() & 0x1fff) != 0
        || length < ip.headerLength() + 8) {
      return Optional.empty();
    }
    int tcp = i + ip.headerLength();
    return Optional.of(
        new IcmpError(
            kind,
            type,
            code,
            mtu,
            reporter,
            ip.src(),
            ip.dst(),
            buf.getUnsignedShort(tcp),
            buf.getUnsignedShort(tcp + 2),
            buf.getInt(tcp + 4),
            ip.totalLength()));
  }

  private static Optional<IcmpError> quoteV6(
      ByteBuf buf, int i, int length, Kind kind, int type, int code, int mtu, IpAddress reporter) {
    Ipv6View ip = new Ipv6View();
    if (!ip.wrap(buf, i, length)) {
      return Optional.empty();
    }
    Ipv6Extensions rest = new Ipv6Extensions();
    ParseVerdict verdict =
        rest.skip(buf, ip.nextHeader(), i + Ipv6View.LENGTH, length - Ipv6View.LENGTH);
    if (verdict != ParseVerdict.OK
        || rest.protocol() != RxSegment.PROTOCOL_TCP
        || rest.length() < 8) {
      return Optional.empty();
    }
    int tcp = rest.index();
    return Optional.of(
        new IcmpError(
            kind,
            type,
            code,
            mtu,
            reporter,
            ip.src(),
            ip.dst(),
            buf.getUnsignedShort(tcp),
            buf.getUnsignedShort(tcp + 2),
            buf.getInt(tcp + 4),
            Ipv6View.LENGTH + ip.payloadLength()));
  }

  /**
   * Builds the whole IP datagram of an error, as a router or host would send it.
   *
   * @param kind what happened
   * @param mtu for {@link Kind#PACKET_TOO_BIG}, else 0
   * @param reporter source address of the error, of the same family as the packet
   * @param packet the packet that caused it, from its reader index; not modified, as much as is
   *     allowed of it is quoted
   * @param allocator of the datagram
   * @return owned by the caller
   * @throws IllegalArgumentException when {@code packet} has no IP header or is of another family
   *     than the reporter
   */
  public static ByteBuf encode(
      Kind kind, int mtu, IpAddress reporter, ByteBuf packet, ByteBufAllocator allocator) {
    int start = packet.readerIndex();
    Ipv4View v4 = new Ipv4View();
    if (v4.wrap(packet, start, packet.readableBytes()) && reporter.isV4()) {
      return encodeV4(kind, mtu, reporter, v4.src(), packet, allocator);
    }
    Ipv6View v6 = new Ipv6View();
    if (v6.wrap(packet, start, packet.readableBytes()) && !reporter.isV4()) {
      return encodeV6(kind, mtu, reporter, v6.src(), packet, allocator);
    }
    throw new IllegalArgumentException("no IP packet of the family of " + reporter);
  }

  private static ByteBuf encodeV4(
      Kind kind, int mtu, IpAddress from, IpAddress to, ByteBuf packet, ByteBufAllocator alloc) {
    // RFC 1812 section 4.3.2.3: as much of the packet as fits into 576 bytes.
    int quoted = Math.min(packet.readableBytes(), 576 - 28);
    int total = 28 + quoted;
    ByteBuf out = alloc.buffer(total, total);
    out.writeInt(0x45 << 24 | 0xc0 << 16 | total).writeInt(0).writeInt(64 << 24 | 1 << 16);
    out.writeInt(from.v4Bits()).writeInt(to.v4Bits());
    out.setShort(10, InternetChecksum.finish(InternetChecksum.sum(out, 0, 20)));
    out.writeInt(kind.type4 << 24 | kind.code4 << 16).writeInt(mtu & 0xffff);
    out.writeBytes(packet, packet.readerIndex(), quoted);
    out.setShort(22, InternetChecksum.finish(InternetChecksum.sum(out, 20, 8 + quoted)));
    return out;
  }

  private static ByteBuf encodeV6(
      Kind kind, int mtu, IpAddress from, IpAddress to, ByteBuf packet, ByteBufAllocator alloc) {
    // RFC 4443 section 2.4 (c): as much of the packet as fits into the minimum MTU.
    int quoted = Math.min(packet.readableBytes(), 1280 - 48);
    int upper = 8 + quoted;
    ByteBuf out = alloc.buffer(40 + upper, 40 + upper);
    out.writeInt(6 << 28).writeInt(upper << 16 | PROTOCOL_ICMPV6 << 8 | 64);
    out.writeLong(from.hi()).writeLong(from.lo()).writeLong(to.hi()).writeLong(to.lo());
    out.writeInt(kind.type6 << 24 | kind.code6 << 16).writeInt(mtu);
    out.writeBytes(packet, packet.readerIndex(), quoted);
    int pseudo =
        InternetChecksum.pseudoHeader(
            from.hi(), from.lo(), to.hi(), to.lo(), PROTOCOL_ICMPV6, upper);
    int sum = InternetChecksum.add(pseudo, InternetChecksum.sum(out, 40, upper));
    out.setShort(42, InternetChecksum.finish(sum));
    return out;
  }
}
