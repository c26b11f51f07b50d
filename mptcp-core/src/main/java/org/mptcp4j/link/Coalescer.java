package org.mptcp4j.link;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.mptcp4j.link.packet.ChecksumState;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.link.packet.PacketBatch;
import org.mptcp4j.wire.InternetChecksum;
import org.mptcp4j.wire.TcpFlags;

/**
 * Merges received in-order TCP segments of one flow into super-segments (generic receive offload in
 * software).
 *
 * <p>Segments merge when they follow each other in sequence space, have byte-identical options and
 * equal acknowledgement, window, flags and IP header fields, and are as long as the first; a
 * shorter one, or one with PSH, ends the merge. A segment that does not merge ends the merge of its
 * flow, so that order within a flow never changes. Nothing is held back beyond {@link #flush}.
 */
final class Coalescer {
  static final int MAX_FLOWS = 8;
  private static final int MAX_DATAGRAM = 65_535;
  private static final int UNMERGEABLE = TcpFlags.SYN | TcpFlags.FIN | TcpFlags.RST | TcpFlags.URG;

  /** One merge in progress. */
  private static final class Merge {
    final Packet packet = new Packet();
    final TcpLayout layout = new TcpLayout();
    int segmentSize;
    int nextSeq;
    int segments;
    boolean closed;
  }

  private final Merge[] merges = new Merge[MAX_FLOWS];
  private final TcpLayout layout = new TcpLayout();
  private final ByteBufAllocator allocator;
  private int open;

  Coalescer(ByteBufAllocator allocator) {
    this.allocator = allocator;
    for (int i = 0; i < MAX_FLOWS; i++) {
      merges[i] = new Merge();
    }
  }

  /** Merges in progress: slots that {@link #flush} will need. */
  int pending() {
    return open;
  }

  /**
   * Takes one received packet, leaving its slot empty; what is ready now goes to the batch: at most
   * two packets.
   */
  void accept(Packet packet, PacketBatch out) {
    ByteBuf data = packet.header();
    if (packet.gsoSize() > 0 || packet.pieces() > 0 || !layout.parse(data) || !isWhole(data)) {
      packet.moveTo(out.add());
      return;
    }
    int at = find(data);
    if (at >= 0) {
      Merge merge = merges[at];
      if (isMergeable(packet, data) && continues(merge, data)) {
        append(merge, data);
        packet.release();
        if (merge.closed) {
          emit(at, out);
        }
        return;
      }
      emit(at, out);
    }
    if (!isMergeable(packet, data) || (flags(data) & TcpFlags.PSH) != 0) {
      packet.moveTo(out.add());
      return;
    }
    if (open == MAX_FLOWS) {
      emit(0, out);
    }
    start(packet, data);
  }

  /** Hands out everything that is in progress. */
  void flush(PacketBatch out) {
    while (open > 0) {
      emit(0, out);
    }
  }

  void release() {
    for (int i = 0; i < open; i++) {
      merges[i].packet.release();
    }
    open = 0;
  }

  private boolean isWhole(ByteBuf data) {
    return layout.statedLength(data) == data.readableBytes();
  }

  private int flags(ByteBuf data) {
    return data.getUnsignedByte(layout.tcp + 13);
  }

  private boolean isMergeable(Packet packet, ByteBuf data) {
    return data.writerIndex() > layout.payload
        && (flags(data) & UNMERGEABLE) == 0
        && (flags(data) & TcpFlags.ACK) != 0
        && (!layout.v4 || TcpChecksums.ipv4HeaderIsValid(data))
        && (packet.checksum() != ChecksumState.UNVERIFIED || TcpChecksums.isValid(data, layout));
  }

  private int find(ByteBuf data) {
    for (int i = 0; i < open; i++) {
      if (sameFlow(merges[i], data)) {
        return i;
      }
    }
    return -1;
  }

  private boolean sameFlow(Merge merge, ByteBuf data) {
    TcpLayout l = merge.layout;
    ByteBuf other = merge.packet.header();
    int addresses = layout.v4 ? 12 : 8;
    int length = layout.v4 ? 8 : 32;
    return l.v4 == layout.v4
        && other.getInt(l.tcp) == data.getInt(layout.tcp)
        && equal(other, l.ip + addresses, data, layout.ip + addresses, length);
  }

  private boolean continues(Merge merge, ByteBuf data) {
    TcpLayout l = merge.layout;
    ByteBuf first = merge.packet.header();
    int payload = data.writerIndex() - layout.payload;
    int mergedFlags = first.getUnsignedByte(l.tcp + 13);
    return data.getInt(layout.tcp + 4) == merge.nextSeq
        && payload <= merge.segmentSize
        && first.readableBytes() + payload <= MAX_DATAGRAM
        && layout.headerBytes() == l.headerBytes()
        && (flags(data) & ~TcpFlags.PSH) == mergedFlags
        && data.getByte(layout.tcp + 12) == first.getByte(l.tcp + 12)
        && data.getInt(layout.tcp + 8) == first.getInt(l.tcp + 8)
        && data.getShort(layout.tcp + 14) == first.getShort(l.tcp + 14)
        && equal(first, l.tcp + 20, data, layout.tcp + 20, layout.payload - layout.tcp - 20)
        && sameIpHeader(first, l.ip, data);
  }

  /** Type of service, fragment bits, hop limit and options; the IPv4 identification may differ. */
  private boolean sameIpHeader(ByteBuf first, int ip, ByteBuf data) {
    if (!layout.v4) {
      return first.getInt(ip) == data.getInt(layout.ip)
          && first.getByte(ip + 7) == data.getByte(layout.ip + 7);
    }
    return first.getByte(ip + 1) == data.getByte(layout.ip + 1)
        && first.getShort(ip + 6) == data.getShort(layout.ip + 6)
        && first.getByte(ip + 8) == data.getByte(layout.ip + 8)
        && equal(first, ip + 20, data, layout.ip + 20, layout.tcp - layout.ip - 20);
  }

  private static boolean equal(ByteBuf a, int i, ByteBuf b, int j, int length) {
    int k = 0;
    for (; k + 4 <= length; k += 4) {
      if (a.getInt(i + k) != b.getInt(j + k)) {
        return false;
      }
    }
    return true;
  }

  private void start(Packet packet, ByteBuf data) {
    Merge merge = merges[open++];
    int payload = data.writerIndex() - layout.payload;
    merge.layout.parse(data);
    merge.segmentSize = payload;
    merge.nextSeq = data.getInt(layout.tcp + 4) + payload;
    merge.segments = 1;
    merge.closed = false;
    packet.moveTo(merge.packet);
  }

  private void append(Merge merge, ByteBuf data) {
    if (merge.segments == 1) {
      grow(merge);
    }
    ByteBuf into = merge.packet.header();
    int payload = data.writerIndex() - layout.payload;
    into.writeBytes(data, layout.payload, payload);
    merge.nextSeq += payload;
    merge.segments++;
    boolean push = (flags(data) & TcpFlags.PSH) != 0;
    if (push) {
      into.setByte(merge.layout.tcp + 13, into.getByte(merge.layout.tcp + 13) | TcpFlags.PSH);
    }
    boolean full = into.readableBytes() + merge.segmentSize > MAX_DATAGRAM;
    merge.closed = push || full || payload < merge.segmentSize;
  }

  /** Moves the first segment into a buffer with room for the others. */
  private void grow(Merge merge) {
    ByteBuf first = merge.packet.header();
    ByteBuf big = allocator.buffer(MAX_DATAGRAM, MAX_DATAGRAM);
    big.writeBytes(first, first.readerIndex(), first.readableBytes());
    merge.packet.header(big);
    merge.layout.parse(big);
  }

  private void emit(int at, PacketBatch out) {
    Merge merge = merges[at];
    if (merge.segments > 1) {
      seal(merge);
    }
    merge.packet.moveTo(out.add());
    open--;
    for (int i = at; i < open; i++) {
      merges[i] = merges[i + 1];
    }
    merges[open] = merge;
  }

  private static void seal(Merge merge) {
    ByteBuf data = merge.packet.header();
    TcpLayout l = merge.layout;
    l.stateLength(data, data.readableBytes());
    if (l.v4) {
      TcpChecksums.ipv4Header(data);
    }
    int tcpLength = data.writerIndex() - l.tcp;
    data.setShort(l.tcp + 16, InternetChecksum.tcpPseudoHeader(data, l.v4, tcpLength));
    merge.packet.checksum(ChecksumState.PARTIAL);
    merge.packet.gsoSize(merge.segmentSize);
  }
}
