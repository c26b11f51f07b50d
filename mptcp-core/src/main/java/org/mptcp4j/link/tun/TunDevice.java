package org.mptcp4j.link.tun;

import com.sun.jna.NativeLong;
import java.io.Closeable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A TUN device of ours: its file descriptors, one for each queue, non-blocking, and its settings.
 * The device disappears when it is closed, unless somebody else made it persistent. It may live in
 * another network namespace than this process; that is where {@link #up}, {@link #down} and the
 * address calls then work. Those calls may come from any thread.
 *
 * <p>Settings that are right already are left alone, so that a process without privileges can use a
 * device that an administrator made for its user. What differs is changed, and where that is not
 * permitted the error says what the administrator has to run. Other addresses of the interface
 * stay, but an IPv6 address that is wanted with another prefix length is replaced.
 */
public final class TunDevice implements Closeable {
  private static final String PATH = "/dev/net/tun";
  private static final long TUNSETIFF = 0x400454caL;
  private static final long TUNSETOFFLOAD = 0x400454d0L;
  private static final long TUNSETVNETHDRSZ = 0x400454d8L;
  private static final long TUNSETVNETLE = 0x400454dcL;
  private static final int IFF_TUN_NO_PI = 0x0001 | 0x1000;
  private static final int IFF_MULTI_QUEUE = 0x0100;
  private static final int IFF_VNET_HDR = 0x4000;
  private static final int[] HEADER_LENGTHS = {12, 10};

  private static final int CLOSED = -1;

  private final int[] fds;
  private final TunOptions options;
  private final Netlink netlink;

  /** Known once it is attached: nobody gets a device before. */
  @SuppressWarnings("NullAway.Init")
  private TunSettings settings;

  @SuppressWarnings("NullAway.Init")
  private String name;

  private int ifIndex;
  private int headerLength;
  private Set<TunOffload> offloads = Set.of();
  private final List<TunAddress> addresses = new ArrayList<>();

  private TunDevice(TunOptions options, Netlink netlink) {
    fds = new int[options.queues()];
    Arrays.fill(fds, CLOSED);
    this.options = options;
    this.netlink = netlink;
  }

  /**
   * Creates the device or attaches to the one that exists, and sees to its MTU, its queue length,
   * the kernel's addresses and that it is up.
   *
   * @throws TunException with the reason; nothing is left behind
   */
  public static TunDevice open(TunOptions options) throws TunException {
    checkName(options.name());
    TunSettings.checkMtu(options);
    if (!"Linux".equals(System.getProperty("os.name"))
        || !"64".equals(System.getProperty("sun.arch.data.model", "64"))) {
      throw new TunException(
          TunException.Reason.NOT_SUPPORTED,
          "TUN devices need 64-bit Linux, this is " + System.getProperty("os.name"));
    }
    return Namespaces.call(options.namespace(), () -> openHere(options));
  }

  private static TunDevice openHere(TunOptions options) throws TunException {
    int first = openPath();
    TunDevice device = null;
    try {
      device = new TunDevice(options, new Netlink());
      device.fds[0] = first;
      device.attach();
      device.settings.apply(options);
      device.addresses.addAll(options.addresses());
      return device;
    } catch (TunException | RuntimeException | Error e) {
      if (device == null) {
        LibC.close(first);
      } else {
        device.close();
      }
      throw e;
    }
  }

  /**
   * Checks that this machine has the TUN driver and that this process may use it; creates nothing.
   *
   * @throws TunException with the reason why devices cannot be opened
   */
  public static void requireDriver() throws TunException {
    LibC.close(openPath());
  }

  private static int openPath() throws TunException {
    int fd = LibC.open(PATH, LibC.O_RDWR | LibC.O_NONBLOCK | LibC.O_CLOEXEC);
    if (fd < 0) {
      throw openFailed(LibC.errno());
    }
    return fd;
  }

  /** Checks an interface name as Linux does. */
  static void checkName(String name) throws TunException {
    boolean legal =
        !name.isEmpty()
            && name.length() <= 15
            && !name.equals(".")
            && !name.equals("..")
            && name.chars().allMatch(c -> c > ' ' && c < 127 && c != '/' && c != ':');
    if (!legal) {
      throw new TunException(
          TunException.Reason.BAD_NAME,
          "not an interface name (1 to 15 ASCII characters, no blank, '/' or ':'): \""
              + name
              + "\"");
    }
  }

  private static TunException openFailed(int errno) {
    return switch (errno) {
      case LibC.EPERM, LibC.EACCES ->
          new TunException(
              TunException.Reason.NO_PERMISSION,
              "no permission to open "
                  + PATH
                  + ": run as root, or let an administrator run \"chmod 666 "
                  + PATH
                  + "\"");
      case LibC.ENOENT, LibC.ENXIO, LibC.ENODEV -> noTun("is missing or has no driver");
      default -> TunException.system("open " + PATH, errno);
    };
  }

  static TunException noTun(String what) {
    return new TunException(
        TunException.Reason.NO_TUN,
        PATH
            + " "
            + what
            + ": load it with \"modprobe tun\"; in a container, start it with \"--device "
            + PATH
            + "\"");
  }

  private void attach() throws TunException {
    ByteBuffer ifreq = LibC.memory(40);
    ifreq.put(0, options.name().getBytes(StandardCharsets.US_ASCII));
    Optional<TunState> existing = existing();
    TunAttachment attachment = new TunAttachment(options, existing);
    int kind = IFF_TUN_NO_PI | (attachment.multiQueue() ? IFF_MULTI_QUEUE : 0);
    boolean wanted = options.headers() == TunOptions.VnetHeaders.WHEN_SUPPORTED;
    int flags = wanted ? kind | IFF_VNET_HDR : kind;
    int errno = setIff(fds[0], ifreq, flags);
    if (errno == LibC.EINVAL && wanted) {
      flags = kind;
      errno = setIff(fds[0], ifreq, flags);
    }
    if (errno != 0) {
      throw attachment.failed(errno);
    }
    name = Netlink.name(ifreq);
    ifIndex = Netlink.indexOf(name);
    settings = new TunSettings(netlink, ifIndex, new IpCommands(name, options.namespace()));
    for (int queue = 1; queue < fds.length; queue++) {
      fds[queue] = openPath();
      errno = setIff(fds[queue], ifreq, flags);
      if (errno != 0) {
        throw TunException.system("TUNSETIFF " + name + ", queue " + queue, errno);
      }
    }
    if ((flags & IFF_VNET_HDR) != 0) {
      negotiate(options.offloads());
    } else {
      offloads = acceptedOffloads(Set.of()); // a device that stays keeps those of its last user
    }
  }

  private Optional<TunState> existing() throws TunException {
    int index = Netlink.indexOf(options.name());
    return index == 0 ? Optional.empty() : Optional.of(netlink.state(index));
  }

  private int setIff(int fd, ByteBuffer ifreq, int flags) {
    ifreq.putShort(16, (short) flags);
    return ioctl(fd, TUNSETIFF, LibC.addressOf(ifreq));
  }

  /** Header length, byte order and offloads, each as far as the kernel goes along. */
  private void negotiate(Set<TunOffload> wanted) throws TunException {
    ByteBuffer value = LibC.memory(4);
    long address = LibC.addressOf(value);
    headerLength = 10; // what a kernel without TUNSETVNETHDRSZ uses
    for (int length : HEADER_LENGTHS) {
      value.putInt(0, length);
      if (ioctl(TUNSETVNETHDRSZ, address) == 0) {
        headerLength = length;
        break;
      }
    }
    value.putInt(0, 1);
    int errno = ioctl(TUNSETVNETLE, address);
    if (errno != 0 && java.nio.ByteOrder.nativeOrder() == java.nio.ByteOrder.BIG_ENDIAN) {
      throw TunException.system("TUNSETVNETLE", errno);
    }
    offloads = acceptedOffloads(wanted);
  }

  /** Gives up the rarest offload first until the kernel agrees. */
  private Set<TunOffload> acceptedOffloads(Set<TunOffload> wanted) {
    EnumSet<TunOffload> left = EnumSet.noneOf(TunOffload.class);
    left.addAll(wanted);
    if (!left.contains(TunOffload.CHECKSUM)) {
      left.clear(); // the kernel refuses segmentation without it
    }
    TunOffload[] all = TunOffload.values();
    for (int i = all.length - 1; i >= 0; i--) {
      if (ioctl(TUNSETOFFLOAD, TunOffload.bits(left)) == 0) {
        return Collections.unmodifiableSet(left);
      }
      left.remove(all[i]);
    }
    ioctl(TUNSETOFFLOAD, 0);
    return Set.of();
  }

  private int ioctl(long request, long argument) {
    return ioctl(fds[0], request, argument);
  }

  private static int ioctl(int fd, long request, long argument) {
    return LibC.ioctl(fd, new NativeLong(request), argument) < 0 ? LibC.errno() : 0;
  }

  /**
   * Adds an address of ours: gives the kernel's side its address in the same prefix, unless it has
   * it.
   *
   * @throws TunException with the reason
   */
  public void addAddress(TunAddress address) throws TunException {
    settings.addAddress(address);
    synchronized (addresses) {
      if (!addresses.contains(address)) {
        addresses.add(address);
      }
    }
  }

  /**
   * Takes the kernel's address in this prefix away again.
   *
   * @throws TunException with the reason
   */
  public void removeAddress(TunAddress address) throws TunException {
    settings.removeAddress(address);
    synchronized (addresses) {
      addresses.remove(address);
    }
  }

  /**
   * Brings the interface up, with the IPv6 addresses that Linux took away when it went down.
   *
   * @throws TunException with the reason
   */
  public void up() throws TunException {
    settings.up(addresses());
  }

  /**
   * Takes the interface down: the kernel drops what it has for us, and our writes fail. Its IPv6
   * addresses are gone until {@link #up()}.
   *
   * @throws TunException with the reason
   */
  public void down() throws TunException {
    settings.down();
  }

  /** The descriptor of the first queue, non-blocking, for polling; closed by {@link #close()}. */
  public int fd() {
    return fd(0);
  }

  /**
   * The descriptor of a queue, non-blocking, for polling; closed by {@link #close()}.
   *
   * @param queue counted from 0
   */
  public int fd(int queue) {
    return fds[queue];
  }

  /** Number of queues. */
  public int queues() {
    return fds.length;
  }

  /** The interface name, with the number the kernel picked. */
  public String name() {
    return name;
  }

  /** The interface index in its namespace. */
  public int ifIndex() {
    return ifIndex;
  }

  /** The MTU in bytes. */
  public int mtu() {
    return options.mtu();
  }

  /** Length in bytes of the virtio-net header before each packet: 12, 10, or 0 for none. */
  public int headerLength() {
    return headerLength;
  }

  /** What the kernel agreed to leave undone in packets for us. */
  public Set<TunOffload> offloads() {
    return offloads;
  }

  /** Our addresses on this device. */
  public List<TunAddress> addresses() {
    synchronized (addresses) {
      return List.copyOf(addresses);
    }
  }

  /**
   * Closes one queue, whose packets then come through the others; the device with the last one.
   * Does nothing the second time.
   *
   * @param queue counted from 0
   */
  public synchronized void closeQueue(int queue) {
    if (fds[queue] != CLOSED) {
      LibC.close(fds[queue]);
      fds[queue] = CLOSED;
    }
    if (Arrays.stream(fds).allMatch(fd -> fd == CLOSED)) {
      netlink.close();
    }
  }

  @Override
  public synchronized void close() {
    for (int queue = 0; queue < fds.length; queue++) {
      closeQueue(queue);
    }
  }

  @Override
  public String toString() {
    return "TunDevice["
        + name
        + " fds="
        + Arrays.toString(fds)
        + " mtu="
        + mtu()
        + " offloads="
        + offloads
        + "]";
  }
}
