package org.mptcp4j.link.tun;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** The attributes of a netlink message, or those nested in one of them; borrows the buffer. */
final class NetlinkAttributes {
  private static final int HEADER = 4;
  private static final int TYPE_MASK = 0x3fff;

  private final ByteBuffer bytes;

  private NetlinkAttributes(ByteBuffer bytes) {
    this.bytes = bytes;
  }

  /**
   * Those behind the fixed part of a message.
   *
   * @param message in the machine's byte order
   * @param fixed length of the part before them, in bytes
   */
  static NetlinkAttributes of(ByteBuffer message, int fixed) {
    ByteBuffer rest = message.duplicate().order(message.order());
    rest.position(Math.min(rest.limit(), rest.position() + fixed));
    return new NetlinkAttributes(rest);
  }

  /** The attributes inside an attribute; none when there is no such. */
  NetlinkAttributes nested(int type) {
    return new NetlinkAttributes(contents(type));
  }

  /** A text that ends with a zero byte; empty when there is none. */
  String string(int type) {
    ByteBuffer found = contents(type);
    byte[] text = new byte[Math.max(0, found.remaining() - 1)];
    found.get(text);
    return new String(text, StandardCharsets.UTF_8);
  }

  /** A 32-bit value, or {@code otherwise} when there is none. */
  int integer(int type, int otherwise) {
    ByteBuffer found = contents(type);
    return found.remaining() < Integer.BYTES ? otherwise : found.getInt(found.position());
  }

  /** An 8-bit value, or {@code otherwise} when there is none. */
  int unsignedByte(int type, int otherwise) {
    ByteBuffer found = contents(type);
    return found.hasRemaining() ? found.get(found.position()) & 0xff : otherwise;
  }

  /** The bytes of an attribute; none when there is no such. */
  byte[] bytes(int type) {
    ByteBuffer found = contents(type);
    byte[] copy = new byte[found.remaining()];
    found.get(copy);
    return copy;
  }

  private ByteBuffer contents(int wanted) {
    ByteBuffer at = bytes.duplicate().order(bytes.order());
    while (at.remaining() >= HEADER) {
      int start = at.position();
      int length = Math.max(HEADER, at.getShort(start) & 0xffff);
      int end = Math.min(at.limit(), start + length);
      if ((at.getShort(start + 2) & TYPE_MASK) == wanted) {
        at.limit(end).position(start + HEADER);
        return at;
      }
      at.position(Math.min(at.limit(), start + length + 3 & ~3));
    }
    return at.position(at.limit());
  }
}
