package org.mptcp4j.tcp;

/**
 * What a SYN cookie tells of the SYN that it answered.
 *
 * @param iss our initial sequence number, which is the cookie
 * @param mss the peer's segment size, rounded down
 * @param windowScale shift of the windows that the peer advertises, -1 when nobody scales
 * @param sack whether selective acknowledgements were agreed
 * @param timestamps whether timestamps were agreed
 */
public record SynCookie(int iss, int mss, int windowScale, boolean sack, boolean timestamps) {}
