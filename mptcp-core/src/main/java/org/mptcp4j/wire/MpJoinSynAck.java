package org.mptcp4j.wire;

import io.netty.buffer.ByteBuf;

/**
 * MP_JOIN of a SYN/ACK. RFC 8684 section 3.2, figure 6.
 *
 * @param backup flag B: use this subflow only when no other is left
 * @param addressId of the sender's address, 0 to 255
 * @param truncatedHmac the leftmost 64 bits of the sender's HMAC
 * @param nonce the sender's random number
 */
public record MpJoinSynAck(boolean backup, int addressId, long truncatedHmac, int nonce)
    implements MptcpOption {
  /** Length in bytes. */
  public static final int LENGTH = 16;

  /** Checks the values. */
  public MpJoinSynAck {
    MptcpOption.requireRange("addressId", addressId, 0, 255);
  }

  static MpJoinSynAck decode(ByteBuf buf, int index) {
    return new MpJoinSynAck(
        (buf.getByte(index + 2) & 1) != 0,
        buf.getUnsignedByte(index + 3),
        buf.getLong(index + 4),
        buf.getInt(index + 12));
  }

  @Override
  public int subtype() {
    return MP_JOIN;
  }

  @Override
  public int encodedLength() {
    return LENGTH;
  }

  @Override
  public void encode(ByteBuf out) {
    MptcpOption.writeHead(out, this, backup ? 1 : 0);
    out.writeByte(addressId).writeLong(truncatedHmac).writeInt(nonce);
  }
}
