package org.mptcp4j.link.tun;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.packet.IpPrefix;

/**
 * An address that the kernel has on an interface.
 *
 * @param ifIndex the interface
 * @param local the kernel's address
 * @param peer the address at the other end of a point-to-point address, otherwise {@code local}, in
 *     the prefix that is on the link
 */
record InterfaceAddress(int ifIndex, IpAddress local, IpPrefix peer) {
  private static final int IFADDR_BYTES = 8;
  private static final int IFA_ADDRESS = 1;
  private static final int IFA_LOCAL = 2;

  /** One without a peer. */
  static InterfaceAddress of(int ifIndex, IpPrefix local) {
    return new InterfaceAddress(ifIndex, local.address(), local);
  }

  /**
   * Reads it from an RTM_NEWADDR message.
   *
   * @param message from the end of the netlink header to the end of the message, in the machine's
   *     byte order
   */
  static InterfaceAddress decode(ByteBuffer message) {
    int start = message.position();
    NetlinkAttributes attributes = NetlinkAttributes.of(message, IFADDR_BYTES);
    byte[] address = attributes.bytes(IFA_ADDRESS);
    byte[] local = attributes.bytes(IFA_LOCAL);
    // IPv6 leaves IFA_LOCAL out where there is no peer, IPv4 IFA_ADDRESS where it is 0.0.0.0
    IpAddress peer = read(address.length == 0 ? local : address);
    return new InterfaceAddress(
        message.getInt(start + 4),
        local.length == 0 ? peer : read(local),
        new IpPrefix(peer, message.get(start + 1) & 0xff));
  }

  private static IpAddress read(byte[] bytes) {
    try {
      return IpAddress.of(InetAddress.getByAddress(bytes));
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("an address of " + bytes.length + " bytes", e);
    }
  }

  /** Whether this gives {@code wanted} a link to the kernel: as asked for, or point to point. */
  boolean serves(TunAddress wanted) {
    if (!local.equals(wanted.kernelSide())) {
      return false;
    }
    return hasPeer()
        ? peer.address().equals(wanted.local())
        : peer.bits() == wanted.prefix().bits();
  }

  private boolean hasPeer() {
    return !peer.address().equals(local);
  }

  /** As the {@code ip} command writes it. */
  @Override
  public String toString() {
    return (hasPeer() ? local + " peer " : "") + peer;
  }
}
