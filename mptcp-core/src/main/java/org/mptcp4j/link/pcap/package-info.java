/**
 * Ethernet interfaces as links, through libpcap (pcap4j): frames in and out under a MAC address and
 * IP addresses of our own, with ARP and IPv6 neighbour discovery.
 */
@NullMarked
package org.mptcp4j.link.pcap;

import org.jspecify.annotations.NullMarked;
