/**
 * MPTCP connections as Netty channels.
 *
 * <p>A {@link org.mptcp4j.netty.MptcpHost} is one stack with its TUN devices on one event loop. Its
 * {@link org.mptcp4j.netty.MptcpChannel}s and {@link org.mptcp4j.netty.MptcpServerChannel}s work
 * with the plain {@code Bootstrap} and {@code ServerBootstrap}, and with every handler of Netty. A
 * {@link org.mptcp4j.netty.SimulatedNetwork} runs the same channels over simulated links in virtual
 * time, for tests.
 *
 * <p>How a packet travels: epoll says that the TUN descriptor is readable; {@code LinkPort} lets
 * {@code LinkDrive} read a batch of packets, each up to 64 KB long, and give it to the stack; the
 * stack's events go to the channels that they concern, which read what is in order and fire {@code
 * channelRead}; what handlers write goes into the stack's send queue by reference; at the end of
 * the batch the stack is asked for packets, acknowledgements included, and they leave by gathering
 * writes. All of this is one thread and one turn of its event loop.
 *
 * <p>Back-pressure works at both ends. A handler that does not read leaves bytes in the receive
 * queue, and the data-level window closes. A full send buffer leaves messages in Netty's outbound
 * buffer, and the channel becomes unwritable.
 */
@NullMarked
package org.mptcp4j.netty;

import org.jspecify.annotations.NullMarked;
