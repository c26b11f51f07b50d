package org.mptcp4j.link.tun;

import java.nio.ByteBuffer;

/**
 * What the kernel says about a TUN device that exists, when it says so (Linux 4.20 and later).
 *
 * @param multiQueue whether it may have several queues
 * @param attached queues that somebody holds; of a device with one queue not known, and 0
 */
record TunState(boolean multiQueue, int attached) {
  private static final int IFINFO_BYTES = 16;
  private static final int ATTRIBUTE_BYTES = 4;
  private static final int TYPE_MASK = 0x3fff;
  private static final int IFLA_LINKINFO = 18;
  private static final int IFLA_INFO_DATA = 2;
  private static final int IFLA_TUN_MULTI_QUEUE = 7;
  private static final int IFLA_TUN_NUM_QUEUES = 8;

  /**
   * Reads it from an RTM_NEWLINK message.
   *
   * @param message from the end of the netlink header to the end of the message
   * @return null when the interface is not a TUN device, or does not say
   */
  static TunState decode(ByteBuffer message) {
    message.position(message.position() + IFINFO_BYTES);
    if (!enter(message, IFLA_LINKINFO) || !enter(message, IFLA_INFO_DATA)) {
      return null;
    }
    ByteBuffer queues = message.duplicate().order(message.order());
    if (!enter(message, IFLA_TUN_MULTI_QUEUE)) {
      return null;
    }
    boolean multiQueue = message.get(message.position()) != 0;
    boolean counted = enter(queues, IFLA_TUN_NUM_QUEUES);
    return new TunState(multiQueue, counted ? queues.getInt(queues.position()) : 0);
  }

  /** Narrows the buffer to the contents of an attribute; false when there is none. */
  private static boolean enter(ByteBuffer attributes, int wanted) {
    while (attributes.remaining() >= ATTRIBUTE_BYTES) {
      int start = attributes.position();
      int length = Math.max(ATTRIBUTE_BYTES, attributes.getShort(start));
      int end = Math.min(attributes.limit(), start + length);
      if ((attributes.getShort(start + 2) & TYPE_MASK) == wanted) {
        attributes.limit(end).position(start + ATTRIBUTE_BYTES);
        return attributes.hasRemaining();
      }
      attributes.position(Math.min(attributes.limit(), start + length + 3 & ~3));
    }
    return false;
  }
}
