package org.mptcp4j.link.pcap;

import java.util.ArrayList;
import java.util.List;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.packet.IpPrefix;

/** How to attach to an Ethernet interface. Immutable; start from {@link #on} and refine. */
public sealed interface PcapOptions permits PcapOptionValues {
  /** Such as {@code eth0}. */
  String interfaceName();

  /** Our own MAC address, not the interface's. */
  MacAddress mac();

  /**
   * Our addresses with the prefixes that are on the link; none of them is an address of the host.
   */
  List<IpPrefix> addresses();

  /** Where packets for other prefixes go, at most one for each family. */
  List<IpAddress> gateways();

  /** In bytes, 0 for the interface's. */
  int mtu();

  /** A BPF expression that captured packets must match too, or empty. */
  String filter();

  /** On this interface under this MAC address, without an IP address yet. */
  static PcapOptions on(String interfaceName, MacAddress mac) {
    return new PcapOptionValues(interfaceName, mac, List.of(), List.of(), 0, "");
  }

  /** These options with one more address of ours. */
  default PcapOptions withAddress(IpPrefix address) {
    List<IpPrefix> more = new ArrayList<>(addresses());
    more.add(address);
    return new PcapOptionValues(interfaceName(), mac(), more, gateways(), mtu(), filter());
  }

  /** These options with one more gateway. */
  default PcapOptions withGateway(IpAddress gateway) {
    List<IpAddress> more = new ArrayList<>(gateways());
    more.add(gateway);
    return new PcapOptionValues(interfaceName(), mac(), addresses(), more, mtu(), filter());
  }

  /** These options with another MTU. */
  default PcapOptions withMtu(int bytes) {
    return new PcapOptionValues(interfaceName(), mac(), addresses(), gateways(), bytes, filter());
  }

  /** These options with a BPF expression that captured packets must match too. */
  default PcapOptions withFilter(String expression) {
    return new PcapOptionValues(interfaceName(), mac(), addresses(), gateways(), mtu(), expression);
  }
}
