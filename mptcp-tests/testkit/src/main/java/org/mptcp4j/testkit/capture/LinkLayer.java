package org.mptcp4j.testkit.capture;

/** Finds the IP packet in a frame. Link types as in the tcpdump group's list. */
final class LinkLayer {
  private static final int ETHERTYPE_IPV4 = 0x0800;
  private static final int ETHERTYPE_IPV6 = 0x86dd;
  private static final int ETHERTYPE_VLAN = 0x8100;
  private static final int ETHERTYPE_QINQ = 0x88a8;

  private LinkLayer() {}

  /** Index of the IP header, or -1 when the frame holds something else. */
  static int ipIndex(int linkType, byte[] data) {
    return switch (linkType) {
      case 12, 14, 101, 228, 229 -> 0; // raw IP
      case 0, 108 -> 4; // BSD loopback: the address family in four bytes
      case 1 -> afterEtherType(data, 12); // Ethernet
      case 113 -> afterEtherType(data, 14); // Linux cooked
      case 276 -> isIp(unsignedShort(data, 0)) ? 20 : -1; // Linux cooked, version 2
      default -> -1;
    };
  }

  /** Whether frames of this type can be read at all. */
  static boolean isKnown(int linkType) {
    return switch (linkType) {
      case 0, 1, 12, 14, 101, 108, 113, 228, 229, 276 -> true;
      default -> false;
    };
  }

  private static int afterEtherType(byte[] data, int index) {
    int i = index;
    int type = unsignedShort(data, i);
    while (type == ETHERTYPE_VLAN || type == ETHERTYPE_QINQ) {
      i += 4;
      type = unsignedShort(data, i);
    }
    return isIp(type) ? i + 2 : -1;
  }

  private static boolean isIp(int type) {
    return type == ETHERTYPE_IPV4 || type == ETHERTYPE_IPV6;
  }

  private static int unsignedShort(byte[] data, int i) {
    return i + 2 <= data.length ? (data[i] & 0xff) << 8 | data[i + 1] & 0xff : -1;
  }
}
