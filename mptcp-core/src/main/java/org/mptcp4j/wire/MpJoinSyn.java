package org.mptcp4j.wire;

import io.netty.buffer.ByteBuf;

/**
 * MP_JOIN of a SYN. RFC 8684 section 3.2, figure 5.
 *
 * @param backup flag B: use this subflow only when no other is left
 * @param addressId of the sender's address, 0 to 255
 * @param token names the connection at the receiver
 * @param nonce the sender's random number
 */
public record MpJoinSyn(boolean backup, int addressId, int token, int nonce)
    implements MptcpOption {
  /** Length in bytes. */
  public static final int LENGTH = 12;

  /** Checks the values. */
  public MpJoinSyn {
    MptcpOption.requireRange("addressId", addressId, 0, 255);
  }

  static MpJoinSyn decode(ByteBuf buf, int index) {
    return new MpJoinSyn(
        (buf.getByte(index + 2) & 1) != 0,
        buf.getUnsignedByte(index + 3),
        buf.getInt(index + 4),
        buf.getInt(index + 8));
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
    out.writeByte(addressId).writeInt(token).writeInt(nonce);
  }
}
