package org.mptcp4j.netty;

/**
 * User event of a channel: the peer calls data urgent. It is part of the stream and is read in its
 * order (RFC 9293 section 3.8.5); plain TCP only.
 *
 * @param bytes that are to be read, or to come, from now on until nothing is urgent
 */
public record UrgentData(long bytes) {}
