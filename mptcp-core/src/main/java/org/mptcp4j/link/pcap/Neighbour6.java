package org.mptcp4j.link.pcap;

import io.netty.buffer.ByteBuf;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.wire.InternetChecksum;

/**
 * A neighbour solicitation or advertisement (RFC 4861 sections 4.3 and 4.4), with its IPv6 header.
 *
 * @param type {@link #SOLICITATION} or {@link #ADVERTISEMENT}
 * @param source IPv6 source
 * @param destination IPv6 destination
 * @param flags of an advertisement, in the high bits; 0 in a solicitation
 * @param target the address in question
 * @param mac the link-layer address option: of the source in a solicitation, of the target in an
 *     advertisement; null when absent
 */
record Neighbour6(
    int type,
    IpAddress source,
    IpAddress destination,
    int flags,
    IpAddress target,
    @Nullable MacAddress mac) {
  static final int SOLICITATION = 135;
  static final int ADVERTISEMENT = 136;
  static final int SOLICITED = 0x4000_0000;
  static final int OVERRIDE = 0x2000_0000;
  static final int IPV6_HEADER = 40;
  static final IpAddress UNSPECIFIED = IpAddress.of(0, 0);

  private static final int ICMPV6 = 58;
  private static final int FIXED = 24;
  private static final int OPTION = 8;
  private static final int HOP_LIMIT = 255;
  private static final IpAddress ALL_NODES = IpAddress.of(0xff02L << 48, 1);

  /** Whether an IPv6 packet is neighbour discovery's, good or bad. */
  static boolean isDiscovery(ByteBuf buf, int index, int length) {
    if (length < IPV6_HEADER + 1 || buf.getUnsignedByte(index + 6) != ICMPV6) {
      return false;
    }
    int type = buf.getUnsignedByte(index + IPV6_HEADER);
    return type == SOLICITATION || type == ADVERTISEMENT;
  }

  /** Reads one that {@link #isDiscovery} found; null when RFC 4861 says to discard it. */
  static @Nullable Neighbour6 decode(ByteBuf buf, int index, int length) {
    int payload = buf.getUnsignedShort(index + 4);
    int icmp = index + IPV6_HEADER;
    // RFC 4861 section 7.1: hop limit 255, valid checksum, code 0, at least 24 bytes
    if (payload < FIXED
        || payload > length - IPV6_HEADER
        || buf.getUnsignedByte(index + 7) != HOP_LIMIT
        || buf.getUnsignedByte(icmp + 1) != 0) {
      return null;
    }
    IpAddress source = address(buf, index + 8);
    IpAddress destination = address(buf, index + 24);
    int sum = InternetChecksum.sum(buf, icmp, payload);
    if (!InternetChecksum.isValid(
        InternetChecksum.add(sum, pseudoHeader(source, destination, payload)))) {
      return null;
    }
    IpAddress target = address(buf, icmp + 8);
    int type = buf.getUnsignedByte(icmp);
    // RFC 4861 section 7.1.1 and 7.1.2: the target is no multicast address, and no option is empty
    if (target.hi() >>> 56 == 0xff || !optionsAreSound(buf, icmp + FIXED, payload - FIXED)) {
      return null;
    }
    MacAddress mac = option(buf, icmp + FIXED, payload - FIXED, type == SOLICITATION ? 1 : 2);
    return new Neighbour6(type, source, destination, buf.getInt(icmp + 4), target, mac);
  }

  private static boolean optionsAreSound(ByteBuf buf, int index, int length) {
    int at = 0;
    while (length - at >= 2) {
      int size = buf.getUnsignedByte(index + at + 1) * 8;
      if (size == 0 || size > length - at) {
        return false;
      }
      at += size;
    }
    return at == length;
  }

  private static @Nullable MacAddress option(ByteBuf buf, int index, int length, int wanted) {
    for (int at = 0; at < length; at += buf.getUnsignedByte(index + at + 1) * 8) {
      if (buf.getUnsignedByte(index + at) == wanted) {
        return MacAddress.get(buf, index + at + 2);
      }
    }
    return null;
  }

  private static IpAddress address(ByteBuf buf, int index) {
    return IpAddress.of(buf.getLong(index), buf.getLong(index + 8));
  }

  private static int pseudoHeader(IpAddress source, IpAddress destination, int length) {
    return InternetChecksum.pseudoHeader(
        source.hi(), source.lo(), destination.hi(), destination.lo(), ICMPV6, length);
  }

  /** Asks who has {@code target}. */
  static Neighbour6 solicit(MacAddress mac, IpAddress own, IpAddress target) {
    return new Neighbour6(SOLICITATION, own, solicitedNode(target), 0, target, mac);
  }

  /** Tells the sender of this solicitation our MAC address. */
  Neighbour6 answer(MacAddress ours) {
    // RFC 4861 section 7.2.4: a probe from the unspecified address is answered to all nodes
    boolean probe = source.equals(UNSPECIFIED);
    return new Neighbour6(
        ADVERTISEMENT,
        target,
        probe ? ALL_NODES : source,
        probe ? OVERRIDE : SOLICITED | OVERRIDE,
        target,
        ours);
  }

  /** RFC 4291 section 2.7.1: ff02::1:ff and the last 24 bits. */
  static IpAddress solicitedNode(IpAddress target) {
    return IpAddress.of(0xff02L << 48, 0x1_ff00_0000L | target.lo() & 0xff_ffff);
  }

  /** RFC 2464 section 7: 33:33 and the last 32 bits. */
  static MacAddress multicastMac(IpAddress destination) {
    return new MacAddress(0x3333L << 32 | destination.lo() & 0xffff_ffffL);
  }

  /** Appends the whole IPv6 packet. */
  void encode(ByteBuf out) {
    int payload = FIXED + OPTION;
    out.writeInt(6 << 28).writeShort(payload).writeByte(ICMPV6).writeByte(HOP_LIMIT);
    out.writeLong(source.hi()).writeLong(source.lo());
    out.writeLong(destination.hi()).writeLong(destination.lo());
    int icmp = out.writerIndex();
    out.writeByte(type).writeByte(0).writeShort(0).writeInt(flags);
    out.writeLong(target.hi()).writeLong(target.lo());
    out.writeByte(type == SOLICITATION ? 1 : 2).writeByte(1);
    Objects.requireNonNull(mac, "what is sent has an address").write(out);
    int sum = InternetChecksum.sum(out, icmp, payload);
    sum = InternetChecksum.add(sum, pseudoHeader(source, destination, payload));
    out.setShort(icmp + 2, InternetChecksum.finish(sum));
  }
}
