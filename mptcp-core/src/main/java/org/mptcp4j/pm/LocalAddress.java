package org.mptcp4j.pm;

import org.mptcp4j.link.packet.IpAddress;

/**
 * An address of this host.
 *
 * @param id address id this stack uses for it towards every peer, 1 to 255. Within a connection the
 *     address it began on has id 0 instead.
 * @param address the address
 * @param linkIndex link it lives on
 * @param priority whether subflows from it begin as backup
 * @param announce whether it is to be announced to peers by ADD_ADDR
 */
public record LocalAddress(
    int id, IpAddress address, int linkIndex, Priority priority, boolean announce) {
  /** A regular address that is not announced. */
  public LocalAddress(int id, IpAddress address, int linkIndex) {
    this(id, address, linkIndex, Priority.NORMAL, false);
  }

  /** Checks the id. */
  public LocalAddress {
    if (id < 0 || id > 255) {
      throw new IllegalArgumentException("address id must be 0 to 255, not " + id);
    }
  }
}
