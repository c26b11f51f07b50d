package org.mptcp4j.wire;

import io.netty.buffer.ByteBuf;

/**
 * MP_CAPABLE in its five lengths. RFC 8684 section 3.1. Fields that a form does not have are zero.
 *
 * @param version protocol version, 1 for RFC 8684
 * @param flags bits A to H, see the constants
 * @param encodedLength which form: 4 (SYN), 12 (SYN/ACK), 20 (ACK), 22 (with data length), 24 (and
 *     checksum)
 * @param senderKey 64-bit key of who sends this option; from 12 bytes on
 * @param receiverKey 64-bit key of the other end; from 20 bytes on
 * @param dataLength length in bytes of the mapping that starts at the first data byte; from 22
 *     bytes on
 * @param checksum DSS checksum of that mapping; with 24 bytes
 */
public record MpCapable(
    int version,
    int flags,
    int encodedLength,
    long senderKey,
    long receiverKey,
    int dataLength,
    int checksum)
    implements MptcpOption {
  /** Flag A: DSS checksums required. */
  public static final int CHECKSUM_REQUIRED = 0x80;

  /** Flag B: extensibility, must be 0 in version 1. */
  public static final int EXTENSIBILITY = 0x40;

  /** Flag C: do not join to the address and port of this subflow. */
  public static final int DENY_JOIN_INITIAL = 0x20;

  /** Flag H: HMAC-SHA256. */
  public static final int HMAC_SHA256 = 0x01;

  /** The version of RFC 8684. */
  public static final int VERSION_1 = 1;

  /** Length in a SYN. */
  public static final int LENGTH_SYN = 4;

  /** Length in a SYN/ACK. */
  public static final int LENGTH_SYN_ACK = 12;

  /** Length in the third ACK. */
  public static final int LENGTH_ACK = 20;

  /** Length with the first data. */
  public static final int LENGTH_DATA = 22;

  /** Length with the first data and a DSS checksum. */
  public static final int LENGTH_DATA_CHECKSUM = 24;

  /** Checks the values. */
  public MpCapable {
    MptcpOption.requireRange("version", version, 0, 15);
    MptcpOption.requireRange("flags", flags, 0, 255);
    MptcpOption.requireRange("dataLength", dataLength, 0, 0xffff);
    MptcpOption.requireRange("checksum", checksum, 0, 0xffff);
    if (!isLegal(encodedLength)) {
      throw new IllegalArgumentException("MP_CAPABLE has no form of length " + encodedLength);
    }
  }

  /** The form of a SYN, version 1. */
  public static MpCapable syn(int flags) {
    return new MpCapable(VERSION_1, flags, LENGTH_SYN, 0, 0, 0, 0);
  }

  /** The form of a SYN/ACK, version 1. */
  public static MpCapable synAck(int flags, long senderKey) {
    return new MpCapable(VERSION_1, flags, LENGTH_SYN_ACK, senderKey, 0, 0, 0);
  }

  /** The form of the third ACK, version 1. */
  public static MpCapable ack(int flags, long senderKey, long receiverKey) {
    return new MpCapable(VERSION_1, flags, LENGTH_ACK, senderKey, receiverKey, 0, 0);
  }

  /** The form of the first data, version 1. */
  public static MpCapable data(int flags, long senderKey, long receiverKey, int dataLength) {
    return new MpCapable(VERSION_1, flags, LENGTH_DATA, senderKey, receiverKey, dataLength, 0);
  }

  /** The form of the first data with a DSS checksum, version 1. */
  public static MpCapable dataWithChecksum(
      int flags, long senderKey, long receiverKey, int dataLength, int checksum) {
    return new MpCapable(
        VERSION_1, flags, LENGTH_DATA_CHECKSUM, senderKey, receiverKey, dataLength, checksum);
  }

  private static boolean isLegal(int length) {
    return length == LENGTH_SYN
        || length == LENGTH_SYN_ACK
        || length == LENGTH_ACK
        || length == LENGTH_DATA
        || length == LENGTH_DATA_CHECKSUM;
  }

  static MpCapable decode(ByteBuf buf, int index, int length) {
    if (!isLegal(length)) {
      return null;
    }
    return new MpCapable(
        buf.getUnsignedByte(index + 2) & 0x0f,
        buf.getUnsignedByte(index + 3),
        length,
        length >= LENGTH_SYN_ACK ? buf.getLong(index + 4) : 0,
        length >= LENGTH_ACK ? buf.getLong(index + 12) : 0,
        length >= LENGTH_DATA ? buf.getUnsignedShort(index + 20) : 0,
        length >= LENGTH_DATA_CHECKSUM ? buf.getUnsignedShort(index + 22) : 0);
  }

  /** Whether {@link #senderKey()} is there. */
  public boolean hasSenderKey() {
    return encodedLength >= LENGTH_SYN_ACK;
  }

  /** Whether {@link #receiverKey()} is there. */
  public boolean hasReceiverKey() {
    return encodedLength >= LENGTH_ACK;
  }

  /** Whether {@link #dataLength()} is there. */
  public boolean hasDataLength() {
    return encodedLength >= LENGTH_DATA;
  }

  /** Whether {@link #checksum()} is there. */
  public boolean hasChecksum() {
    return encodedLength >= LENGTH_DATA_CHECKSUM;
  }

  /** Flag A. */
  public boolean checksumRequired() {
    return (flags & CHECKSUM_REQUIRED) != 0;
  }

  /** Flag B. */
  public boolean extensibility() {
    return (flags & EXTENSIBILITY) != 0;
  }

  /** Flag C. */
  public boolean denyJoinInitial() {
    return (flags & DENY_JOIN_INITIAL) != 0;
  }

  /** Flag H. */
  public boolean hmacSha256() {
    return (flags & HMAC_SHA256) != 0;
  }

  @Override
  public int subtype() {
    return MP_CAPABLE;
  }

  @Override
  public void encode(ByteBuf out) {
    MptcpOption.writeHead(out, this, version);
    out.writeByte(flags);
    if (hasSenderKey()) {
      out.writeLong(senderKey);
    }
    if (hasReceiverKey()) {
      out.writeLong(receiverKey);
    }
    if (hasDataLength()) {
      out.writeShort(dataLength);
    }
    if (hasChecksum()) {
      out.writeShort(checksum);
    }
  }
}
