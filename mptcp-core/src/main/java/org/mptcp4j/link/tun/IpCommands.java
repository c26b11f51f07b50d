package org.mptcp4j.link.tun;

import java.util.ArrayList;
import java.util.List;

/**
 * What an administrator types to make or change a TUN device, for the texts of errors.
 *
 * @param name of the device
 * @param namespace as in {@link TunOptions}
 */
record IpCommands(String name, String namespace) {
  private static final int ROOT = 0;

  private String ip(String words) {
    if (namespace.isEmpty()) {
      return "ip " + words;
    }
    // "ip -n" looks up a name below /run/netns and takes no path
    return namespace.indexOf('/') < 0
        ? "ip -n " + namespace + " " + words
        : "nsenter --net=" + namespace + " ip " + words;
  }

  /** Makes the whole device for a user. */
  List<String> create(TunOptions options, int user) {
    List<String> commands = new ArrayList<>();
    commands.add(
        ip("tuntap add dev " + name + " mode tun")
            + (options.queues() > 1 ? " multi_queue" : "")
            + (user == ROOT ? "" : " user " + Integer.toUnsignedString(user)));
    for (TunAddress address : options.addresses()) {
      commands.add(addAddress(address));
    }
    commands.add(
        ip("link set dev " + name + " mtu " + options.mtu())
            + (" txqueuelen " + TunSettings.QUEUE_PACKETS + " up"));
    return commands;
  }

  /** As {@link #create}, in the place of what has the name now. */
  List<String> recreate(TunOptions options, int user) {
    List<String> commands = new ArrayList<>(List.of(ip("link del dev " + name)));
    commands.addAll(create(options, user));
    return commands;
  }

  String mtu(int bytes) {
    return ip("link set dev " + name + " mtu " + bytes);
  }

  String queueLength(int packets) {
    return ip("link set dev " + name + " txqueuelen " + packets);
  }

  String up() {
    return ip("link set dev " + name + " up");
  }

  String down() {
    return ip("link set dev " + name + " down");
  }

  String addAddress(TunAddress address) {
    String noDetection = address.local().isV4() ? "" : " nodad";
    return ip("addr add " + address.kernelPrefix() + " dev " + name + noDetection);
  }

  String removeAddress(InterfaceAddress address) {
    return removeAddress(address, name);
  }

  String removeAddress(InterfaceAddress address, String from) {
    return ip("addr del " + address + " dev " + from);
  }

  /** One line for a shell. */
  static String line(List<String> commands) {
    return "\"" + String.join(" && ", commands) + "\"";
  }
}
