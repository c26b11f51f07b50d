package org.mptcp4j.wire;

import io.netty.buffer.ByteBuf;

/**
 * MP_TCPRST: why a subflow was reset. RFC 8684 section 3.6.
 *
 * @param flags bits U, V, W, T of which only T ({@link #TRANSIENT}) has a meaning
 * @param reason one of the constants, or another value of 0 to 255
 */
public record MpTcpRst(int flags, int reason) implements MptcpOption {
  /** Length in bytes. */
  public static final int LENGTH = 4;

  /** Flag T: the condition may be temporary. */
  public static final int TRANSIENT = 1;

  /** Unspecified error. */
  public static final int UNSPECIFIED = 0;

  /** MPTCP-specific error. */
  public static final int MPTCP_ERROR = 1;

  /** Lack of resources. */
  public static final int LACK_OF_RESOURCES = 2;

  /** Administratively prohibited. */
  public static final int PROHIBITED = 3;

  /** Too much outstanding data. */
  public static final int TOO_MUCH_OUTSTANDING = 4;

  /** Unacceptable performance. */
  public static final int UNACCEPTABLE_PERFORMANCE = 5;

  /** Middlebox interference. */
  public static final int MIDDLEBOX = 6;

  /** Checks the values. */
  public MpTcpRst {
    MptcpOption.requireRange("flags", flags, 0, 15);
    MptcpOption.requireRange("reason", reason, 0, 255);
  }

  static MpTcpRst decode(ByteBuf buf, int index, int length) {
    return length != LENGTH
        ? null
        : new MpTcpRst(buf.getByte(index + 2) & 0x0f, buf.getUnsignedByte(index + 3));
  }

  /** Flag T. */
  public boolean isTransient() {
    return (flags & TRANSIENT) != 0;
  }

  @Override
  public int subtype() {
    return MP_TCPRST;
  }

  @Override
  public int encodedLength() {
    return LENGTH;
  }

  @Override
  public void encode(ByteBuf out) {
    MptcpOption.writeHead(out, this, flags);
    out.writeByte(reason);
  }
}
