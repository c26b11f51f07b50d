package org.mptcp4j.link.tun;

import java.io.Closeable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.mptcp4j.wire.IpAddress;

/**
 * A route netlink socket: interface flags, MTU and addresses. It stays in the network namespace of
 * the thread that opened it, whatever thread uses it later. Calls are synchronous.
 */
final class Netlink implements Closeable {
  private static final int RTM_NEWLINK = 16;
  private static final int RTM_GETLINK = 18;
  private static final int RTM_NEWADDR = 20;
  private static final int RTM_DELADDR = 21;
  private static final int REQUEST_ACK = 1 | 4;
  private static final int CREATE_EXCLUSIVE = 0x400 | 0x200;
  private static final int NLMSG_ERROR = 2;
  private static final int IFLA_MTU = 4;
  private static final int IFLA_TXQLEN = 13;
  private static final int IFA_ADDRESS = 1;
  private static final int IFA_LOCAL = 2;
  private static final int IFA_F_NODAD = 2;
  private static final int IFF_UP = 1;
  private static final int HEADER = 16;

  private final int fd;
  private final ByteBuffer request = LibC.memory(512);
  private final long requestAddress = LibC.addressOf(request);
  private final ByteBuffer reply = LibC.memory(8192);
  private final long replyAddress = LibC.addressOf(reply);
  private TunState link;
  private int sequence;
  private boolean closed;

  Netlink() throws TunException {
    fd = LibC.socket(LibC.AF_NETLINK, LibC.SOCK_RAW_CLOEXEC, 0);
    if (fd < 0) {
      throw TunException.system("netlink socket", LibC.errno());
    }
  }

  /** Sets the interface up; returns 0 or the error number. */
  synchronized int up(int ifIndex) {
    return flags(ifIndex, IFF_UP);
  }

  /** Sets the interface down; returns 0 or the error number. */
  synchronized int down(int ifIndex) {
    return flags(ifIndex, 0);
  }

  private int flags(int ifIndex, int flags) {
    begin(RTM_NEWLINK, 0);
    link(ifIndex, flags, IFF_UP);
    return exchange();
  }

  /** Sets the MTU; returns 0 or the error number. */
  synchronized int mtu(int ifIndex, int mtu) {
    begin(RTM_NEWLINK, 0);
    link(ifIndex, 0, 0);
    request.putShort((short) 8).putShort((short) IFLA_MTU).putInt(mtu);
    return exchange();
  }

  /** Sets how many packets may wait for us to read them; returns 0 or the error number. */
  synchronized int queueLength(int ifIndex, int packets) {
    begin(RTM_NEWLINK, 0);
    link(ifIndex, 0, 0);
    request.putShort((short) 8).putShort((short) IFLA_TXQLEN).putInt(packets);
    return exchange();
  }

  /** Adds an address without duplicate address detection; returns 0 or the error number. */
  synchronized int addAddress(int ifIndex, IpAddress address, int prefix) {
    begin(RTM_NEWADDR, CREATE_EXCLUSIVE);
    address(ifIndex, address, prefix);
    return exchange();
  }

  /** Removes an address; returns 0 or the error number. */
  synchronized int removeAddress(int ifIndex, IpAddress address, int prefix) {
    begin(RTM_DELADDR, 0);
    address(ifIndex, address, prefix);
    return exchange();
  }

  private void begin(int type, int flags) {
    request.clear();
    request.putInt(0).putShort((short) type).putShort((short) (REQUEST_ACK | flags));
    request.putInt(++sequence).putInt(0);
  }

  private void link(int ifIndex, int flags, int changed) {
    request.put((byte) 0).put((byte) 0).putShort((short) 0);
    request.putInt(ifIndex).putInt(flags).putInt(changed);
  }

  private void address(int ifIndex, IpAddress address, int prefix) {
    byte[] bytes = address.toInetAddress().getAddress();
    request.put((byte) (bytes.length == 4 ? 2 : 10)).put((byte) prefix);
    request.put((byte) IFA_F_NODAD).put((byte) 0).putInt(ifIndex);
    for (int attribute : new int[] {IFA_LOCAL, IFA_ADDRESS}) {
      request.putShort((short) (4 + bytes.length)).putShort((short) attribute).put(bytes);
    }
  }

  /** What the kernel says about a TUN device, or null. */
  synchronized TunState tunState(int ifIndex) {
    begin(RTM_GETLINK, 0);
    link(ifIndex, 0, 0);
    link = null;
    exchange();
    return link;
  }

  /**
   * Sends the request and waits for its acknowledgement; 0 or the error number. An RTM_NEWLINK
   * before the acknowledgement is kept in {@link #link}.
   */
  private int exchange() {
    if (closed) {
      return LibC.ENODEV;
    }
    int length = request.position();
    request.putInt(0, length);
    if (LibC.send(fd, requestAddress, length, 0) < 0) {
      return LibC.errno();
    }
    while (true) {
      int n = (int) LibC.recv(fd, replyAddress, reply.capacity(), 0);
      if (n < 0 && LibC.errno() == LibC.EINTR) {
        continue;
      }
      if (n < HEADER + 4) {
        return n < 0 ? LibC.errno() : LibC.EIO;
      }
      if (reply.getShort(4) == RTM_NEWLINK && reply.getInt(8) == sequence) {
        int end = Math.min(n, reply.getInt(0));
        link = TunState.decode(reply.duplicate().order(reply.order()).limit(end).position(HEADER));
      }
      if (reply.getShort(4) == NLMSG_ERROR && reply.getInt(8) == sequence) {
        return -reply.getInt(HEADER);
      }
    }
  }

  /** The index of the interface in the calling thread's namespace, 0 when there is none. */
  static int indexOf(String name) {
    return LibC.if_nametoindex(name);
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      LibC.close(fd);
    }
  }

  /** The name in the first 16 bytes of an {@code ifreq}. */
  static String name(ByteBuffer ifreq) {
    byte[] bytes = new byte[16];
    ifreq.get(0, bytes);
    int end = 0;
    while (end < bytes.length && bytes[end] != 0) {
      end++;
    }
    return new String(Arrays.copyOf(bytes, end), StandardCharsets.US_ASCII);
  }
}
