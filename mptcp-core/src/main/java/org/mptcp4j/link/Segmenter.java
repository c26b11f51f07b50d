package org.mptcp4j.link;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;
import org.mptcp4j.link.packet.ChecksumState;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.wire.InternetChecksum;
import org.mptcp4j.wire.TcpFlags;

/**
 * Cuts a super-segment into the packets a device with TCP segmentation offload would put on the
 * wire: the IPv4 identification counts up, sequence numbers advance, FIN and PSH are on the last
 * only, options are repeated byte for byte, and so are the ECN flags, which count marks with RFC
 * 9768. The pieces carry partial checksums; payload is shared, not copied.
 */
public final class Segmenter {
  private static final int LAST_ONLY = TcpFlags.FIN | TcpFlags.PSH;

  private final TcpLayout layout = new TcpLayout();
  private @Nullable Packet source;
  private int remaining;
  private int done;
  private int spans;
  private int span;
  private int spanOffset;
  private int flags;

  /**
   * Starts with a super-segment, which must not change and is not released until the last {@link
   * #next}.
   *
   * @param superSegment with {@code gsoSize} set. What is not a TCP datagram comes out as it is
   */
  public void begin(Packet superSegment) {
    source = superSegment;
    spans = superSegment.pieces() + 1;
    span = 0;
    done = 0;
    if (superSegment.gsoSize() > 0 && layout.parse(superSegment.header())) {
      remaining = superSegment.length() - layout.headerBytes();
      spanOffset = layout.payload - layout.ip;
      flags = superSegment.header().getUnsignedByte(layout.tcp + 13);
    } else {
      remaining = 0;
    }
    if (remaining <= superSegment.gsoSize()) {
      remaining = -1;
    }
  }

  /** Tells that the super-segment now lives in another slot, to which it was moved unchanged. */
  void movedTo(Packet superSegment) {
    if (source != null) {
      source = superSegment;
    }
  }

  /**
   * Makes the next piece.
   *
   * @param allocator for the piece's headers
   * @param into an empty slot, filled; its owner is the caller
   * @return false when there is no further piece; the slot is then untouched
   */
  public boolean next(ByteBufAllocator allocator, Packet into) {
    Packet from = source;
    if (from == null) {
      return false;
    }
    if (remaining == -1) {
      from.gsoSize(0);
      from.moveTo(into);
      source = null;
      return true;
    }
    int length = Math.min(remaining, from.gsoSize());
    ByteBuf headers = headers(allocator, from, length);
    into.header(headers);
    into.gsoSize(0);
    into.linkIndex(from.linkIndex());
    into.checksum(ChecksumState.PARTIAL);
    addPayload(into, from, length);
    remaining -= length;
    done += length;
    if (remaining == 0) {
      source = null;
    }
    return true;
  }

  private ByteBuf headers(ByteBufAllocator allocator, Packet source, int length) {
    ByteBuf from = source.header();
    int headerBytes = layout.headerBytes();
    ByteBuf to = allocator.buffer(headerBytes);
    to.writeBytes(from, layout.ip, headerBytes);
    int tcp = layout.tcp - layout.ip;
    to.setInt(tcp + 4, from.getInt(layout.tcp + 4) + done);
    to.setByte(tcp + 13, pieceFlags(length));
    int total = headerBytes + length;
    if (layout.v4) {
      to.setShort(2, total);
      to.setShort(4, from.getUnsignedShort(layout.ip + 4) + done / source.gsoSize());
      TcpChecksums.ipv4Header(to);
    } else {
      to.setShort(4, total - 40);
    }
    to.setShort(tcp + 16, InternetChecksum.tcpPseudoHeader(to, layout.v4, total - tcp));
    return to;
  }

  private int pieceFlags(int length) {
    return length < remaining ? flags & ~LAST_ONLY : flags;
  }

  private void addPayload(Packet into, Packet source, int length) {
    int left = length;
    while (left > 0 && span < spans) {
      ByteBuf buf = span == 0 ? source.header() : source.pieceBuf(span - 1);
      int start = span == 0 ? source.header().readerIndex() : source.pieceIndex(span - 1);
      int size = span == 0 ? source.header().readableBytes() : source.pieceLength(span - 1);
      int take = Math.min(left, size - spanOffset);
      if (take > 0 && !into.addPiece(buf, start + spanOffset, take)) {
        throw new IllegalStateException("a piece of a super-segment has too many buffers");
      }
      left -= take;
      spanOffset += take;
      if (spanOffset == size) {
        span++;
        spanOffset = 0;
      }
    }
  }
}
