package org.mptcp4j.wire;

import io.netty.buffer.ByteBuf;

/**
 * MP_FASTCLOSE: the whole connection ends at once. RFC 8684 section 3.5.
 *
 * @param receiverKey the key of the end that receives this, as proof
 */
public record MpFastclose(long receiverKey) implements MptcpOption {
  /** Length in bytes. */
  public static final int LENGTH = 12;

  @Override
  public int subtype() {
    return MP_FASTCLOSE;
  }

  @Override
  public int encodedLength() {
    return LENGTH;
  }

  @Override
  public void encode(ByteBuf out) {
    MptcpOption.writeHead(out, this, 0);
    out.writeByte(0).writeLong(receiverKey);
  }
}
