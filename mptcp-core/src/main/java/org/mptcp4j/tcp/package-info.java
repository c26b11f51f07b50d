/**
 * TCP (RFC 9293) as a state machine without I/O: one {@link org.mptcp4j.tcp.TcpSock} per connection
 * or MPTCP subflow. Time is an argument, segments come in and go out through reusable views, and
 * nothing here knows of MPTCP except through {@link org.mptcp4j.tcp.TcpExtension}.
 *
 * <p>Inside the package both byte streams are addressed by 64-bit offsets that never wrap: offset 0
 * is the SYN, offset 1 the first byte of data. Wire sequence numbers are turned into offsets, and
 * back, at the edge of {@link org.mptcp4j.tcp.TcpSock} only.
 */
package org.mptcp4j.tcp;
