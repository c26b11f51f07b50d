package org.mptcp4j.wire;

import io.netty.buffer.ByteBuf;
import java.util.Optional;

/**
 * A decoded MPTCP option (TCP option kind 30, RFC 8684 section 3): immutable, validated values.
 * Constructors throw {@link IllegalArgumentException} on values that cannot be on the wire; {@link
 * #decode} never throws.
 */
public sealed interface MptcpOption
    permits MpCapable,
        MpJoinSyn,
        MpJoinSynAck,
        MpJoinAck,
        DssOption,
        AddAddr,
        RemoveAddr,
        MpPrio,
        MpFail,
        MpFastclose,
        MpTcpRst,
        UnknownMptcp {
  /** TCP option kind of every MPTCP option. */
  int KIND = 30;

  /** Subtype of {@link MpCapable}. */
  int MP_CAPABLE = 0;

  /** Subtype of the three MP_JOIN forms. */
  int MP_JOIN = 1;

  /** Subtype of {@link DssOption}. */
  int DSS = 2;

  /** Subtype of {@link AddAddr}. */
  int ADD_ADDR = 3;

  /** Subtype of {@link RemoveAddr}. */
  int REMOVE_ADDR = 4;

  /** Subtype of {@link MpPrio}. */
  int MP_PRIO = 5;

  /** Subtype of {@link MpFail}. */
  int MP_FAIL = 6;

  /** Subtype of {@link MpFastclose}. */
  int MP_FASTCLOSE = 7;

  /** Subtype of {@link MpTcpRst}. */
  int MP_TCPRST = 8;

  /** The subtype, 0 to 15. */
  int subtype();

  /** Length on the wire in bytes, kind and length included, padding not. */
  int encodedLength();

  /** Writes exactly {@link #encodedLength()} bytes at the writer index. */
  void encode(ByteBuf out);

  /**
   * Decodes one option; total.
   *
   * @param buf not modified
   * @param index of the kind byte
   * @param length of the option, kind and length included; the caller has checked that so many
   *     bytes are there
   * @return empty when the length does not fit the subtype
   */
  static Optional<MptcpOption> decode(ByteBuf buf, int index, int length) {
    if (length < 3) {
      return Optional.empty();
    }
    MptcpOption option =
        switch (buf.getUnsignedByte(index + 2) >>> 4) {
          case MP_CAPABLE -> MpCapable.decode(buf, index, length);
          case MP_JOIN -> decodeJoin(buf, index, length);
          case DSS -> DssOption.decode(buf, index, length);
          case ADD_ADDR -> AddAddr.decode(buf, index, length);
          case REMOVE_ADDR -> RemoveAddr.decode(buf, index, length);
          case MP_PRIO -> MpPrio.decode(buf, index, length);
          case MP_FAIL -> length == MpFail.LENGTH ? new MpFail(buf.getLong(index + 4)) : null;
          case MP_FASTCLOSE ->
              length == MpFastclose.LENGTH ? new MpFastclose(buf.getLong(index + 4)) : null;
          case MP_TCPRST -> MpTcpRst.decode(buf, index, length);
          default -> UnknownMptcp.decode(buf, index, length);
        };
    return Optional.ofNullable(option);
  }

  private static MptcpOption decodeJoin(ByteBuf buf, int index, int length) {
    // RFC 8684 section 3.2: the three forms differ in length.
    return switch (length) {
      case MpJoinSyn.LENGTH -> MpJoinSyn.decode(buf, index);
      case MpJoinSynAck.LENGTH -> MpJoinSynAck.decode(buf, index);
      case MpJoinAck.LENGTH -> MpJoinAck.decode(buf, index);
      default -> null;
    };
  }

  /** Writes kind, length and the byte that holds the subtype. */
  static void writeHead(ByteBuf out, MptcpOption option, int lowNibble) {
    out.writeByte(KIND);
    out.writeByte(option.encodedLength());
    out.writeByte(option.subtype() << 4 | lowNibble);
  }

  /**
   * Throws unless a value is within bounds.
   *
   * @throws IllegalArgumentException naming the value
   */
  static void requireRange(String what, long value, long min, long max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(what + " is " + value + ", not in " + min + ".." + max);
    }
  }
}
