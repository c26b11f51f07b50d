package org.mptcp4j.link.tun;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.tun.TunException.Reason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The settings of the interface of a TUN device. Reads first and changes only what differs, so that
 * a device that an administrator has prepared needs no privileges.
 */
final class TunSettings {
  private static final Logger LOG = LoggerFactory.getLogger(TunSettings.class);

  /** The kernel's 500 overflow when it answers a thousand connections while we wait for a CPU. */
  static final int QUEUE_PACKETS = 4096;

  private static final int MIN_MTU = 68;
  private static final int MAX_MTU = 65_535;
  private static final int MIN_MTU_V6 = 1280;

  /**
   * Something that is not as it should be.
   *
   * @param found what is wrong, as a predicate of the device
   * @param command what an administrator can do about it
   * @param request does it; 0 or the error number
   */
  private record Change(String found, String command, IntSupplier request) {}

  private final Netlink netlink;
  private final int ifIndex;
  private final IpCommands commands;

  TunSettings(Netlink netlink, int ifIndex, IpCommands commands) {
    this.netlink = netlink;
    this.ifIndex = ifIndex;
    this.commands = commands;
  }

  private String name() {
    return commands.name();
  }

  /**
   * Checks an MTU before there is a device.
   *
   * @throws TunException when no device with these addresses can have it
   */
  static void checkMtu(TunOptions options) throws TunException {
    int mtu = options.mtu();
    boolean v6 = options.addresses().stream().anyMatch(a -> !a.local().isV4());
    // RFC 8200 section 5: IPv6 needs 1280
    if (mtu < MIN_MTU || mtu > MAX_MTU || v6 && mtu < MIN_MTU_V6) {
      throw new TunException(
          Reason.BAD_MTU,
          "MTU of "
              + options.name()
              + " must be "
              + (v6 ? MIN_MTU_V6 : MIN_MTU)
              + " to "
              + MAX_MTU
              + (v6 ? ", because it has an IPv6 address" : "")
              + ", but is "
              + mtu);
    }
  }

  /** MTU, queue length, addresses and state. */
  void apply(TunOptions options) throws TunException {
    TunState state = netlink.state(ifIndex);
    List<Change> changes = new ArrayList<>();
    int mtu = options.mtu();
    if (state.mtu() != mtu) {
      changes.add(
          new Change(
              "has MTU " + state.mtu() + " instead of " + mtu,
              commands.mtu(mtu),
              () -> netlink.mtu(ifIndex, mtu)));
    }
    addMissing(changes, options.addresses());
    addUp(changes, state);
    make(changes);
    raiseQueueLength(state);
  }

  /** A short queue loses packets in bursts, but it works: no reason not to start. */
  private void raiseQueueLength(TunState state) throws TunException {
    if (state.queueLength() >= QUEUE_PACKETS) {
      return;
    }
    int errno = netlink.queueLength(ifIndex, QUEUE_PACKETS);
    if (errno == LibC.EPERM) {
      LOG.info(
          "TUN device {} holds {} packets, which bursts may exceed; an administrator can raise that"
              + " with \"{}\"",
          name(),
          state.queueLength(),
          commands.queueLength(QUEUE_PACKETS));
    } else if (errno != 0) {
      throw TunException.system("set queue length of " + name(), errno);
    }
  }

  /** Up, with the addresses: Linux takes those of IPv6 away when an interface goes down. */
  void up(List<TunAddress> addresses) throws TunException {
    List<Change> changes = new ArrayList<>();
    addMissing(changes, addresses);
    addUp(changes, netlink.state(ifIndex));
    make(changes);
  }

  private void addUp(List<Change> changes, TunState state) {
    if (!state.up()) {
      changes.add(new Change("is down", commands.up(), () -> netlink.up(ifIndex)));
    }
  }

  void down() throws TunException {
    if (netlink.state(ifIndex).up()) {
      make(List.of(new Change("is up", commands.down(), () -> netlink.down(ifIndex))));
    }
  }

  /** Gives the kernel's side its address, unless it has it. */
  void addAddress(TunAddress address) throws TunException {
    List<Change> changes = new ArrayList<>();
    addMissing(changes, List.of(address));
    make(changes);
  }

  void removeAddress(TunAddress address) throws TunException {
    InterfaceAddress asked = InterfaceAddress.of(ifIndex, address.kernelPrefix());
    InterfaceAddress gone =
        netlink.addresses().stream()
            .filter(present -> present.ifIndex() == ifIndex && present.serves(address))
            .findFirst()
            .orElse(asked);
    make(
        List.of(
            new Change(
                "still has address " + gone,
                commands.removeAddress(gone),
                () -> netlink.removeAddress(gone))));
  }

  private void addMissing(List<Change> changes, List<TunAddress> wanted) throws TunException {
    List<InterfaceAddress> present = netlink.addresses();
    for (TunAddress address : wanted) {
      checkIsFree(address, present);
      List<InterfaceAddress> here =
          present.stream()
              .filter(a -> a.ifIndex() == ifIndex && a.local().equals(address.kernelSide()))
              .toList();
      if (here.stream().noneMatch(a -> a.serves(address))) {
        // an interface may have an IPv4 address with several prefixes, but an IPv6 address once
        if (!address.local().isV4()) {
          here.forEach(other -> changes.add(wrongPrefix(other)));
        }
        changes.add(missing(address));
      }
    }
  }

  private Change wrongPrefix(InterfaceAddress other) {
    return new Change(
        "has address " + other, commands.removeAddress(other), () -> netlink.removeAddress(other));
  }

  private Change missing(TunAddress address) {
    InterfaceAddress kernel = InterfaceAddress.of(ifIndex, address.kernelPrefix());
    return new Change(
        "lacks address " + kernel, commands.addAddress(address), () -> netlink.addAddress(kernel));
  }

  /**
   * The kernel would take an address on two interfaces, and send what belongs to the one to the
   * other; and it would keep for itself what is sent to an address of its own.
   */
  private void checkIsFree(TunAddress wanted, List<InterfaceAddress> present) throws TunException {
    IpAddress kernel = wanted.kernelSide();
    for (InterfaceAddress other : present) {
      boolean elsewhere = other.ifIndex() != ifIndex;
      if (elsewhere && isLinkLocal(other.local())) {
        continue;
      }
      if (elsewhere && other.local().equals(kernel)) {
        throw taken(
            kernel + ", which would be the kernel's address on " + name() + ",", other, "prefix");
      }
      if (other.local().equals(wanted.local())) {
        throw taken(wanted.local() + ", which would be ours on " + name() + ",", other, "address");
      }
    }
  }

  private TunException taken(String what, InterfaceAddress other, String remedy)
      throws TunException {
    String owner = netlink.state(other.ifIndex()).name();
    return new TunException(
        Reason.IN_USE,
        what
            + " is already an address of interface "
            + owner
            + ": choose another "
            + remedy
            + ", or take it away with "
            + IpCommands.line(List.of(commands.removeAddress(other, owner))));
  }

  /** RFC 4291 section 2.5.6: such an address means something on its link only. */
  private static boolean isLinkLocal(IpAddress address) {
    return !address.isV4() && address.hi() >>> 54 == 0xfe80 >>> 6;
  }

  private void make(List<Change> changes) throws TunException {
    for (int i = 0; i < changes.size(); i++) {
      int errno = changes.get(i).request().getAsInt();
      if (errno == LibC.EPERM) {
        throw notPermitted(changes.subList(i, changes.size()));
      }
      if (errno != 0) {
        throw failed(changes.get(i), errno);
      }
    }
  }

  private TunException notPermitted(List<Change> left) {
    return new TunException(
        Reason.NO_PERMISSION,
        "TUN device "
            + name()
            + " "
            + left.stream().map(Change::found).collect(Collectors.joining(", "))
            + ", and this process may not change that (it needs CAP_NET_ADMIN): let an"
            + " administrator run "
            + IpCommands.line(left.stream().map(Change::command).toList()));
  }

  private TunException failed(Change change, int errno) {
    if (errno == LibC.EACCES) {
      return new TunException(
          Reason.BAD_ADDRESS,
          "IPv6 is switched off for "
              + name()
              + ": enable it with \"sysctl net.ipv6.conf.all.disable_ipv6=0\"");
    }
    if (errno == LibC.EINVAL || errno == LibC.EADDRNOTAVAIL) {
      return new TunException(
          Reason.BAD_ADDRESS, "the kernel refuses \"" + change.command() + "\"");
    }
    return TunException.system(change.command(), errno);
  }
}
