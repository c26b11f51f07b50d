package org.mptcp4j.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.mptcp4j.link.packet.ChecksumState;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.link.packet.Pieces;

/**
 * Reusable: one outgoing segment, or super-segment, while it is being built. {@link #encodeInto}
 * turns it into a {@link Packet}. Setters return the segment. Not thread-safe.
 */
public final class TxSegment {
  /** The largest payload that fits with any options into an IPv4 packet, in bytes. */
  public static final int MAX_PAYLOAD = 0xffff - 20 - 60;

  /** Hop limit of a segment that nobody changed. */
  public static final int DEFAULT_HOP_LIMIT = 64;

  private static final int HEADER_CAPACITY = 40 + 60;

  private final TcpOptionWriter options = new TcpOptionWriter();
  private Pieces payload = new Pieces();
  private IpAddress src;
  private IpAddress dst;
  private int srcPort;
  private int dstPort;
  private int seq;
  private int ack;
  private int flags;
  private int window;
  private int gsoSize;
  private int hopLimit = DEFAULT_HOP_LIMIT;
  private int trafficClass;
  private int linkIndex;

  /** An empty segment. */
  public TxSegment() {}

  /** Forgets everything and releases the payload. */
  public void clear() {
    options.clear();
    payload.release();
    src = null;
    dst = null;
    srcPort = 0;
    dstPort = 0;
    seq = 0;
    ack = 0;
    flags = 0;
    window = 0;
    gsoSize = 0;
    hopLimit = DEFAULT_HOP_LIMIT;
    trafficClass = 0;
    linkIndex = 0;
  }

  /** The same as {@link #clear()}: nothing is held after it. */
  public void release() {
    clear();
  }

  /** Source address, null before it is set. */
  public IpAddress src() {
    return src;
  }

  /** Sets the source address. */
  public TxSegment src(IpAddress address) {
    src = address;
    return this;
  }

  /** Destination address, null before it is set. */
  public IpAddress dst() {
    return dst;
  }

  /** Sets the destination address, of the same family as the source. */
  public TxSegment dst(IpAddress address) {
    dst = address;
    return this;
  }

  /** Source port. */
  public int srcPort() {
    return srcPort;
  }

  /** Sets the source port. */
  public TxSegment srcPort(int port) {
    srcPort = port;
    return this;
  }

  /** Destination port. */
  public int dstPort() {
    return dstPort;
  }

  /** Sets the destination port. */
  public TxSegment dstPort(int port) {
    dstPort = port;
    return this;
  }

  /** Sequence number. */
  public int seq() {
    return seq;
  }

  /** Sets the sequence number. */
  public TxSegment seq(int number) {
    seq = number;
    return this;
  }

  /** Acknowledgment number. */
  public int ack() {
    return ack;
  }

  /** Sets the acknowledgment number. */
  public TxSegment ack(int number) {
    ack = number;
    return this;
  }

  /** Flags, see {@link TcpFlags}. */
  public int flags() {
    return flags;
  }

  /** Sets all flags. */
  public TxSegment flags(int bits) {
    flags = bits;
    return this;
  }

  /** The window field as sent, 16 bits. */
  public int window() {
    return window;
  }

  /** Sets the window field as sent, 0 to 65535. */
  public TxSegment window(int field) {
    window = field;
    return this;
  }

  /** Payload bytes per wire segment, 0 when this is a single one. */
  public int gsoSize() {
    return gsoSize;
  }

  /** Sets the payload bytes per wire segment; it matters only when the payload is longer. */
  public TxSegment gsoSize(int bytes) {
    gsoSize = bytes;
    return this;
  }

  /** Hop limit or TTL. */
  public int hopLimit() {
    return hopLimit;
  }

  /** Sets the hop limit or TTL. */
  public TxSegment hopLimit(int hops) {
    hopLimit = hops;
    return this;
  }

  /** Traffic class or TOS byte, ECN bits included. */
  public int trafficClass() {
    return trafficClass;
  }

  /** Sets the traffic class or TOS byte, ECN bits included. */
  public TxSegment trafficClass(int bits) {
    trafficClass = bits;
    return this;
  }

  /** Which link to send on. */
  public int linkIndex() {
    return linkIndex;
  }

  /** Sets the link to send on. */
  public TxSegment linkIndex(int index) {
    linkIndex = index;
    return this;
  }

  /** Where the options are written; emptied by {@link #clear()}. */
  public TcpOptionWriter options() {
    return options;
  }

  /**
   * Appends payload.
   *
   * @param buf retained
   * @param index absolute index of the first byte
   * @param length in bytes
   * @return false, and nothing happens, when {@link Packet#MAX_PIECES} are there already
   */
  public boolean addPayload(ByteBuf buf, int index, int length) {
    return payload.add(buf, index, length);
  }

  /** Payload bytes. */
  public int payloadLength() {
    return payload.bytes();
  }

  /** Number of payload pieces. */
  public int pieces() {
    return payload.count();
  }

  /** The buffer of payload piece {@code i}, borrowed. */
  public ByteBuf pieceBuf(int i) {
    return payload.buf(i);
  }

  /** Absolute index of the first byte of payload piece {@code i} in its buffer. */
  public int pieceIndex(int i) {
    return payload.index(i);
  }

  /** Length of payload piece {@code i} in bytes. */
  public int pieceLength(int i) {
    return payload.length(i);
  }

  /** Sum over the payload, for a DSS checksum: see {@link InternetChecksum}. */
  public int payloadSum() {
    return SoftwareChecksum.sumPieces(payload);
  }

  /** Sequence space that the segment takes: payload, SYN and FIN. */
  public int seqLength() {
    return payload.bytes() + (flags >> 1 & 1) + (flags & 1);
  }

  /**
   * Writes the headers into a new buffer with a partial checksum and moves the payload pieces into
   * the packet; this segment is clear after.
   *
   * @param packet an empty slot
   * @param allocator for the header, at most 100 bytes
   * @throws IllegalStateException when the addresses are missing or of two families, or the payload
   *     is larger than an IP packet can be
   */
  public void encodeInto(Packet packet, ByteBufAllocator allocator) {
    if (src == null || dst == null || src.isV4() != dst.isV4()) {
      throw new IllegalStateException("addresses of one family needed: " + src + " to " + dst);
    }
    options.pad();
    int tcpHeader = 20 + options.used();
    int upper = tcpHeader + payload.bytes();
    if (upper + (src.isV4() ? 20 : 0) > 0xffff) {
      throw new IllegalStateException("payload too large: " + payload.bytes());
    }
    ByteBuf out = allocator.directBuffer(HEADER_CAPACITY);
    if (src.isV4()) {
      writeV4(out, 20 + upper);
    } else {
      writeV6(out, upper);
    }
    out.writeInt(srcPort << 16 | dstPort).writeInt(seq).writeInt(ack);
    out.writeInt(tcpHeader << 26 | (flags & 0x1ff) << 16 | window & 0xffff);
    int pseudo =
        InternetChecksum.pseudoHeader(
            src.hi(), src.lo(), dst.hi(), dst.lo(), RxSegment.PROTOCOL_TCP, upper);
    out.writeInt(pseudo << 16);
    out.writeBytes(options.bytes(), 0, options.used());
    packet.release();
    packet.header(out);
    packet.checksum(ChecksumState.PARTIAL);
    packet.gsoSize(gsoSize > 0 && payload.bytes() > gsoSize ? gsoSize : 0);
    packet.linkIndex(linkIndex);
    payload = packet.exchangePieces(payload);
    clear();
  }

  // RFC 791 section 3.1; RFC 6864 section 4.1: with DF set the identification field carries
  // nothing.
  private void writeV4(ByteBuf out, int total) {
    int first = 0x45 << 24 | (trafficClass & 0xff) << 16 | total;
    int third = (hopLimit & 0xff) << 24 | RxSegment.PROTOCOL_TCP << 16;
    long sum = (first & 0xffffffffL) + 0x4000 + (third & 0xffffffffL);
    sum += (src.v4Bits() & 0xffffffffL) + (dst.v4Bits() & 0xffffffffL);
    out.writeInt(first).writeInt(0x4000);
    out.writeInt(third | InternetChecksum.finish(InternetChecksum.fold(sum)));
    out.writeInt(src.v4Bits()).writeInt(dst.v4Bits());
  }

  // RFC 8200 section 3.
  private void writeV6(ByteBuf out, int upper) {
    out.writeInt(6 << 28 | (trafficClass & 0xff) << 20);
    out.writeInt(upper << 16 | RxSegment.PROTOCOL_TCP << 8 | hopLimit & 0xff);
    out.writeLong(src.hi()).writeLong(src.lo()).writeLong(dst.hi()).writeLong(dst.lo());
  }
}
