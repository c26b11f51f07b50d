package org.mptcp4j.wire;

import io.netty.buffer.ByteBuf;

/**
 * Reusable view of the Data Sequence Signal option of a segment, filled by {@link TcpOptions}; its
 * values stay valid when the packet's buffer is released. RFC 8684 section 3.3.
 *
 * <p>A 32-bit data sequence number or acknowledgment sits in the low bits, the high bits are zero:
 * {@link Seq64#expand}.
 */
public final class Dss {
  /** Flag A: a data acknowledgment is present. */
  public static final int ACK = 0x01;

  /** Flag a: the data acknowledgment has 64 bits. */
  public static final int ACK64 = 0x02;

  /** Flag M: a mapping is present. */
  public static final int MAP = 0x04;

  /** Flag m: the data sequence number has 64 bits. */
  public static final int DSN64 = 0x08;

  /** Flag F: the mapping ends with a DATA_FIN. */
  public static final int DATA_FIN = 0x10;

  private boolean present;
  private boolean hasChecksum;
  private int flags;
  private long dataAck;
  private long dsn;
  private int ssn;
  private int length;
  private int checksum;

  /** A view of no option. */
  public Dss() {}

  /**
   * Length of the option with these flags, the checksum not counted.
   *
   * @param flags of {@link #ACK} and those beside it
   * @return bytes, kind and length included
   */
  public static int lengthOf(int flags) {
    int n = 4;
    if ((flags & ACK) != 0) {
      n += (flags & ACK64) != 0 ? 8 : 4;
    }
    if ((flags & MAP) != 0) {
      n += ((flags & DSN64) != 0 ? 8 : 4) + 6;
    }
    return n;
  }

  /** Forgets what was decoded. */
  void clear() {
    present = false;
  }

  /**
   * Decodes the option at {@code index}, kind and length included; false, and not present, when
   * malformed.
   */
  boolean parse(ByteBuf buf, int index, int size) {
    present = false;
    if (size < 4) {
      return false;
    }
    int f = buf.getByte(index + 3) & 0x1f;
    int expected = lengthOf(f);
    boolean map = (f & MAP) != 0;
    // RFC 8684 section 3.3.1: whether a checksum is there shows in the length of the option.
    if (size != expected && !(map && size == expected + 2)) {
      return false;
    }
    flags = f;
    int i = index + 4;
    if ((f & ACK) != 0) {
      boolean wide = (f & ACK64) != 0;
      dataAck = wide ? buf.getLong(i) : buf.getUnsignedInt(i);
      i += wide ? 8 : 4;
    }
    hasChecksum = size != expected;
    if (map) {
      boolean wide = (f & DSN64) != 0;
      dsn = wide ? buf.getLong(i) : buf.getUnsignedInt(i);
      i += wide ? 8 : 4;
      ssn = buf.getInt(i);
      length = buf.getUnsignedShort(i + 4);
      checksum = hasChecksum ? buf.getUnsignedShort(i + 6) : 0;
    }
    present = true;
    return true;
  }

  /**
   * Whether the segment has a well-formed DSS option; when not, the other accessors mean nothing.
   */
  public boolean present() {
    return present;
  }

  /** Whether there is a data acknowledgment. */
  public boolean hasAck() {
    return present && (flags & ACK) != 0;
  }

  /** Whether the data acknowledgment has 64 bits. */
  public boolean ack64() {
    return (flags & ACK64) != 0;
  }

  /** The data acknowledgment: the next data sequence number that the peer expects. */
  public long dataAck() {
    return dataAck;
  }

  /** Whether there is a mapping. */
  public boolean hasMapping() {
    return present && (flags & MAP) != 0;
  }

  /** Whether the data sequence number has 64 bits. */
  public boolean dsn64() {
    return (flags & DSN64) != 0;
  }

  /** The data sequence number of the mapping's first byte. */
  public long dsn() {
    return dsn;
  }

  /**
   * The subflow sequence number of the mapping's first byte, relative to the initial one; 0 for a
   * lone DATA_FIN.
   */
  public int ssn() {
    return ssn;
  }

  /** The data-level length in bytes, a DATA_FIN counted as one; 0 is an infinite mapping. */
  public int length() {
    return length;
  }

  /** Whether the mapping carries a checksum. */
  public boolean hasChecksum() {
    return hasMapping() && hasChecksum;
  }

  /** The DSS checksum, 16 bits. */
  public int checksum() {
    return checksum;
  }

  /** Whether the mapping ends with a DATA_FIN. */
  public boolean dataFin() {
    // RFC 8684 section 3.3.3: a DATA_FIN occupies one octet of a mapping, so it means nothing
    // without one.
    return hasMapping() && (flags & DATA_FIN) != 0;
  }

  /** The flag bits, five of them. */
  public int flags() {
    return flags;
  }

  /** The same as a value. */
  public DssOption toOption() {
    return new DssOption(
        flags,
        hasAck() ? dataAck : 0,
        hasMapping() ? dsn : 0,
        hasMapping() ? ssn : 0,
        hasMapping() ? length : 0,
        hasChecksum() ? checksum : DssOption.NO_CHECKSUM);
  }
}
