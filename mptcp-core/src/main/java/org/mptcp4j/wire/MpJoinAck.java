package org.mptcp4j.wire;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;

/**
 * MP_JOIN of the third ACK: the leftmost 160 bits of the sender's HMAC. RFC 8684 section 3.2,
 * figure 7.
 *
 * @param hmac0 bytes 0 to 7 of the HMAC, big-endian
 * @param hmac8 bytes 8 to 15
 * @param hmac16 bytes 16 to 19
 */
public record MpJoinAck(long hmac0, long hmac8, int hmac16) implements MptcpOption {
  /** Length in bytes. */
  public static final int LENGTH = 24;

  /** Bytes of the HMAC on the wire. */
  public static final int HMAC_LENGTH = 20;

  /**
   * From the bytes of an HMAC, of which the first 20 are taken.
   *
   * @throws IllegalArgumentException when there are fewer
   */
  public static MpJoinAck of(byte[] hmac) {
    MptcpOption.requireRange("HMAC length", hmac.length, HMAC_LENGTH, 64);
    ByteBuffer bytes = ByteBuffer.wrap(hmac);
    return new MpJoinAck(bytes.getLong(), bytes.getLong(), bytes.getInt());
  }

  static MpJoinAck decode(ByteBuf buf, int index) {
    return new MpJoinAck(buf.getLong(index + 4), buf.getLong(index + 12), buf.getInt(index + 20));
  }

  /** The 20 bytes; a new array. */
  public byte[] hmac() {
    ByteBuffer bytes = ByteBuffer.allocate(HMAC_LENGTH);
    return bytes.putLong(hmac0).putLong(hmac8).putInt(hmac16).array();
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
    MptcpOption.writeHead(out, this, 0);
    out.writeByte(0).writeLong(hmac0).writeLong(hmac8).writeInt(hmac16);
  }
}
