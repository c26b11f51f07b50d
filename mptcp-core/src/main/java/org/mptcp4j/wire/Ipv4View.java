package org.mptcp4j.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.mptcp4j.link.packet.IpAddress;

/**
 * Reusable view of an IPv4 header, for tools and tests. RFC 791 section 3.1. {@link #wrap} is
 * total.
 */
public final class Ipv4View {
  private ByteBuf buf = Unpooled.EMPTY_BUFFER;
  private int index;

  /** A view of nothing. */
  public Ipv4View() {}

  /**
   * Looks at a packet.
   *
   * @param datagram borrowed
   * @param start of the header
   * @param available bytes from there on
   * @return whether a whole, plausible IPv4 header is there; only then may the accessors be used.
   *     Checksum and total length are not judged
   */
  public boolean wrap(ByteBuf datagram, int start, int available) {
    if (available < 20 || datagram.getByte(start) >> 4 != 4) {
      return false;
    }
    buf = datagram;
    index = start;
    return headerLength() >= 20 && headerLength() <= available;
  }

  /** Bytes of the header with its options. */
  public int headerLength() {
    return (buf.getByte(index) & 15) * 4;
  }

  /** Type of service: DSCP and ECN. */
  public int trafficClass() {
    return buf.getUnsignedByte(index + 1);
  }

  /** Bytes of the whole datagram, as the header says. */
  public int totalLength() {
    return buf.getUnsignedShort(index + 2);
  }

  /** Identification. */
  public int identification() {
    return buf.getUnsignedShort(index + 4);
  }

  /** The three flag bits and the fragment offset, 16 bits. */
  public int fragmentField() {
    return buf.getUnsignedShort(index + 6);
  }

  /** Time to live. */
  public int hopLimit() {
    return buf.getUnsignedByte(index + 8);
  }

  /** Protocol of the payload. */
  public int protocol() {
    return buf.getUnsignedByte(index + 9);
  }

  /** The header checksum. */
  public int checksum() {
    return buf.getUnsignedShort(index + 10);
  }

  /** Whether the header checksum is right. */
  public boolean checksumIsValid() {
    return InternetChecksum.isValid(InternetChecksum.sum(buf, index, headerLength()));
  }

  /** Source address. */
  public IpAddress src() {
    return IpAddress.ofV4(buf.getInt(index + 12));
  }

  /** Destination address. */
  public IpAddress dst() {
    return IpAddress.ofV4(buf.getInt(index + 16));
  }

  /** Writes the same header, field by field, with a computed checksum. */
  public void encode(ByteBuf out) {
    int start = out.writerIndex();
    out.writeByte(0x40 | headerLength() / 4).writeByte(trafficClass()).writeShort(totalLength());
    out.writeShort(identification()).writeShort(fragmentField());
    out.writeByte(hopLimit()).writeByte(protocol()).writeShort(0);
    out.writeInt(src().v4Bits()).writeInt(dst().v4Bits());
    out.writeBytes(buf, index + 20, headerLength() - 20);
    int sum = InternetChecksum.sum(out, start, headerLength());
    out.setShort(start + 10, InternetChecksum.finish(sum));
  }
}
