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
import java.util.Set;
import org.mptcp4j.wire.IpAddress;

/**
 * A TUN device of ours: its file descriptors, one for each queue, non-blocking, and its settings.
 * The device disappears when it is closed, unless somebody else made it persistent. It may live in
 * another network namespace than this process; that is where {@link #up}, {@link #down} and the
 * address calls then work. Those calls may come from any thread.
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

  /** The kernel's 500 overflow when it answers a thousand connections while we wait for a CPU. */
  private static final int QUEUE_PACKETS = 4096;

  private static final int CLOSED = -1;

  private final int[] fds;
  private final Netlink netlink;
  private String name;
  private int ifIndex;
  private int mtu;
  private int headerLength;
  private Set<TunOffload> offloads = Set.of();
  private final List<TunAddress> addresses = new ArrayList<>();

  private TunDevice(int queues, Netlink netlink) {
    fds = new int[queues];
    Arrays.fill(fds, CLOSED);
    this.netlink = netlink;
  }

  /**
   * Creates the device, sets its MTU and the kernel's addresses, and brings it up.
   *
   * @throws TunException with the reason; nothing is left behind
   */
  public static TunDevice open(TunOptions options) throws TunException {
    checkName(options.name());
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
      device = new TunDevice(options.queues(), new Netlink());
      device.fds[0] = first;
      device.attach(options);
      device.configure(options);
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
              "no permission to open " + PATH + ": run as root or give the process access to it");
      case LibC.ENOENT, LibC.ENXIO, LibC.ENODEV -> noTun("is missing or has no driver");
      default -> TunException.system("open " + PATH, errno);
    };
  }

  private static TunException noTun(String what) {
    return new TunException(
        TunException.Reason.NO_TUN,
        PATH
            + " "
            + what
            + ": load it with \"modprobe tun\"; in a container, start it with \"--device "
            + PATH
            + "\"");
  }

  private void attach(TunOptions options) throws TunException {
    ByteBuffer ifreq = LibC.memory(40);
    ifreq.put(0, options.name().getBytes(StandardCharsets.US_ASCII));
    int kind = IFF_TUN_NO_PI | queueFlag(options);
    boolean wanted = options.headers() == TunOptions.VnetHeaders.WHEN_SUPPORTED;
    int flags = wanted ? kind | IFF_VNET_HDR : kind;
    int errno = setIff(fds[0], ifreq, flags);
    if (errno == LibC.EINVAL && wanted) {
      flags = kind;
      errno = setIff(fds[0], ifreq, flags);
    }
    if (errno != 0) {
      throw attachFailed(options.name(), errno);
    }
    name = Netlink.name(ifreq);
    ifIndex = Netlink.indexOf(name);
    for (int queue = 1; queue < fds.length; queue++) {
      fds[queue] = openPath();
      errno = setIff(fds[queue], ifreq, flags);
      if (errno != 0) {
        throw TunException.system("TUNSETIFF " + name + ", queue " + queue, errno);
      }
    }
    if ((flags & IFF_VNET_HDR) != 0) {
      negotiate(options.offloads());
    }
  }

  /**
   * IFF_MULTI_QUEUE when it is needed. The kernel would let us join the queues of a device that
   * another process reads, and take a part of its packets away.
   */
  private int queueFlag(TunOptions options) throws TunException {
    int existing = Netlink.indexOf(options.name());
    TunState state = existing == 0 ? null : netlink.tunState(existing);
    if (state == null) {
      return options.queues() > 1 ? IFF_MULTI_QUEUE : 0;
    }
    if (state.attached() > 0) {
      throw attachFailed(options.name(), LibC.EBUSY);
    }
    if (options.queues() > 1 && !state.multiQueue()) {
      throw new TunException(
          TunException.Reason.ONE_QUEUE,
          "TUN device "
              + options.name()
              + " exists and has one queue, but "
              + options.queues()
              + " are wanted: choose another name, or make it with \"ip tuntap add dev "
              + options.name()
              + " mode tun multi_queue\"");
    }
    return state.multiQueue() ? IFF_MULTI_QUEUE : 0;
  }

  private int setIff(int fd, ByteBuffer ifreq, int flags) {
    ifreq.putShort(16, (short) flags);
    return ioctl(fd, TUNSETIFF, LibC.addressOf(ifreq));
  }

  private static TunException attachFailed(String name, int errno) {
    return switch (errno) {
      case LibC.EPERM, LibC.EACCES ->
          new TunException(
              TunException.Reason.NO_PERMISSION,
              "no permission to create TUN device "
                  + name
                  + ": needs CAP_NET_ADMIN; run as root, or let an administrator create it with"
                  + " \"ip tuntap add dev "
                  + name
                  + " mode tun user $USER\"");
      case LibC.EBUSY ->
          new TunException(
              TunException.Reason.IN_USE,
              "TUN device " + name + " is in use by another process: choose another name");
      case LibC.EINVAL, LibC.EEXIST ->
          new TunException(
              TunException.Reason.IN_USE,
              "interface " + name + " exists and is not a TUN device: choose another name");
      case LibC.ENOTTY -> noTun("is something else than the TUN driver");
      default -> TunException.system("TUNSETIFF " + name, errno);
    };
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

  private void configure(TunOptions options) throws TunException {
    mtu = options.mtu();
    int errno = netlink.mtu(ifIndex, mtu);
    boolean v6 = options.addresses().stream().anyMatch(a -> !a.local().isV4());
    if (errno == LibC.EINVAL || mtu < 68 || (v6 && mtu < 1280)) {
      throw new TunException(
          TunException.Reason.BAD_MTU,
          "MTU of " + name + " must be 68 to 65535, and 1280 or more for IPv6, but is " + mtu);
    }
    check("set MTU of " + name, errno);
    check("set queue length of " + name, netlink.queueLength(ifIndex, QUEUE_PACKETS));
    for (TunAddress address : options.addresses()) {
      addAddress(address);
    }
    up();
  }

  /**
   * Adds an address of ours: gives the kernel's side its address in the same prefix.
   *
   * @throws TunException with the reason
   */
  public void addAddress(TunAddress address) throws TunException {
    IpAddress kernel = address.kernelSide();
    int errno = netlink.addAddress(ifIndex, kernel, address.prefix());
    if (errno == LibC.EEXIST) {
      throw new TunException(
          TunException.Reason.IN_USE, kernel + " is already an address of interface " + name);
    }
    if (errno == LibC.EACCES && !kernel.isV4()) {
      throw new TunException(
          TunException.Reason.BAD_ADDRESS,
          "IPv6 is switched off for "
              + name
              + ": enable it with \"sysctl net.ipv6.conf.all.disable_ipv6=0\"");
    }
    if (errno == LibC.EINVAL || errno == LibC.EADDRNOTAVAIL) {
      throw new TunException(
          TunException.Reason.BAD_ADDRESS, "the kernel refuses address " + kernel + " on " + name);
    }
    check("add address " + kernel + " to " + name, errno);
    synchronized (addresses) {
      addresses.add(address);
    }
  }

  /**
   * Takes the kernel's address in this prefix away again.
   *
   * @throws TunException with the reason
   */
  public void removeAddress(TunAddress address) throws TunException {
    IpAddress kernel = address.kernelSide();
    check(
        "remove address " + kernel + " from " + name,
        netlink.removeAddress(ifIndex, kernel, address.prefix()));
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
    check("set " + name + " up", netlink.up(ifIndex));
    for (TunAddress address : addresses()) {
      if (!address.local().isV4()) {
        IpAddress kernel = address.kernelSide();
        int errno = netlink.addAddress(ifIndex, kernel, address.prefix());
        check("add address " + kernel + " to " + name, errno == LibC.EEXIST ? 0 : errno);
      }
    }
  }

  /**
   * Takes the interface down: the kernel drops what it has for us, and our writes fail. Its IPv6
   * addresses are gone until {@link #up()}.
   *
   * @throws TunException with the reason
   */
  public void down() throws TunException {
    check("set " + name + " down", netlink.down(ifIndex));
  }

  private static void check(String what, int errno) throws TunException {
    if (errno != 0) {
      throw TunException.system(what, errno);
    }
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
    return mtu;
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
        + mtu
        + " offloads="
        + offloads
        + "]";
  }
}
