package org.mptcp4j.netty;

import java.net.InetSocketAddress;

/**
 * The peer announced an address by ADD_ADDR (RFC 8684 section 3.4.1). Fired through the pipeline as
 * a user event.
 *
 * @param address the address; port 0 means the port of the connection
 */
public record AddressAnnounced(InetSocketAddress address) {}
