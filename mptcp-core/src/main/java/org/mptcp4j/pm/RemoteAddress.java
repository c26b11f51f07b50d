package org.mptcp4j.pm;

import org.mptcp4j.link.packet.IpAddress;

/**
 * An address of the peer.
 *
 * @param id the peer's address id; 0 is the address the connection began on
 * @param address the address
 * @param port port to join, that of the first subflow unless the peer announced another
 */
public record RemoteAddress(int id, IpAddress address, int port) {}
