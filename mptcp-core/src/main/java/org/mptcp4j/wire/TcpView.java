package org.mptcp4j.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * Reusable view of a TCP header, for tools and tests. RFC 9293 section 3.1. {@link #wrap} is total.
 */
public final class TcpView {
  private ByteBuf buf = Unpooled.EMPTY_BUFFER;
  private int index;

  /** A view of nothing. */
  public TcpView() {}

  /**
   * Looks at a segment.
   *
   * @param packet borrowed
   * @param start of the header
   * @param available bytes from there on
   * @return whether a whole TCP header with its options is there; only then may the accessors be
   *     used
   */
  public boolean wrap(ByteBuf packet, int start, int available) {
    if (available < 20) {
      return false;
    }
    buf = packet;
    index = start;
    return headerLength() >= 20 && headerLength() <= available;
  }

  /** Source port. */
  public int srcPort() {
    return buf.getUnsignedShort(index);
  }

  /** Destination port. */
  public int dstPort() {
    return buf.getUnsignedShort(index + 2);
  }

  /** Sequence number. */
  public int seq() {
    return buf.getInt(index + 4);
  }

  /** Acknowledgment number. */
  public int ack() {
    return buf.getInt(index + 8);
  }

  /** Bytes of the header with its options. */
  public int headerLength() {
    return (buf.getByte(index + 12) >> 4 & 15) * 4;
  }

  /** The four reserved bits. */
  public int reserved() {
    return buf.getByte(index + 12) & 15;
  }

  /** Flags, see {@link TcpFlags}. */
  public int flags() {
    return buf.getUnsignedByte(index + 13);
  }

  /** The window field, not scaled. */
  public int window() {
    return buf.getUnsignedShort(index + 14);
  }

  /** The checksum field. */
  public int checksum() {
    return buf.getUnsignedShort(index + 16);
  }

  /** The urgent pointer. */
  public int urgentPointer() {
    return buf.getUnsignedShort(index + 18);
  }

  /** Where the options start. */
  public int optionsIndex() {
    return index + 20;
  }

  /** Bytes of options. */
  public int optionsLength() {
    return headerLength() - 20;
  }

  /** Writes the same header without its options, field by field. */
  public void encode(ByteBuf out) {
    out.writeShort(srcPort()).writeShort(dstPort()).writeInt(seq()).writeInt(ack());
    out.writeByte(headerLength() / 4 << 4 | reserved()).writeByte(flags()).writeShort(window());
    out.writeShort(checksum()).writeShort(urgentPointer());
  }
}
