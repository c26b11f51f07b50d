package org.mptcp4j.wire;

import io.netty.buffer.ByteBuf;

/**
 * The Data Sequence Signal as a value, for tests and slow paths; the data path reads {@link Dss}.
 * RFC 8684 section 3.3. Fields that the flags say are absent are zero.
 *
 * @param flags bits of {@link Dss}: ACK, ACK64, MAP, DSN64, DATA_FIN
 * @param dataAck 64 bits, or 32 in the low half
 * @param dsn 64 bits, or 32 in the low half
 * @param ssn relative subflow sequence number
 * @param length data-level length, 16 bits
 * @param checksum 16 bits, or {@link #NO_CHECKSUM}
 */
public record DssOption(int flags, long dataAck, long dsn, int ssn, int length, int checksum)
    implements MptcpOption {
  /** In place of a checksum: there is none. */
  public static final int NO_CHECKSUM = -1;

  /** Checks the values. */
  public DssOption {
    MptcpOption.requireRange("flags", flags, 0, 0x1f);
    MptcpOption.requireRange("length", length, 0, 0xffff);
    MptcpOption.requireRange("checksum", checksum, NO_CHECKSUM, 0xffff);
    if (checksum != NO_CHECKSUM && (flags & Dss.MAP) == 0) {
      throw new IllegalArgumentException("a DSS without mapping has no checksum");
    }
    if ((flags & Dss.ACK64) == 0) {
      MptcpOption.requireRange("dataAck", dataAck, 0, 0xffffffffL);
    }
    if ((flags & Dss.DSN64) == 0) {
      MptcpOption.requireRange("dsn", dsn, 0, 0xffffffffL);
    }
  }

  static DssOption decode(ByteBuf buf, int index, int length) {
    Dss view = new Dss();
    return view.parse(buf, index, length) ? view.toOption() : null;
  }

  /** Whether there is a data acknowledgment. */
  public boolean hasAck() {
    return (flags & Dss.ACK) != 0;
  }

  /** Whether there is a mapping. */
  public boolean hasMapping() {
    return (flags & Dss.MAP) != 0;
  }

  /** Whether there is a checksum. */
  public boolean hasChecksum() {
    return checksum != NO_CHECKSUM;
  }

  /** Whether there is a mapping that ends with a DATA_FIN. */
  public boolean dataFin() {
    return hasMapping() && (flags & Dss.DATA_FIN) != 0;
  }

  @Override
  public int subtype() {
    return DSS;
  }

  @Override
  public int encodedLength() {
    return Dss.lengthOf(flags) + (hasChecksum() ? 2 : 0);
  }

  @Override
  public void encode(ByteBuf out) {
    MptcpOption.writeHead(out, this, 0);
    out.writeByte(flags);
    if (hasAck()) {
      writeNumber(out, dataAck, flags & Dss.ACK64);
    }
    if (hasMapping()) {
      writeNumber(out, dsn, flags & Dss.DSN64);
      out.writeInt(ssn).writeShort(length);
    }
    if (hasChecksum()) {
      out.writeShort(checksum);
    }
  }

  private static void writeNumber(ByteBuf out, long value, int wideFlag) {
    if (wideFlag != 0) {
      out.writeLong(value);
    } else {
      out.writeInt((int) value);
    }
  }
}
