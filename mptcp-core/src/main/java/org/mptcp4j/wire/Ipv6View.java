package org.mptcp4j.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.mptcp4j.link.packet.IpAddress;

/**
 * Reusable view of an IPv6 header, for tools and tests. RFC 8200 section 3. {@link #wrap} is total.
 */
public final class Ipv6View {
  /** Bytes of the header without extension headers. */
  public static final int LENGTH = 40;

  private ByteBuf buf = Unpooled.EMPTY_BUFFER;
  private int index;

  /** A view of nothing. */
  public Ipv6View() {}

  /**
   * Looks at a packet.
   *
   * @param datagram borrowed
   * @param start of the header
   * @param available bytes from there on
   * @return whether a whole IPv6 header is there; only then may the accessors be used
   */
  public boolean wrap(ByteBuf datagram, int start, int available) {
    if (available < LENGTH || datagram.getByte(start) >> 4 != 6) {
      return false;
    }
    buf = datagram;
    index = start;
    return true;
  }

  /** Traffic class: DSCP and ECN. */
  public int trafficClass() {
    return buf.getInt(index) >>> 20 & 0xff;
  }

  /** Flow label, 20 bits. */
  public int flowLabel() {
    return buf.getInt(index) & 0xfffff;
  }

  /** Bytes after this header, as it says. */
  public int payloadLength() {
    return buf.getUnsignedShort(index + 4);
  }

  /** Protocol of what follows: an extension header or the upper layer. */
  public int nextHeader() {
    return buf.getUnsignedByte(index + 6);
  }

  /** Hop limit. */
  public int hopLimit() {
    return buf.getUnsignedByte(index + 7);
  }

  /** Source address. */
  public IpAddress src() {
    return IpAddress.of(buf.getLong(index + 8), buf.getLong(index + 16));
  }

  /** Destination address. */
  public IpAddress dst() {
    return IpAddress.of(buf.getLong(index + 24), buf.getLong(index + 32));
  }

  /** Writes the same header, field by field. */
  public void encode(ByteBuf out) {
    out.writeInt(6 << 28 | trafficClass() << 20 | flowLabel());
    out.writeShort(payloadLength()).writeByte(nextHeader()).writeByte(hopLimit());
    out.writeLong(src().hi()).writeLong(src().lo()).writeLong(dst().hi()).writeLong(dst().lo());
  }
}
