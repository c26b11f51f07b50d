package org.mptcp4j.mptcp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayList;
import java.util.List;

/** What boxes do to IPv4 datagrams: cut super-segments, blank MPTCP options. */
final class Cutter {
  private static final int IP = 20;

  private Cutter() {}

  /** Whether the first host sent it. */
  static boolean isFromClient(ByteBuf d) {
    return d.getByte(15) == 1;
  }

  static boolean isSyn(ByteBuf d) {
    return (d.getByte(IP + 13) & 2) != 0;
  }

  /** Whether some MPTCP option of that subtype is there; any with -1. */
  static boolean hasMptcp(ByteBuf d, int subtype) {
    return mptcp(d, subtype) >= 0;
  }

  /** Where the first MPTCP option of that subtype begins, -1 when there is none; any with -1. */
  static int mptcp(ByteBuf d, int subtype) {
    int end = IP + ((d.getByte(IP + 12) & 0xf0) >> 2);
    int i = IP + 20;
    while (i < end && d.getByte(i) != 0) {
      int kind = d.getUnsignedByte(i);
      if (kind == 30 && (subtype < 0 || d.getUnsignedByte(i + 2) >> 4 == subtype)) {
        return i;
      }
      i += kind == 1 ? 1 : d.getUnsignedByte(i + 1);
    }
    return -1;
  }

  static int payload(ByteBuf d) {
    return d.readableBytes() - IP - ((d.getByte(IP + 12) & 0xf0) >> 2);
  }

  static void blankMptcp(ByteBuf d) {
    int end = IP + ((d.getByte(IP + 12) & 0xf0) >> 2);
    int i = IP + 20;
    while (i < end) {
      int kind = d.getUnsignedByte(i);
      if (kind == 0) {
        return;
      }
      int length = kind == 1 ? 1 : d.getUnsignedByte(i + 1);
      if (kind == 30) {
        for (int k = 0; k < length; k++) {
          d.setByte(i + k, 1);
        }
      }
      i += length;
    }
  }

  static List<ByteBuf> cut(ByteBuf d, int gso, ByteBufAllocator allocator) {
    int header = IP + ((d.getByte(IP + 12) & 0xf0) >> 2);
    int total = d.readableBytes();
    List<ByteBuf> pieces = new ArrayList<>();
    for (int at = header; at < total; at += gso) {
      int n = Math.min(gso, total - at);
      ByteBuf p = allocator.buffer(header + n);
      p.writeBytes(d, 0, header).writeBytes(d, at, n);
      p.setShort(2, header + n);
      p.setInt(IP + 4, d.getInt(IP + 4) + at - header);
      if (at + n < total) {
        p.setByte(IP + 13, d.getByte(IP + 13) & ~9);
      }
      p.setShort(10, 0);
      p.setShort(10, ipChecksum(p));
      pieces.add(p);
    }
    return pieces;
  }

  private static int ipChecksum(ByteBuf p) {
    int sum = 0;
    for (int i = 0; i < IP; i += 2) {
      sum += p.getUnsignedShort(i);
    }
    sum = (sum & 0xffff) + (sum >>> 16);
    return ~(sum + (sum >>> 16)) & 0xffff;
  }
}
