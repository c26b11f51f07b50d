package org.mptcp4j.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.Arrays;

/**
 * An MPTCP option of a subtype that RFC 8684 does not define (9 to 15; 15 is for private use).
 * Ignored by the stack.
 *
 * @param subtype 9 to 15
 * @param nibble the four bits that follow the subtype
 * @param body what follows, at most 37 bytes
 */
public record UnknownMptcp(int subtype, int nibble, byte[] body) implements MptcpOption {
  /** Checks the values and copies the body. */
  public UnknownMptcp {
    MptcpOption.requireRange("subtype", subtype, MP_TCPRST + 1, 15);
    MptcpOption.requireRange("nibble", nibble, 0, 15);
    MptcpOption.requireRange("body length", body.length, 0, 37);
    body = body.clone();
  }

  static UnknownMptcp decode(ByteBuf buf, int index, int length) {
    if (length > 40) {
      return null;
    }
    int b = buf.getUnsignedByte(index + 2);
    byte[] body = ByteBufUtil.getBytes(buf, index + 3, length - 3, true);
    return new UnknownMptcp(b >>> 4, b & 15, body);
  }

  /** A copy of the body. */
  @Override
  public byte[] body() {
    return body.clone();
  }

  @Override
  public int encodedLength() {
    return 3 + body.length;
  }

  @Override
  public void encode(ByteBuf out) {
    MptcpOption.writeHead(out, this, nibble);
    out.writeBytes(body);
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof UnknownMptcp other
        && subtype == other.subtype
        && nibble == other.nibble
        && Arrays.equals(body, other.body);
  }

  @Override
  public int hashCode() {
    return subtype * 31 + nibble + 961 * Arrays.hashCode(body);
  }

  @Override
  public String toString() {
    String hex = ByteBufUtil.hexDump(body);
    return "UnknownMptcp[subtype=" + subtype + ", nibble=" + nibble + ", body=" + hex + "]";
  }
}
