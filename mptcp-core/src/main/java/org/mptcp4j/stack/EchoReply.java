package org.mptcp4j.stack;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.mptcp4j.link.packet.ChecksumState;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.wire.InternetChecksum;
import org.mptcp4j.wire.RxSegment;

/** Answers to echo requests (ping), of IPv4 and IPv6. */
final class EchoReply {
  /** IP protocol number of ICMP. */
  static final int ICMP = 1;

  /** IP protocol number of ICMPv6. */
  static final int ICMP_V6 = 58;

  private static final int ECHO_REQUEST = 8;
  private static final int ECHO_REPLY = 0;
  private static final int ECHO_REQUEST_V6 = 128;
  private static final int ECHO_REPLY_V6 = 129;
  private static final int HOP_LIMIT = 64;
  private static final int HEADER_BYTES = 8;

  private EchoReply() {}

  /** Whether the packet is an ICMP echo request that is whole and has the right checksum. */
  static boolean isRequest(RxSegment packet) {
    int expected = packet.isV4() ? ECHO_REQUEST : ECHO_REQUEST_V6;
    return isIcmp(packet)
        && packet.buf().getUnsignedByte(packet.upperIndex()) == expected
        && packet.buf().getByte(packet.upperIndex() + 1) == 0
        && checksumIsValid(packet);
  }

  /** Whether the packet carries ICMP of its IP version, with a whole ICMP header. */
  static boolean isIcmp(RxSegment packet) {
    return packet.protocol() == (packet.isV4() ? ICMP : ICMP_V6)
        && packet.upperLength() >= HEADER_BYTES;
  }

  /** Whether the checksum of an ICMP message is right. */
  static boolean checksumIsValid(RxSegment packet) {
    int sum = InternetChecksum.sum(packet.buf(), packet.upperIndex(), packet.upperLength());
    return InternetChecksum.isValid(InternetChecksum.add(sum, pseudo(packet)));
  }

  /**
   * Writes the reply to a request.
   *
   * @param request for which {@link #isRequest} holds
   * @param link where the reply goes
   * @param reply an empty slot
   */
  static void write(RxSegment request, int link, Packet reply, ByteBufAllocator allocator) {
    ByteBuf out = allocator.directBuffer(request.upperLength() + 40);
    if (request.isV4()) {
      writeV4(request, out);
    } else {
      writeV6(request, out);
    }
    int start = out.writerIndex();
    // RFC 1122 section 3.2.2.6, RFC 4443 section 4.2: everything but the type is returned as it
    // came.
    out.writeBytes(request.buf(), request.upperIndex(), request.upperLength());
    out.setByte(start, request.isV4() ? ECHO_REPLY : ECHO_REPLY_V6);
    out.setShort(start + 2, 0);
    int sum = InternetChecksum.sum(out, start, request.upperLength());
    out.setShort(start + 2, InternetChecksum.finish(InternetChecksum.add(sum, pseudo(request))));
    reply.header(out);
    reply.checksum(ChecksumState.VALID);
    reply.linkIndex(link);
  }

  private static void writeV4(RxSegment request, ByteBuf out) {
    out.writeByte(0x45).writeByte(request.trafficClass() & 0xfc);
    out.writeShort(20 + request.upperLength()).writeInt(0);
    out.writeByte(HOP_LIMIT).writeByte(ICMP).writeShort(0);
    out.writeInt((int) request.dstLo()).writeInt((int) request.srcLo());
    out.setShort(10, InternetChecksum.finish(InternetChecksum.sum(out, 0, 20)));
  }

  private static void writeV6(RxSegment request, ByteBuf out) {
    out.writeInt(6 << 28 | (request.trafficClass() & 0xfc) << 20);
    out.writeShort(request.upperLength()).writeByte(ICMP_V6).writeByte(HOP_LIMIT);
    out.writeLong(request.dstHi()).writeLong(request.dstLo());
    out.writeLong(request.srcHi()).writeLong(request.srcLo());
  }

  // RFC 4443 section 2.3: the ICMPv6 checksum covers a pseudo-header; that of ICMP does not. It is
  // symmetric.
  private static int pseudo(RxSegment packet) {
    return packet.isV4() ? 0 : packet.pseudoHeader(ICMP_V6);
  }
}
