package org.mptcp4j.lab.decode;

/**
 * One captured packet.
 *
 * @param timeNs nanoseconds since 1970
 * @param linkType the LINKTYPE number of its first bytes
 * @param originalLength bytes it had on the wire; more than there are when the capture cut it
 * @param data its bytes
 */
record Frame(long timeNs, int linkType, int originalLength, byte[] data) {}
