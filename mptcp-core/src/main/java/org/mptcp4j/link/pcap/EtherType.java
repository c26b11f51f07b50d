package org.mptcp4j.link.pcap;

/** What an Ethernet frame carries, and the layout of its header. */
final class EtherType {
  static final int IPV4 = 0x0800;
  static final int ARP = 0x0806;
  static final int IPV6 = 0x86dd;

  /** Bytes of destination, source and type. */
  static final int HEADER = 14;

  /** The shortest frame without its check sequence. */
  static final int MIN_FRAME = 60;

  private EtherType() {}
}
