package org.mptcp4j.link.pcap;

import java.util.List;
import java.util.Objects;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.packet.IpPrefix;

/** What {@link PcapOptions} is made of. */
record PcapOptionValues(
    String interfaceName,
    MacAddress mac,
    List<IpPrefix> addresses,
    List<IpAddress> gateways,
    int mtu,
    String filter)
    implements PcapOptions {
  /** Copies the lists and checks for null. */
  PcapOptionValues {
    Objects.requireNonNull(interfaceName, "interfaceName");
    Objects.requireNonNull(mac, "mac");
    Objects.requireNonNull(filter, "filter");
    addresses = List.copyOf(addresses);
    gateways = List.copyOf(gateways);
    if (!mac.isUnicast()) {
      throw new IllegalArgumentException("our MAC address must be unicast: " + mac);
    }
  }

  /** What libpcap is asked for: frames to us, ARP and neighbour discovery always among them. */
  static String expression(PcapOptions options) {
    String toUs =
        "(ether dst " + options.mac() + " or ether multicast) and not ether src " + options.mac();
    String neighbours = "arp or icmp6";
    String wanted =
        options.filter().isEmpty()
            ? "arp or ip or ip6"
            : neighbours + " or (" + options.filter() + ")";
    return toUs + " and (" + wanted + ")";
  }
}
