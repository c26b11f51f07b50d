package org.mptcp4j.wire;

import io.netty.buffer.ByteBuf;

/**
 * MP_PRIO: changes the priority of the subflow it arrives on. RFC 8684 section 3.3.8. The form with
 * an address id is that of RFC 6824: it is understood, so that it can be shown, and not obeyed.
 *
 * @param backup flag B
 * @param addressId 0 to 255, or {@link #NO_ADDRESS_ID}
 */
public record MpPrio(boolean backup, int addressId) implements MptcpOption {
  /** In place of an address id: the option is about its own subflow. */
  public static final int NO_ADDRESS_ID = -1;

  /** Checks the values. */
  public MpPrio {
    MptcpOption.requireRange("addressId", addressId, NO_ADDRESS_ID, 255);
  }

  /** The form of version 1, about the subflow that carries it. */
  public static MpPrio ofSubflow(boolean backup) {
    return new MpPrio(backup, NO_ADDRESS_ID);
  }

  static MpPrio decode(ByteBuf buf, int index, int length) {
    if (length != 3 && length != 4) {
      return null;
    }
    boolean backup = (buf.getByte(index + 2) & 1) != 0;
    return new MpPrio(backup, length == 4 ? buf.getUnsignedByte(index + 3) : NO_ADDRESS_ID);
  }

  /** Whether an address id is there. */
  public boolean hasAddressId() {
    return addressId != NO_ADDRESS_ID;
  }

  @Override
  public int subtype() {
    return MP_PRIO;
  }

  @Override
  public int encodedLength() {
    return hasAddressId() ? 4 : 3;
  }

  @Override
  public void encode(ByteBuf out) {
    MptcpOption.writeHead(out, this, backup ? 1 : 0);
    if (hasAddressId()) {
      out.writeByte(addressId);
    }
  }
}
