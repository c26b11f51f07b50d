package org.mptcp4j.wire;

import io.netty.buffer.ByteBuf;
import org.mptcp4j.link.packet.ChecksumState;
import org.mptcp4j.link.packet.Packet;

/**
 * The virtio-net header that a TUN device with {@code IFF_VNET_HDR} puts before each packet:
 * checksum and segmentation offload. Little-endian in both directions ({@code TUNSETVNETLE}).
 * Virtio 1.2 section 5.1.6. Reusable; decoding is total.
 */
public final class VirtioNetHeader {
  /** Length without the buffer count, which is what a TUN device uses by default. */
  public static final int LENGTH = 10;

  /** Length with the buffer count. */
  public static final int LENGTH_WITH_BUFFERS = 12;

  /** Flag: the checksum is partial and starts at {@link #csumStart()}. */
  public static final int NEEDS_CSUM = 1;

  /** Flag: the checksum has been verified. */
  public static final int DATA_VALID = 2;

  /** Segmentation type: a single packet. */
  public static final int GSO_NONE = 0;

  /** Segmentation type: TCP over IPv4. */
  public static final int GSO_TCPV4 = 1;

  /** Segmentation type: TCP over IPv6. */
  public static final int GSO_TCPV6 = 4;

  /** Bit of the segmentation type: the CWR flag goes on the first segment only. */
  public static final int GSO_ECN = 0x80;

  private static final int CHECKSUM_OFFSET_TCP = 16;

  private int flags;
  private int gsoType;
  private int hdrLen;
  private int gsoSize;
  private int csumStart;
  private int csumOffset;
  private int numBuffers;

  /** All zero: a packet without offloads. */
  public VirtioNetHeader() {}

  /** Sets everything to zero. */
  public void clear() {
    flags = 0;
    gsoType = 0;
    hdrLen = 0;
    gsoSize = 0;
    csumStart = 0;
    csumOffset = 0;
    numBuffers = 0;
  }

  /**
   * Reads a header.
   *
   * @param index of its first byte
   * @param size 10 or 12
   * @return false, and everything is zero, when so many bytes are not there
   */
  public boolean decode(ByteBuf buf, int index, int size) {
    clear();
    if (index < 0 || size < LENGTH || size > buf.writerIndex() - index) {
      return false;
    }
    flags = buf.getUnsignedByte(index);
    gsoType = buf.getUnsignedByte(index + 1);
    hdrLen = buf.getUnsignedShortLE(index + 2);
    gsoSize = buf.getUnsignedShortLE(index + 4);
    csumStart = buf.getUnsignedShortLE(index + 6);
    csumOffset = buf.getUnsignedShortLE(index + 8);
    numBuffers = size >= LENGTH_WITH_BUFFERS ? buf.getUnsignedShortLE(index + 10) : 0;
    return true;
  }

  /**
   * Writes the header at an absolute index; indexes of the buffer do not move.
   *
   * @param size 10 or 12
   */
  public void encode(ByteBuf buf, int index, int size) {
    buf.setByte(index, flags);
    buf.setByte(index + 1, gsoType);
    buf.setShortLE(index + 2, hdrLen);
    buf.setShortLE(index + 4, gsoSize);
    buf.setShortLE(index + 6, csumStart);
    buf.setShortLE(index + 8, csumOffset);
    if (size >= LENGTH_WITH_BUFFERS) {
      buf.setShortLE(index + 10, numBuffers);
    }
  }

  /** Fills the header for a packet to be sent: partial checksum, super-segment. */
  public void describe(Packet packet) {
    clear();
    int tcp = SoftwareChecksum.tcpOffset(packet.header());
    if (tcp < 0) {
      return;
    }
    ByteBuf header = packet.header();
    int start = header.readerIndex() + tcp;
    if (packet.checksum() == ChecksumState.PARTIAL) {
      flags = NEEDS_CSUM;
      csumStart = tcp;
      csumOffset = CHECKSUM_OFFSET_TCP;
    }
    if (packet.gsoSize() > 0) {
      boolean isV4 = header.getByte(header.readerIndex()) >> 4 == 4;
      boolean cwr = (header.getByte(start + 13) & TcpFlags.CWR) != 0;
      gsoType = (isV4 ? GSO_TCPV4 : GSO_TCPV6) | (cwr ? GSO_ECN : 0);
      gsoSize = packet.gsoSize();
      hdrLen = tcp + (header.getByte(start + 12) >> 4 & 15) * 4;
    }
  }

  /**
   * Tells a received packet what this header says.
   *
   * @return false when it is a super-segment of another kind than TCP
   */
  public boolean applyTo(Packet packet) {
    int type = gsoType & ~GSO_ECN;
    if (type != GSO_NONE && type != GSO_TCPV4 && type != GSO_TCPV6) {
      return false;
    }
    packet.gsoSize(type == GSO_NONE ? 0 : gsoSize);
    if ((flags & NEEDS_CSUM) != 0) {
      packet.checksum(ChecksumState.PARTIAL);
    } else {
      boolean valid = (flags & DATA_VALID) != 0;
      packet.checksum(valid ? ChecksumState.VALID : ChecksumState.UNVERIFIED);
    }
    return true;
  }

  /** {@link #NEEDS_CSUM} and {@link #DATA_VALID}. */
  public int flags() {
    return flags;
  }

  /** Sets {@link #flags()}. */
  public VirtioNetHeader flags(int bits) {
    flags = bits;
    return this;
  }

  /** The segmentation type, {@link #GSO_ECN} included. */
  public int gsoType() {
    return gsoType;
  }

  /** Sets {@link #gsoType()}. */
  public VirtioNetHeader gsoType(int type) {
    gsoType = type;
    return this;
  }

  /** Bytes of all headers of a super-segment. */
  public int hdrLen() {
    return hdrLen;
  }

  /** Sets {@link #hdrLen()}. */
  public VirtioNetHeader hdrLen(int bytes) {
    hdrLen = bytes;
    return this;
  }

  /** Payload bytes per segment. */
  public int gsoSize() {
    return gsoSize;
  }

  /** Sets {@link #gsoSize()}. */
  public VirtioNetHeader gsoSize(int bytes) {
    gsoSize = bytes;
    return this;
  }

  /** Where the sum starts, from the packet's start. */
  public int csumStart() {
    return csumStart;
  }

  /** Sets {@link #csumStart()}. */
  public VirtioNetHeader csumStart(int offset) {
    csumStart = offset;
    return this;
  }

  /** Where the checksum goes, from {@link #csumStart()}. */
  public int csumOffset() {
    return csumOffset;
  }

  /** Sets {@link #csumOffset()}. */
  public VirtioNetHeader csumOffset(int offset) {
    csumOffset = offset;
    return this;
  }

  /** Number of merged receive buffers; only in the long form. */
  public int numBuffers() {
    return numBuffers;
  }

  /** Sets {@link #numBuffers()}. */
  public VirtioNetHeader numBuffers(int count) {
    numBuffers = count;
    return this;
  }
}
