package org.mptcp4j.netty;

import java.net.InetSocketAddress;

/**
 * The peer withdrew an address by REMOVE_ADDR (RFC 8684 section 3.4.2); its subflows are closed.
 * Fired through the pipeline as a user event.
 *
 * @param address the address, and the port that it had been announced with
 */
public record AddressRemoved(InetSocketAddress address) {}
