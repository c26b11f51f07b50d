package org.mptcp4j.link.pcap;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.mptcp4j.link.packet.IpAddress;

/**
 * An ARP packet for IPv4 over Ethernet (RFC 826).
 *
 * @param operation {@link #REQUEST} or {@link #REPLY}
 * @param senderMac of the sender
 * @param sender of the sender
 * @param targetMac of the target, zero in a request
 * @param target who is asked, or answered
 */
record Arp(
    int operation, MacAddress senderMac, IpAddress sender, MacAddress targetMac, IpAddress target) {
  static final int REQUEST = 1;
  static final int REPLY = 2;
  static final int LENGTH = 28;

  private static final int HARDWARE_ETHERNET = 1;
  private static final int LENGTHS = 0x0604;

  /** Reads one; null when it is none of ours. */
  static @Nullable Arp decode(ByteBuf buf, int index, int length) {
    if (length < LENGTH
        || buf.getUnsignedShort(index) != HARDWARE_ETHERNET
        || buf.getUnsignedShort(index + 2) != EtherType.IPV4
        || buf.getUnsignedShort(index + 4) != LENGTHS) {
      return null;
    }
    return new Arp(
        buf.getUnsignedShort(index + 6),
        MacAddress.get(buf, index + 8),
        IpAddress.ofV4(buf.getInt(index + 14)),
        MacAddress.get(buf, index + 18),
        IpAddress.ofV4(buf.getInt(index + 24)));
  }

  /** Asks everybody who has {@code target}. */
  static Arp request(MacAddress mac, IpAddress own, IpAddress target) {
    return new Arp(REQUEST, mac, own, new MacAddress(0), target);
  }

  /** Tells the sender of this request our MAC address. */
  Arp answer(MacAddress mac) {
    return new Arp(REPLY, mac, target, senderMac, sender);
  }

  void encode(ByteBuf out) {
    out.writeShort(HARDWARE_ETHERNET).writeShort(EtherType.IPV4).writeShort(LENGTHS);
    out.writeShort(operation);
    senderMac.write(out);
    out.writeInt(sender.v4Bits());
    targetMac.write(out);
    out.writeInt(target.v4Bits());
  }
}
