package org.mptcp4j.link.tun;

import java.nio.ByteBuffer;

/**
 * What the kernel says about an interface that exists. What concerns TUN devices alone it says
 * since Linux 4.20.
 *
 * @param name of the interface
 * @param kind whether it is a TUN device
 * @param up whether it is administratively up
 * @param mtu in bytes
 * @param queueLength packets that may wait in it
 * @param multiQueue whether it may have several queues
 * @param attached queues that somebody holds; of a device with one queue not known, and 0
 * @param owner the user who may attach without privileges, or {@link #ANYONE}
 * @param group the group that may, or {@link #ANYONE}
 */
record TunState(
    String name,
    Kind kind,
    boolean up,
    int mtu,
    int queueLength,
    boolean multiQueue,
    int attached,
    int owner,
    int group) {
  /** No user or group in particular. */
  static final int ANYONE = -1;

  private static final int IFINFO_BYTES = 16;
  private static final int IFINFO_FLAGS = 8;
  private static final int IFF_UP = 1;
  private static final int IFLA_IFNAME = 3;
  private static final int IFLA_MTU = 4;
  private static final int IFLA_TXQLEN = 13;
  private static final int IFLA_LINKINFO = 18;
  private static final int IFLA_INFO_KIND = 1;
  private static final int IFLA_INFO_DATA = 2;
  private static final int IFLA_TUN_OWNER = 1;
  private static final int IFLA_TUN_GROUP = 2;
  private static final int IFLA_TUN_TYPE = 3;
  private static final int IFLA_TUN_MULTI_QUEUE = 7;
  private static final int IFLA_TUN_NUM_QUEUES = 8;
  private static final int TYPE_TUN = 1;

  /** The kinds of interfaces that matter here. */
  enum Kind {
    /** Carries IP packets: what we attach to. */
    TUN,
    /** Made by the same driver, but carries Ethernet frames. */
    TAP,
    /** Something else, or the kernel does not say. */
    OTHER
  }

  /**
   * Reads it from an RTM_NEWLINK message.
   *
   * @param message from the end of the netlink header to the end of the message, in the machine's
   *     byte order
   */
  static TunState decode(ByteBuffer message) {
    boolean up = (message.getInt(message.position() + IFINFO_FLAGS) & IFF_UP) != 0;
    NetlinkAttributes link = NetlinkAttributes.of(message, IFINFO_BYTES);
    NetlinkAttributes info = link.nested(IFLA_LINKINFO);
    boolean ofTheDriver = info.string(IFLA_INFO_KIND).equals("tun");
    NetlinkAttributes tun = info.nested(IFLA_INFO_DATA);
    int type = ofTheDriver ? tun.unsignedByte(IFLA_TUN_TYPE, 0) : 0;
    return new TunState(
        link.string(IFLA_IFNAME),
        type == 0 ? Kind.OTHER : type == TYPE_TUN ? Kind.TUN : Kind.TAP,
        up,
        link.integer(IFLA_MTU, 0),
        link.integer(IFLA_TXQLEN, 0),
        type != 0 && tun.unsignedByte(IFLA_TUN_MULTI_QUEUE, 0) != 0,
        type == 0 ? 0 : tun.integer(IFLA_TUN_NUM_QUEUES, 0),
        type == 0 ? ANYONE : tun.integer(IFLA_TUN_OWNER, ANYONE),
        type == 0 ? ANYONE : tun.integer(IFLA_TUN_GROUP, ANYONE));
  }
}
