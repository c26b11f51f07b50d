package org.mptcp4j.testkit.packetdrill;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.Optional;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.wire.Ipv4View;
import org.mptcp4j.wire.Ipv6View;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.TcpFlags;

/**
 * A segment that left the stack, as the wire has it.
 *
 * @param atNs when
 * @param src with {@code dst} and the ports: its endpoints
 * @param trafficClass of the IP header
 * @param hopLimit TTL or hop limit
 * @param flags of the header, nine bits with {@link #AE}
 * @param length payload in bytes
 * @param gsoSize payload of each packet that a super-segment stands for, 0 when it is none
 * @param options the bytes of the options
 */
record Segment(
    long atNs,
    IpAddress src,
    IpAddress dst,
    int srcPort,
    int dstPort,
    int trafficClass,
    int hopLimit,
    int seq,
    int ack,
    int flags,
    int window,
    int urgent,
    int length,
    int gsoSize,
    byte[] options) {

  /** The flag that RFC 9768 section 3.1 puts beside the classic ones. */
  static final int AE = TcpFlags.AE;

  /** Flags that stand at the end of a super-segment only. */
  private static final int AT_THE_END = TcpFlags.PSH | TcpFlags.FIN;

  /**
   * Reads one.
   *
   * @param datagram the whole IP packet
   * @return empty when it is not TCP
   */
  static Optional<Segment> of(long atNs, ByteBuf datagram, int gsoSize) {
    int start = datagram.readerIndex();
    int length = datagram.readableBytes();
    Ipv4View v4 = new Ipv4View();
    if (v4.wrap(datagram, start, length)) {
      int header = v4.headerLength();
      ByteBuf upper = datagram.slice(start + header, length - header);
      return v4.protocol() == RxSegment.PROTOCOL_TCP
          ? Optional.of(
              read(atNs, v4.src(), v4.dst(), v4.trafficClass(), v4.hopLimit(), upper, gsoSize))
          : Optional.empty();
    }
    Ipv6View v6 = new Ipv6View();
    if (!v6.wrap(datagram, start, length) || v6.nextHeader() != RxSegment.PROTOCOL_TCP) {
      return Optional.empty();
    }
    ByteBuf upper = datagram.slice(start + Ipv6View.LENGTH, length - Ipv6View.LENGTH);
    return Optional.of(
        read(atNs, v6.src(), v6.dst(), v6.trafficClass(), v6.hopLimit(), upper, gsoSize));
  }

  private static Segment read(
      long atNs, IpAddress src, IpAddress dst, int tos, int hops, ByteBuf tcp, int gsoSize) {
    int header = (tcp.getUnsignedByte(12) >> 4) * 4;
    byte[] options = new byte[header - 20];
    tcp.getBytes(20, options);
    return new Segment(
        atNs,
        src,
        dst,
        tcp.getUnsignedShort(0),
        tcp.getUnsignedShort(2),
        tos,
        hops,
        tcp.getInt(4),
        tcp.getInt(8),
        tcp.getUnsignedShort(12) & 0x1ff,
        tcp.getUnsignedShort(14),
        tcp.getUnsignedShort(18),
        tcp.readableBytes() - header,
        gsoSize,
        options);
  }

  /** Whether it opens a connection. */
  boolean isSyn() {
    return (flags & (TcpFlags.SYN | TcpFlags.ACK)) == TcpFlags.SYN;
  }

  boolean has(int flag) {
    return (flags & flag) != 0;
  }

  /**
   * The packets of a super-segment up to that many bytes, as one.
   *
   * @param push PSH or 0: another stack might have ended a super-segment there, with PSH
   */
  Segment head(int bytes, int push) {
    return with(seq, flags & ~AT_THE_END | push, bytes);
  }

  /** The packets of a super-segment behind that many bytes, as one. */
  Segment tail(int bytes) {
    return with(seq + bytes, flags, length - bytes);
  }

  /** Whether the other one goes on where this one ends, so that both may count as one. */
  boolean isContinuedBy(Segment next) {
    return next.seq == seq + length
        && next.length > 0
        && length > 0
        && !has(TcpFlags.FIN)
        && next.ack == ack
        && next.window == window
        && next.trafficClass == trafficClass
        && next.hopLimit == hopLimit
        && next.dst.equals(dst)
        && next.dstPort == dstPort
        && next.srcPort == srcPort
        && (next.flags & ~AT_THE_END) == (flags & ~AT_THE_END)
        && Arrays.equals(next.options, options);
  }

  /** Both as one, which ends as the second one does. */
  Segment joined(Segment next) {
    return with(seq, flags & ~AT_THE_END | next.flags, length + next.length);
  }

  /** The same as if another stack had sent it, whose super-segments end somewhere else. */
  Segment withoutPush() {
    return with(seq, flags & ~TcpFlags.PSH, length);
  }

  private Segment with(int newSeq, int newFlags, int newLength) {
    return new Segment(
        atNs,
        src,
        dst,
        srcPort,
        dstPort,
        trafficClass,
        hopLimit,
        newSeq,
        ack,
        newFlags,
        window,
        urgent,
        newLength,
        gsoSize,
        options);
  }
}
