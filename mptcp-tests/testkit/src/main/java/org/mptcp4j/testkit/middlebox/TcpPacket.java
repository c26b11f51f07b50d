package org.mptcp4j.testkit.middlebox;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;
import org.mptcp4j.link.packet.ChecksumState;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.wire.Dss;
import org.mptcp4j.wire.InternetChecksum;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.TcpFlags;

/**
 * A TCP packet as a box sees it: a value, with what a box would change in parts of their own.
 *
 * @param ip the IP header as it came; lengths and checksum are computed anew
 * @param sourcePort where it comes from
 * @param destinationPort where it goes to
 * @param seq sequence number
 * @param ack acknowledgement number
 * @param flags bits of {@link TcpFlags}
 * @param window the field
 * @param options as on the wire, a multiple of 4 bytes
 * @param payload its bytes
 */
@SuppressWarnings("ArrayRecordComponent") // never changed, and never compared
record TcpPacket(
    byte[] ip,
    int sourcePort,
    int destinationPort,
    int seq,
    int ack,
    int flags,
    int window,
    byte[] options,
    byte[] payload) {
  private static final int HEADER = 20;
  private static final int IPV6_HEADER = 40;
  private static final int KIND_END = 0;
  private static final int KIND_NOP = 1;
  private static final int KIND_SACK = 5;
  private static final int KIND_TIMESTAMPS = 8;
  private static final int KIND_MPTCP = 30;
  private static final int SUBTYPE_DSS = 2;

  /** Whether a datagram is TCP and whole. */
  static boolean isTcp(ByteBuf datagram) {
    int ip = datagram.readerIndex();
    boolean v4 = datagram.getByte(ip) >>> 4 == 4;
    return datagram.getUnsignedByte(ip + (v4 ? 9 : 6)) == RxSegment.PROTOCOL_TCP;
  }

  /** Reads one, which must be TCP. */
  static TcpPacket of(ByteBuf datagram) {
    int ip = datagram.readerIndex();
    boolean v4 = datagram.getByte(ip) >>> 4 == 4;
    int ipHeader = v4 ? (datagram.getByte(ip) & 15) * 4 : IPV6_HEADER;
    int tcp = ip + ipHeader;
    int header = (datagram.getUnsignedByte(tcp + 12) >>> 4) * 4;
    return new TcpPacket(
        ByteBufUtil.getBytes(datagram, ip, ipHeader),
        datagram.getUnsignedShort(tcp),
        datagram.getUnsignedShort(tcp + 2),
        datagram.getInt(tcp + 4),
        datagram.getInt(tcp + 8),
        datagram.getUnsignedByte(tcp + 13),
        datagram.getUnsignedShort(tcp + 14),
        ByteBufUtil.getBytes(datagram, tcp + HEADER, header - HEADER),
        ByteBufUtil.getBytes(datagram, tcp + header, datagram.writerIndex() - tcp - header));
  }

  /** The same as a datagram, with every checksum right. */
  void into(Packet packet, ByteBufAllocator allocator) {
    int tcpLength = HEADER + options.length + payload.length;
    ByteBuf out = allocator.buffer(ip.length + tcpLength);
    out.writeBytes(ip);
    boolean v4 = ip[0] >>> 4 == 4;
    if (v4) {
      out.setShort(2, ip.length + tcpLength);
      out.setShort(10, 0);
      out.setShort(10, InternetChecksum.finish(InternetChecksum.sum(out, 0, ip.length)));
    } else {
      out.setShort(4, tcpLength);
    }
    out.writeShort(sourcePort).writeShort(destinationPort).writeInt(seq).writeInt(ack);
    out.writeByte((HEADER + options.length) << 2).writeByte(flags).writeShort(window);
    out.writeInt(0).writeBytes(options).writeBytes(payload);
    int sum = InternetChecksum.sum(out, ip.length, tcpLength);
    int pseudo = InternetChecksum.tcpPseudoHeader(out, v4, tcpLength);
    out.setShort(ip.length + 16, InternetChecksum.finish(InternetChecksum.add(sum, pseudo)));
    packet.header(out);
    packet.checksum(ChecksumState.UNVERIFIED);
  }

  boolean has(int flag) {
    return (flags & flag) != 0;
  }

  /** Sequence number behind its last byte, SYN and FIN not counted. */
  int end() {
    return seq + payload.length;
  }

  TcpPacket withPorts(int source, int destination) {
    return new TcpPacket(ip, source, destination, seq, ack, flags, window, options, payload);
  }

  TcpPacket withSeq(int number) {
    return new TcpPacket(
        ip, sourcePort, destinationPort, number, ack, flags, window, options, payload);
  }

  TcpPacket withAck(int number) {
    return new TcpPacket(
        ip, sourcePort, destinationPort, seq, number, flags, window, options, payload);
  }

  TcpPacket withFlags(int bits) {
    return new TcpPacket(ip, sourcePort, destinationPort, seq, ack, bits, window, options, payload);
  }

  TcpPacket withWindow(int field) {
    return new TcpPacket(ip, sourcePort, destinationPort, seq, ack, flags, field, options, payload);
  }

  TcpPacket withOptions(byte[] others) {
    return new TcpPacket(ip, sourcePort, destinationPort, seq, ack, flags, window, others, payload);
  }

  TcpPacket withPayload(byte[] bytes) {
    return new TcpPacket(ip, sourcePort, destinationPort, seq, ack, flags, window, options, bytes);
  }

  /** Some of its bytes, with the sequence number that they have. */
  TcpPacket part(int from, int to) {
    return withSeq(seq + from).withPayload(Arrays.copyOfRange(payload, from, to));
  }

  /** Where an option begins among the options; -1 when there is none of that kind. */
  private int find(int kind, int from) {
    int i = from;
    while (i + 1 < options.length && options[i] != KIND_END) {
      if (options[i] == kind) {
        return i;
      }
      i += options[i] == KIND_NOP ? 1 : Math.max(2, options[i + 1]);
    }
    return -1;
  }

  boolean hasMptcp() {
    return find(KIND_MPTCP, 0) >= 0;
  }

  /** Its MPTCP options overwritten with NOPs. */
  TcpPacket withoutMptcp() {
    byte[] changed = options.clone();
    int at = -1;
    int from = 0;
    while ((at = find(KIND_MPTCP, from)) >= 0) {
      int length = options[at + 1];
      Arrays.fill(changed, at, at + length, (byte) KIND_NOP);
      from = at + length;
    }
    return withOptions(changed);
  }

  /** The same with another checksum in its mapping, if that has one: RFC 8684 section 3.3. */
  TcpPacket withWrongChecksum() {
    for (int at = find(KIND_MPTCP, 0); at >= 0; at = find(KIND_MPTCP, at + options[at + 1])) {
      if (options[at + 2] >>> 4 == SUBTYPE_DSS && hasChecksum(at)) {
        byte[] changed = options.clone();
        changed[at + options[at + 1] - 1] ^= 1;
        return withOptions(changed);
      }
    }
    return this;
  }

  private boolean hasChecksum(int dss) {
    int flags = options[dss + 3];
    return (flags & Dss.MAP) != 0 && options[dss + 1] > Dss.lengthOf(flags);
  }

  /** Its SACK blocks moved. */
  TcpPacket withSackMoved(IntUnaryOperator number) {
    int at = find(KIND_SACK, 0);
    if (at < 0) {
      return this;
    }
    ByteBuf changed = Unpooled.wrappedBuffer(options.clone());
    for (int i = at + 2; i < at + options[at + 1]; i += 4) {
      changed.setInt(i, number.applyAsInt(changed.getInt(i)));
    }
    return withOptions(changed.array());
  }

  /** Timestamps that answer to those of a packet of the other direction; none when it has none. */
  static byte[] timestamps(TcpPacket own, TcpPacket other) {
    int ours = own.find(KIND_TIMESTAMPS, 0);
    int theirs = other.find(KIND_TIMESTAMPS, 0);
    if (ours < 0 || theirs < 0) {
      return new byte[0];
    }
    byte[] written = {KIND_NOP, KIND_NOP, KIND_TIMESTAMPS, 10, 0, 0, 0, 0, 0, 0, 0, 0};
    System.arraycopy(own.options, ours + 2, written, 4, 4);
    System.arraycopy(other.options, theirs + 2, written, 8, 4);
    return written;
  }
}
