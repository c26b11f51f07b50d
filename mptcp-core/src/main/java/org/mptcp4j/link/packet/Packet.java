package org.mptcp4j.link.packet;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;

/**
 * A reusable slot for one IP datagram, which may be a super-segment of up to 64 KB, with its
 * offload state. Used in both directions: a received packet is one buffer, the whole datagram; a
 * packet to be sent is a buffer with the IP and TCP headers, followed by pieces of payload in other
 * buffers.
 *
 * <p>A slot owns one reference count of its header and of each piece. Not thread-safe: it belongs
 * to one thread at a time.
 */
public final class Packet {
  /** The largest number of payload pieces in one packet. */
  public static final int MAX_PIECES = Pieces.MAX;

  private ByteBuf header = Unpooled.EMPTY_BUFFER;
  private Pieces pieces = new Pieces();
  private int gsoSize;
  private ChecksumState checksum = ChecksumState.UNVERIFIED;
  private int linkIndex;

  /** An empty slot. */
  public Packet() {}

  /**
   * The headers (sent) or the whole datagram (received), from reader to writer index; an empty
   * buffer in an empty slot. The slot keeps ownership. Whoever processes a received packet may
   * change the indexes.
   */
  public ByteBuf header() {
    return header;
  }

  /**
   * Puts a buffer into the slot, which takes over the caller's reference; an earlier one is
   * released.
   */
  public void header(ByteBuf takesOwnership) {
    ByteBuf old = header;
    header = takesOwnership;
    old.release();
  }

  /**
   * Takes the header out of the slot: the caller owns it, the slot then has an empty one. Pieces
   * stay.
   */
  public ByteBuf takeHeader() {
    ByteBuf taken = header;
    header = Unpooled.EMPTY_BUFFER;
    return taken;
  }

  /** Number of payload pieces that follow the header. */
  public int pieces() {
    return pieces.count();
  }

  /**
   * The buffer of piece {@code i}; its own reader and writer index mean nothing here. The slot
   * keeps ownership.
   */
  public ByteBuf pieceBuf(int i) {
    return pieces.buf(i);
  }

  /** Absolute index of the first byte of piece {@code i} in its buffer. */
  public int pieceIndex(int i) {
    return pieces.index(i);
  }

  /** Length of piece {@code i} in bytes. */
  public int pieceLength(int i) {
    return pieces.length(i);
  }

  /** Bytes of all pieces together. */
  public int pieceBytes() {
    return pieces.bytes();
  }

  /**
   * Appends payload. A piece that continues the last one in the same buffer is merged with it.
   *
   * @param buf retained by this slot
   * @param index absolute index of the first byte
   * @param length in bytes
   * @return false, and nothing happens, when there are {@link #MAX_PIECES} already
   */
  public boolean addPiece(ByteBuf buf, int index, int length) {
    return pieces.add(buf, index, length);
  }

  /** Length of the whole IP datagram in bytes: header and pieces. */
  public int length() {
    return header.readableBytes() + pieces.bytes();
  }

  /** Payload bytes per wire segment of a super-segment; 0 when the packet is not one. */
  public int gsoSize() {
    return gsoSize;
  }

  /** Sets {@link #gsoSize()}. */
  public void gsoSize(int bytes) {
    gsoSize = bytes;
  }

  /** What is known about the TCP checksum. */
  public ChecksumState checksum() {
    return checksum;
  }

  /** Sets {@link #checksum()}. */
  public void checksum(ChecksumState state) {
    if (checksum != state) {
      checksum = state;
    }
  }

  /** Which link the packet came from or goes to: an index that the stack gave the link. */
  public int linkIndex() {
    return linkIndex;
  }

  /** Sets {@link #linkIndex()}. */
  public void linkIndex(int index) {
    linkIndex = index;
  }

  /**
   * Moves everything into another slot, whose old contents are released; this one is empty after.
   */
  public void moveTo(Packet other) {
    other.release();
    other.header = header;
    Pieces empty = other.pieces;
    other.pieces = pieces;
    other.gsoSize = gsoSize;
    other.checksum(checksum);
    other.linkIndex = linkIndex;
    header = Unpooled.EMPTY_BUFFER;
    pieces = empty;
    release();
  }

  /** Takes payload pieces over in exchange for those it has. */
  public Pieces exchangePieces(Pieces with) {
    Pieces mine = pieces;
    pieces = with;
    return mine;
  }

  /** Drops everything this slot holds; it may then be used again. Harmless on an empty slot. */
  public void release() {
    ByteBuf old = header;
    // Storing a reference costs the garbage collector's barrier, and most slots are empty already.
    if (old != Unpooled.EMPTY_BUFFER) {
      header = Unpooled.EMPTY_BUFFER;
      old.release();
    }
    pieces.release();
    gsoSize = 0;
    checksum(ChecksumState.UNVERIFIED);
    linkIndex = 0;
  }

  /**
   * The whole datagram in one buffer, from reader to writer index; the packet is unchanged. Without
   * pieces it shares its memory with {@link #header()}, so treat it as read-only; otherwise it is a
   * copy.
   *
   * @param allocator where the copy comes from
   * @return owned by the caller
   */
  public ByteBuf linearize(ByteBufAllocator allocator) {
    if (pieces.count() == 0) {
      return header.retainedDuplicate();
    }
    ByteBuf out = allocator.buffer(length(), length());
    out.writeBytes(header, header.readerIndex(), header.readableBytes());
    for (int i = 0; i < pieces.count(); i++) {
      out.writeBytes(pieces.buf(i), pieces.index(i), pieces.length(i));
    }
    return out;
  }
}
