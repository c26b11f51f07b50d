/**
 * Linux TUN devices as links: opening and configuring the device ({@link
 * org.mptcp4j.link.tun.TunDevice}), packets in and out of it ({@link
 * org.mptcp4j.link.tun.TunLink}), and a loop thread that drives a stack over several of them
 * without Netty ({@link org.mptcp4j.link.tun.TunLoop}). Native calls go through JNA direct mapping.
 */
@NullMarked
package org.mptcp4j.link.tun;

import org.jspecify.annotations.NullMarked;
