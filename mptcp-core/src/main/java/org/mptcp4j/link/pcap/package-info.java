/**
 * Ethernet interfaces as links, through libpcap (pcap4j): frames in and out under a MAC address and
 * IP addresses of our own, with ARP and IPv6 neighbour discovery.
 */
package org.mptcp4j.link.pcap;
