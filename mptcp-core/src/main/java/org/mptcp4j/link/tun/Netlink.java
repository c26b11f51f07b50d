package org.mptcp4j.link.tun;

import java.io.Closeable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.mptcp4j.link.packet.IpAddress;

/**
 * A route netlink socket: reads and changes interface flags, MTU and addresses. It stays in the
 * network namespace of the thread that opened it, whatever thread uses it later. Calls are
 * synchronous.
 */
final class Netlink implements Closeable {
  private static final int RTM_NEWLINK = 16;
  private static final int RTM_GETLINK = 18;
  private static final int RTM_NEWADDR = 20;
  private static final int RTM_DELADDR = 21;
  private static final int RTM_GETADDR = 22;
  private static final int REQUEST = 1;
  private static final int ACK = 4;
  private static final int DUMP = 0x300;
  private static final int DUMP_INTERRUPTED = 0x10;
  private static final int CREATE_EXCLUSIVE = 0x400 | 0x200;
  private static final int NLMSG_ERROR = 2;
  private static final int NLMSG_DONE = 3;
  private static final int IFLA_MTU = 4;
  private static final int IFLA_TXQLEN = 13;
  private static final int IFA_ADDRESS = 1;
  private static final int IFA_LOCAL = 2;
  private static final int IFA_F_NODAD = 2;
  private static final int IFF_UP = 1;
  private static final int HEADER = 16;

  /** How often a list is asked for again that changed while the kernel wrote it. */
  private static final int MAX_DUMPS = 10;

  private final int fd;
  private final ByteBuffer request = LibC.memory(512);
  private final long requestAddress = LibC.addressOf(request);
  private final ByteBuffer reply = LibC.memory(8192);
  private final long replyAddress = LibC.addressOf(reply);
  private final List<ByteBuffer> answers = new ArrayList<>();
  private boolean interrupted;
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
    begin(RTM_NEWLINK, ACK);
    link(ifIndex, flags, IFF_UP);
    return exchange();
  }

  /** Sets the MTU; returns 0 or the error number. */
  synchronized int mtu(int ifIndex, int mtu) {
    begin(RTM_NEWLINK, ACK);
    link(ifIndex, 0, 0);
    request.putShort((short) 8).putShort((short) IFLA_MTU).putInt(mtu);
    return exchange();
  }

  /** Sets how many packets may wait for us to read them; returns 0 or the error number. */
  synchronized int queueLength(int ifIndex, int packets) {
    begin(RTM_NEWLINK, ACK);
    link(ifIndex, 0, 0);
    request.putShort((short) 8).putShort((short) IFLA_TXQLEN).putInt(packets);
    return exchange();
  }

  /** Adds an address without duplicate address detection; returns 0 or the error number. */
  synchronized int addAddress(InterfaceAddress address) {
    begin(RTM_NEWADDR, CREATE_EXCLUSIVE | ACK);
    put(address);
    return exchange();
  }

  /** Removes an address; returns 0 or the error number. */
  synchronized int removeAddress(InterfaceAddress address) {
    begin(RTM_DELADDR, ACK);
    put(address);
    return exchange();
  }

  private void begin(int type, int flags) {
    request.clear();
    request.putInt(0).putShort((short) type).putShort((short) (REQUEST | flags));
    request.putInt(++sequence).putInt(0);
  }

  private void link(int ifIndex, int flags, int changed) {
    request.put((byte) 0).put((byte) 0).putShort((short) 0);
    request.putInt(ifIndex).putInt(flags).putInt(changed);
  }

  private void put(InterfaceAddress address) {
    request.put((byte) (address.local().isV4() ? 2 : 10)).put((byte) address.peer().bits());
    request.put((byte) IFA_F_NODAD).put((byte) 0).putInt(address.ifIndex());
    put(IFA_LOCAL, address.local());
    put(IFA_ADDRESS, address.peer().address());
  }

  private void put(int attribute, IpAddress value) {
    byte[] bytes = value.toInetAddress().getAddress();
    request.putShort((short) (4 + bytes.length)).putShort((short) attribute).put(bytes);
  }

  /**
   * What the kernel says about an interface.
   *
   * @throws TunException when there is none with this index
   */
  synchronized TunState state(int ifIndex) throws TunException {
    begin(RTM_GETLINK, ACK);
    link(ifIndex, 0, 0);
    int errno = exchange();
    for (ByteBuffer answer : answers) {
      if (type(answer) == RTM_NEWLINK) {
        return TunState.decode(answer.position(HEADER));
      }
    }
    throw TunException.system("read interface " + ifIndex, errno == 0 ? LibC.ENODEV : errno);
  }

  /**
   * Every address of every interface.
   *
   * @throws TunException when the kernel does not tell
   */
  synchronized List<InterfaceAddress> addresses() throws TunException {
    int errno;
    int dumps = 0;
    do {
      begin(RTM_GETADDR, DUMP);
      link(0, 0, 0);
      errno = exchange();
    } while (interrupted && ++dumps < MAX_DUMPS);
    if (errno != 0) {
      throw TunException.system("read the addresses of all interfaces", errno);
    }
    return answers.stream()
        .filter(answer -> type(answer) == RTM_NEWADDR)
        .map(answer -> InterfaceAddress.decode(answer.position(HEADER)))
        .toList();
  }

  /**
   * Sends the request and waits for the end of its answer; 0 or the error number. The messages of
   * the answer are then in {@link #answers}.
   */
  private int exchange() {
    answers.clear();
    interrupted = false;
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
      for (int at = 0; at + HEADER <= n; ) {
        int size = Math.max(HEADER, reply.getInt(at));
        ByteBuffer message = reply.slice(at, Math.min(size, n - at)).order(reply.order());
        if (message.getInt(8) == sequence) {
          if (type(message) == NLMSG_ERROR || type(message) == NLMSG_DONE) {
            return message.limit() < HEADER + 4 ? 0 : -message.getInt(HEADER);
          }
          keep(message);
        }
        at += size + 3 & ~3;
      }
    }
  }

  private void keep(ByteBuffer message) {
    interrupted |= (message.getShort(6) & DUMP_INTERRUPTED) != 0;
    ByteBuffer copy = ByteBuffer.allocate(message.limit()).order(message.order());
    answers.add(copy.put(message).flip());
  }

  private static int type(ByteBuffer message) {
    return message.getShort(4);
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
