package org.mptcp4j.link.pcap;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.packet.IpPrefix;

/**
 * How to attach to an Ethernet interface. Immutable; start from {@link #on} and refine.
 *
 * @param interfaceName such as {@code eth0}
 * @param mac our own MAC address, not the interface's
 * @param addresses our addresses with the prefixes that are on the link; none of them is an address
 *     of the host
 * @param gateways where packets for other prefixes go, at most one for each family
 * @param mtu in bytes, 0 for the interface's
 * @param filter a BPF expression that captured packets must match too, or empty
 */
public record PcapOptions(
    String interfaceName,
    MacAddress mac,
    List<IpPrefix> addresses,
    List<IpAddress> gateways,
    int mtu,
    String filter) {
  /** Copies the lists and checks for null. */
  public PcapOptions {
    Objects.requireNonNull(interfaceName, "interfaceName");
    Objects.requireNonNull(mac, "mac");
    Objects.requireNonNull(filter, "filter");
    addresses = List.copyOf(addresses);
    gateways = List.copyOf(gateways);
    if (!mac.isUnicast()) {
      throw new IllegalArgumentException("our MAC address must be unicast: " + mac);
    }
  }

  /** On this interface under this MAC address, without an IP address yet. */
  public static PcapOptions on(String interfaceName, MacAddress mac) {
    return new PcapOptions(interfaceName, mac, List.of(), List.of(), 0, "");
  }

  /** These options with one more address of ours. */
  public PcapOptions withAddress(IpPrefix address) {
    List<IpPrefix> more = new ArrayList<>(addresses);
    more.add(address);
    return new PcapOptions(interfaceName, mac, more, gateways, mtu, filter);
  }

  /** These options with one more gateway. */
  public PcapOptions withGateway(IpAddress gateway) {
    List<IpAddress> more = new ArrayList<>(gateways);
    more.add(gateway);
    return new PcapOptions(interfaceName, mac, addresses, more, mtu, filter);
  }

  /** These options with another MTU. */
  public PcapOptions withMtu(int bytes) {
    return new PcapOptions(interfaceName, mac, addresses, gateways, bytes, filter);
  }

  /** What libpcap is asked for: frames to us, ARP and neighbour discovery always among them. */
  String expression() {
    String toUs = "(ether dst " + mac + " or ether multicast) and not ether src " + mac;
    String neighbours = "arp or icmp6";
    String wanted = filter.isEmpty() ? "arp or ip or ip6" : neighbours + " or (" + filter + ")";
    return toUs + " and (" + wanted + ")";
  }
}
