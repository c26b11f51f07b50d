/**
 * Multipath TCP version 1 (RFC 8684) over {@code TcpSock}: the connection with its meta socket,
 * control block and subflows. Nothing here has a thread, a clock or I/O of its own, and nothing
 * points back at its owner.
 */
package org.mptcp4j.mptcp;
