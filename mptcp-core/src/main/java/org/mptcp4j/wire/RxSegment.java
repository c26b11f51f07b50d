package org.mptcp4j.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.mptcp4j.link.packet.ChecksumState;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.packet.Packet;

/**
 * Reusable view of a received packet as a TCP segment: total, so that any bytes give a verdict, and
 * without allocation. A super-segment is one segment here, and its options are decoded once.
 *
 * <p>The view borrows the packet's buffer: {@link #buf()} is valid as long as the packet is. Not
 * thread-safe.
 */
public final class RxSegment {
  /** IP protocol number of TCP. */
  public static final int PROTOCOL_TCP = 6;

  private final TcpOptions options = new TcpOptions();
  private final Ipv6Extensions extensions = new Ipv6Extensions();
  private ByteBuf buf = Unpooled.EMPTY_BUFFER;
  private long srcHi;
  private long srcLo;
  private long dstHi;
  private long dstLo;
  private boolean v4;
  private int protocol;
  private int trafficClass;
  private int hopLimit;
  private int upperIndex;
  private int upperLength;
  private int srcPort;
  private int dstPort;
  private int seq;
  private int ack;
  private int flags;
  private int window;
  private int segments;
  private int payloadIndex;
  private int payloadLength;

  /** A view of nothing. */
  public RxSegment() {}

  /**
   * Decodes a received packet (its {@link Packet#header()} is the whole datagram). The TCP checksum
   * is verified unless the packet says that it is valid or partial.
   *
   * @param packet borrowed
   */
  public ParseVerdict parse(Packet packet) {
    return parse(packet.header(), packet.checksum(), packet.gsoSize());
  }

  /**
   * Decodes a datagram.
   *
   * @param datagram borrowed; from its reader to its writer index; bytes after the IP packet's end
   *     are ignored
   * @param checksum whether the TCP checksum must be verified
   * @param gsoSize payload bytes per segment of a super-segment, otherwise 0
   */
  public ParseVerdict parse(ByteBuf datagram, ChecksumState checksum, int gsoSize) {
    buf = datagram;
    options.clear();
    payloadLength = 0;
    protocol = -1;
    int index = datagram.readerIndex();
    int length = datagram.readableBytes();
    if (length < 20) {
      return ParseVerdict.TRUNCATED;
    }
    int version = datagram.getByte(index) >> 4;
    ParseVerdict verdict;
    if (version == 4) {
      verdict = parseV4(index, length);
    } else if (version == 6) {
      verdict = parseV6(index, length);
    } else {
      return ParseVerdict.BAD_HEADER;
    }
    if (verdict != ParseVerdict.OK) {
      return verdict;
    }
    return protocol == PROTOCOL_TCP ? parseTcp(checksum, gsoSize) : ParseVerdict.NOT_TCP;
  }

  // RFC 791 section 3.1: the Internet header.
  private ParseVerdict parseV4(int index, int length) {
    long first = buf.getLong(index);
    long second = buf.getLong(index + 8);
    int headerLength = (int) (first >>> 56 & 15) * 4;
    int total = (int) (first >>> 32) & 0xffff;
    if (headerLength < 20 || total < headerLength) {
      return ParseVerdict.BAD_HEADER;
    }
    if (total > length) {
      return ParseVerdict.TRUNCATED;
    }
    int sum =
        headerLength == 20
            ? sumV4(first, second, buf.getInt(index + 16))
            : InternetChecksum.sum(buf, index, headerLength);
    if (!InternetChecksum.isValid(sum)) {
      return ParseVerdict.BAD_HEADER;
    }
    v4 = true;
    trafficClass = (int) (first >>> 48) & 0xff;
    hopLimit = (int) (second >>> 56) & 0xff;
    protocol = (int) (second >>> 48) & 0xff;
    srcHi = 0;
    dstHi = 0;
    srcLo = IpAddress.v4Lo((int) second);
    dstLo = IpAddress.v4Lo(buf.getInt(index + 16));
    upperIndex = index + headerLength;
    upperLength = total - headerLength;
    // More-fragments flag or a fragment offset.
    return (first & 0x3fff) != 0 ? ParseVerdict.FRAGMENT : ParseVerdict.OK;
  }

  private static int sumV4(long first, long second, int third) {
    long low = 0xffffffffL;
    long wide = (first & low) + (first >>> 32) + (second & low) + (second >>> 32);
    return InternetChecksum.fold(wide + (third & low));
  }

  // RFC 8200 section 3: the IPv6 header.
  private ParseVerdict parseV6(int index, int length) {
    if (length < 40) {
      return ParseVerdict.TRUNCATED;
    }
    int payload = buf.getUnsignedShort(index + 4);
    if (payload > length - 40) {
      return ParseVerdict.TRUNCATED;
    }
    v4 = false;
    trafficClass = buf.getInt(index) >>> 20 & 0xff;
    hopLimit = buf.getUnsignedByte(index + 7);
    srcHi = buf.getLong(index + 8);
    srcLo = buf.getLong(index + 16);
    dstHi = buf.getLong(index + 24);
    dstLo = buf.getLong(index + 32);
    if (IpAddress.isV4(srcHi, srcLo) || IpAddress.isV4(dstHi, dstLo)) {
      return ParseVerdict.BAD_HEADER; // an IPv4-mapped address must not be on the wire
    }
    protocol = buf.getUnsignedByte(index + 6);
    upperIndex = index + 40;
    upperLength = payload;
    return protocol == PROTOCOL_TCP ? ParseVerdict.OK : skipExtensionHeaders();
  }

  private ParseVerdict skipExtensionHeaders() {
    ParseVerdict verdict = extensions.skip(buf, protocol, upperIndex, upperLength);
    protocol = extensions.protocol();
    upperIndex = extensions.index();
    upperLength = extensions.length();
    return verdict;
  }

  // RFC 9293 section 3.1: the TCP header.
  private ParseVerdict parseTcp(ChecksumState checksum, int gsoSize) {
    if (upperLength < 20) {
      return ParseVerdict.TRUNCATED;
    }
    int i = upperIndex;
    long ports = buf.getLong(i);
    long rest = buf.getLong(i + 8);
    srcPort = (int) (ports >>> 48);
    dstPort = (int) (ports >>> 32) & 0xffff;
    seq = (int) ports;
    ack = (int) (rest >>> 32);
    int headerLength = (int) (rest >>> 28 & 15) * 4;
    flags = (int) (rest >>> 16) & 0x1ff;
    window = (int) rest & 0xffff;
    if (headerLength < 20) {
      return ParseVerdict.BAD_HEADER;
    }
    if (headerLength > upperLength) {
      return ParseVerdict.TRUNCATED;
    }
    if (checksum == ChecksumState.UNVERIFIED && !checksumIsValid()) {
      return ParseVerdict.BAD_CHECKSUM;
    }
    payloadIndex = i + headerLength;
    payloadLength = upperLength - headerLength;
    segments = gsoSize > 0 && payloadLength > gsoSize ? (payloadLength + gsoSize - 1) / gsoSize : 1;
    if (headerLength > 20) {
      options.parse(buf, i + 20, headerLength - 20);
    }
    return ParseVerdict.OK;
  }

  private boolean checksumIsValid() {
    int sum = InternetChecksum.sum(buf, upperIndex, upperLength);
    return InternetChecksum.isValid(InternetChecksum.add(pseudoHeader(PROTOCOL_TCP), sum));
  }

  /**
   * The sum of the pseudo header that a checksum of what the datagram carries begins with. RFC 9293
   * section 3.1.
   *
   * @param protocol number of what it carries
   * @return as {@link InternetChecksum#pseudoHeader}
   */
  public int pseudoHeader(int protocol) {
    return InternetChecksum.pseudoHeader(srcHi, srcLo, dstHi, dstLo, protocol, upperLength);
  }

  /** First half of the source address, as {@link IpAddress#hi()}. */
  public long srcHi() {
    return srcHi;
  }

  /** Second half of the source address. */
  public long srcLo() {
    return srcLo;
  }

  /** First half of the destination address. */
  public long dstHi() {
    return dstHi;
  }

  /** Second half of the destination address. */
  public long dstLo() {
    return dstLo;
  }

  /** Whether the packet is IPv4. */
  public boolean isV4() {
    return v4;
  }

  /** The source address; a new object, for slow paths. */
  public IpAddress src() {
    return IpAddress.of(srcHi, srcLo);
  }

  /** The destination address; a new object, for slow paths. */
  public IpAddress dst() {
    return IpAddress.of(dstHi, dstLo);
  }

  /**
   * The upper-layer protocol number (6 TCP, 1 ICMP, 58 ICMPv6), or -1 when the IP header is bad.
   */
  public int protocol() {
    return protocol;
  }

  /** The traffic class or TOS byte. */
  public int trafficClass() {
    return trafficClass;
  }

  /**
   * The two ECN bits of the IP header. RFC 3168: 0 not capable, 1 ECT(1), 2 ECT(0), 3 congestion
   * experienced.
   */
  public int ecn() {
    return trafficClass & 3;
  }

  /** The hop limit or TTL. */
  public int hopLimit() {
    return hopLimit;
  }

  /** Absolute index of the upper-layer header in {@link #buf()}. */
  public int upperIndex() {
    return upperIndex;
  }

  /** Bytes of the upper-layer packet, header included. */
  public int upperLength() {
    return upperLength;
  }

  /** Source port. */
  public int srcPort() {
    return srcPort;
  }

  /** Destination port. */
  public int dstPort() {
    return dstPort;
  }

  /** Sequence number of the first octet (of the SYN, if there is one). */
  public int seq() {
    return seq;
  }

  /** Acknowledgment number; only when {@link #hasAck()}. */
  public int ack() {
    return ack;
  }

  /** The flags, see {@link TcpFlags}. */
  public int flags() {
    return flags;
  }

  /** The window field, 16 bits, not scaled. */
  public int window() {
    return window;
  }

  /** Flag SYN. */
  public boolean syn() {
    return (flags & TcpFlags.SYN) != 0;
  }

  /** Flag FIN. */
  public boolean fin() {
    return (flags & TcpFlags.FIN) != 0;
  }

  /** Flag RST. */
  public boolean rst() {
    return (flags & TcpFlags.RST) != 0;
  }

  /** Flag ACK. */
  public boolean hasAck() {
    return (flags & TcpFlags.ACK) != 0;
  }

  /** The flag URG: {@link #urgentPointer()} is valid. */
  public boolean urg() {
    return (flags & TcpFlags.URG) != 0;
  }

  /** The urgent pointer: how far behind {@link #seq()} the data that is not urgent begins. */
  public int urgentPointer() {
    return buf.getUnsignedShort(upperIndex + 18);
  }

  /** Number of wire segments that this one stands for, at least 1. */
  public int segments() {
    return segments;
  }

  /** The packet's buffer, borrowed. */
  public ByteBuf buf() {
    return buf;
  }

  /** Absolute index of the first payload byte in {@link #buf()}. */
  public int payloadIndex() {
    return payloadIndex;
  }

  /** Payload bytes. */
  public int payloadLength() {
    return payloadLength;
  }

  /** Sequence space that the segment takes: payload, SYN and FIN. */
  public int seqLength() {
    return payloadLength + (flags >> 1 & 1) + (flags & 1);
  }

  /**
   * Whether it can be a duplicate acknowledgement, which has nothing else to say: RFC 5681 section
   * 2. RFC 8684 section 4: one with an option of MPTCP was sent for that, unless it is DSS.
   */
  public boolean saysAckAlone() {
    return seqLength() == 0 && options.mptcpOptions() == 0;
  }

  /** Sequence number after the last one of this segment. */
  public int seqEnd() {
    return seq + seqLength();
  }

  /** The options, decoded; an object that this view reuses. */
  public TcpOptions options() {
    return options;
  }
}
