package org.mptcp4j.wire;

import io.netty.buffer.ByteBuf;

/**
 * MP_FAIL: a DSS checksum was wrong. RFC 8684 section 3.7.
 *
 * @param dsn data sequence number of the start of the mapping that failed
 */
public record MpFail(long dsn) implements MptcpOption {
  /** Length in bytes. */
  public static final int LENGTH = 12;

  @Override
  public int subtype() {
    return MP_FAIL;
  }

  @Override
  public int encodedLength() {
    return LENGTH;
  }

  @Override
  public void encode(ByteBuf out) {
    MptcpOption.writeHead(out, this, 0);
    out.writeByte(0).writeLong(dsn);
  }
}
