package org.mptcp4j.wire;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/**
 * REMOVE_ADDR: addresses that are gone. RFC 8684 section 3.4.2.
 *
 * @param addressIds one or more, each 0 to 255
 */
public record RemoveAddr(List<Integer> addressIds) implements MptcpOption {
  /** As many as fit into the option space. */
  public static final int MAX_IDS = 37;

  /** Checks the values. */
  public RemoveAddr {
    MptcpOption.requireRange("number of address ids", addressIds.size(), 1, MAX_IDS);
    addressIds = List.copyOf(addressIds);
    addressIds.forEach(id -> MptcpOption.requireRange("addressId", id, 0, 255));
  }

  /** A removal of one address. */
  public static RemoveAddr of(int addressId) {
    return new RemoveAddr(List.of(addressId));
  }

  static RemoveAddr decode(ByteBuf buf, int index, int length) {
    if (length < 4 || length > 3 + MAX_IDS) {
      return null;
    }
    List<Integer> ids = new ArrayList<>(length - 3);
    for (int i = 3; i < length; i++) {
      ids.add((int) buf.getUnsignedByte(index + i));
    }
    return new RemoveAddr(ids);
  }

  @Override
  public int subtype() {
    return REMOVE_ADDR;
  }

  @Override
  public int encodedLength() {
    return 3 + addressIds.size();
  }

  @Override
  public void encode(ByteBuf out) {
    MptcpOption.writeHead(out, this, 0);
    for (int id : addressIds) {
      out.writeByte(id);
    }
  }
}
