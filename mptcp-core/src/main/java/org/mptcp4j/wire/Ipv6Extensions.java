package org.mptcp4j.wire;

import io.netty.buffer.ByteBuf;

/** Walks the extension headers of an IPv6 packet, a bounded number of them; reusable and total. */
final class Ipv6Extensions {
  private static final int HOP_BY_HOP = 0;
  private static final int ROUTING = 43;
  private static final int FRAGMENT = 44;
  private static final int AUTHENTICATION = 51;
  private static final int DESTINATION_OPTIONS = 60;
  private static final int PAD1 = 0;
  private static final int MAX_HEADERS = 8;

  private int protocol;
  private int index;
  private int length;

  /** The protocol after the extension headers. */
  int protocol() {
    return protocol;
  }

  /** Where its header starts. */
  int index() {
    return index;
  }

  /** Bytes from there on. */
  int length() {
    return length;
  }

  /**
   * Skips what is between the IPv6 header and the upper layer.
   *
   * @param next the IPv6 header's next-header field
   * @param start of what follows the IPv6 header
   * @param available bytes there
   */
  ParseVerdict skip(ByteBuf buf, int next, int start, int available) {
    protocol = next;
    index = start;
    length = available;
    for (int n = 0; isExtension(protocol); n++) {
      if (n == MAX_HEADERS) {
        return ParseVerdict.BAD_HEADER;
      }
      if (length < 8) {
        return ParseVerdict.TRUNCATED;
      }
      int size = size(buf);
      if (size > length) {
        return ParseVerdict.TRUNCATED;
      }
      if (hasOptions(protocol) && !mayIgnoreOptions(buf, index + 2, index + size)) {
        return ParseVerdict.BAD_HEADER;
      }
      // RFC 8200 section 4.4: segments left in a routing header mean that the packet is to go on.
      if (protocol == ROUTING && buf.getByte(index + 3) != 0) {
        return ParseVerdict.BAD_HEADER;
      }
      // RFC 6946 section 4: a fragment header without fragmentation is as if it were not there.
      if (protocol == FRAGMENT && (buf.getUnsignedShort(index + 2) & 0xfff9) != 0) {
        return ParseVerdict.FRAGMENT;
      }
      protocol = buf.getUnsignedByte(index);
      index += size;
      length -= size;
    }
    return ParseVerdict.OK;
  }

  private static boolean isExtension(int protocol) {
    return protocol == HOP_BY_HOP
        || protocol == ROUTING
        || protocol == FRAGMENT
        || protocol == AUTHENTICATION
        || protocol == DESTINATION_OPTIONS;
  }

  private static boolean hasOptions(int protocol) {
    return protocol == HOP_BY_HOP || protocol == DESTINATION_OPTIONS;
  }

  /**
   * RFC 8200 section 4.2: only padding is known here, and the two highest bits of a type say
   * whether a packet may be processed by who does not know it.
   */
  private static boolean mayIgnoreOptions(ByteBuf buf, int from, int end) {
    int at = from;
    while (at < end) {
      int type = buf.getUnsignedByte(at);
      if (type >> 6 != 0 || type != PAD1 && at + 1 == end) {
        return false;
      }
      at += type == PAD1 ? 1 : 2 + buf.getUnsignedByte(at + 1);
    }
    return at == end;
  }

  private int size(ByteBuf buf) {
    int units = buf.getUnsignedByte(index + 1);
    return switch (protocol) {
      case FRAGMENT -> 8;
      case AUTHENTICATION -> (units + 2) * 4; // RFC 4302 section 2.2
      default -> (units + 1) * 8;
    };
  }
}
