package org.mptcp4j.api;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.mptcp4j.link.PacketProcessor;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.packet.IpPrefix;
import org.mptcp4j.link.packet.PacketBatch;
import org.mptcp4j.pm.PathNews;
import org.mptcp4j.pm.Priority;

/**
 * A TCP and Multipath TCP host without I/O: packets and time go in, packets, events and the next
 * deadline come out.
 *
 * <p>It has no thread, no clock and no socket. One thread owns it and everything it hands out. That
 * thread, the driver, runs this turn, again and again:
 *
 * <pre>{@code
 * stack.onPackets(now, received);            // what the links received, if anything
 * if (now >= stack.nextTimeoutNs()) {
 *   stack.onTimeout(now);
 * }
 * for (StackEvent event = stack.pollEvent(); event != null; event = stack.pollEvent()) {
 *   application.handle(event);               // reads, writes, accepts, closes, connects
 * }
 * do {
 *   stack.pollTransmit(now, out);            // to be sent, each packet on its link
 * } while (send(out) was full);
 * sleepUntilPacketOr(stack.nextTimeoutNs());
 * }</pre>
 *
 * <p>What follows what: after {@link #onPackets}, {@link #onTimeout} or any verb of the
 * application, first {@link #pollEvent} until it has none, then {@link #pollTransmit} until it
 * leaves the batch with room, then {@link #nextTimeoutNs()}. Calls too early or too often do
 * nothing. Each call does a bounded amount of work.
 *
 * <p>Time is {@code System.nanoTime()} or any other scale whose differences are nanoseconds; it
 * never runs backwards, and an earlier value than the last is taken for the last.
 *
 * <p>Misuse throws {@link IllegalStateException} or {@link IllegalArgumentException}; whatever a
 * peer sends never throws.
 */
public interface MptcpStack extends PacketProcessor, AutoCloseable {
  /**
   * Starts to describe a stack.
   *
   * @return a builder without links
   */
  static StackBuilder builder() {
    return Provider.newInstance(StackBuilder.class);
  }

  /**
   * What it was configured with; from any thread.
   *
   * @return the configuration
   */
  StackConfig config();

  /**
   * Processes received packets. Call {@link #pollEvent} and {@link #pollTransmit} after it.
   *
   * @param nowNs the time
   * @param in takes ownership of the contents; the batch is empty afterwards
   */
  @Override
  void onPackets(long nowNs, PacketBatch in);

  /**
   * Takes packets that were given to {@link #onPackets} and belong to another stack of the {@link
   * StackGroup}, whose {@link #onPackets} has to get them as they are. To be called after {@link
   * #onPackets} until it is negative, by drivers of a group only.
   *
   * @param out an empty batch; receives packets for one stack, in the order in which they came. The
   *     caller owns them
   * @return the number of that stack; negative when there are none left
   */
  @Override
  int pollHandover(PacketBatch out);

  /**
   * Fills the free slots of the batch with packets to be sent. Connections take turns, a bounded
   * number of packets each. Call it after every other verb, and again as long as it filled the
   * batch; call {@link #nextTimeoutNs()} after it.
   *
   * @param nowNs the time
   * @param out receives packets; the caller owns them
   */
  @Override
  void pollTransmit(long nowNs, PacketBatch out);

  /**
   * When {@link #onTimeout} must be called if nothing else happens before. Ask after {@link
   * #pollTransmit} had nothing more to send: deadlines are set by what was sent. When sending gave
   * an event (a connection that is over, for example) the answer is the present time, once.
   *
   * @return a time not later than the next deadline; {@link Long#MAX_VALUE} when there is none
   */
  @Override
  long nextTimeoutNs();

  /**
   * Runs the timers that are due. Call {@link #pollEvent} and {@link #pollTransmit} after it. Too
   * early, it does nothing; after very many timers it returns with {@link #nextTimeoutNs()} in the
   * past, to be called again.
   *
   * @param nowNs the time
   */
  @Override
  void onTimeout(long nowNs);

  /**
   * Takes the next event. Call it until there is none, after {@link #onPackets}, {@link
   * #onTimeout}, and the verbs of sockets and of this class; call {@link #pollTransmit} after it,
   * because what the application does with events gives packets.
   *
   * @return the event, good until the next call; {@code null} when nothing happened
   */
  @Nullable StackEvent pollEvent();

  /**
   * Begins a connection with the default options. See {@link #connect(long, InetSocketAddress,
   * SocketOptions)}.
   *
   * @param nowNs the time
   * @param remote where to
   * @return a socket in state CONNECTING
   * @throws MptcpException when it cannot even be tried
   */
  MptcpSocket connect(long nowNs, InetSocketAddress remote) throws MptcpException;

  /**
   * Begins a connection. The socket may be written at once; {@link StackEvent.Type#CONNECTED} or
   * {@link StackEvent.Type#CONNECT_FAILED} follows. Call {@link #pollTransmit} after it.
   *
   * @param nowNs the time
   * @param remote where to; resolved, and with a port
   * @param options what to use
   * @return a socket in state CONNECTING
   * @throws MptcpException when it cannot even be tried: no route, or no host can be there
   *     (ENETUNREACH, EHOSTUNREACH), the chosen local address is not ours (EADDRNOTAVAIL) or taken
   *     (EADDRINUSE), no free port (EADDRINUSE), a limit is reached (ENOBUFS)
   * @throws IllegalArgumentException when the address is not resolved, a wildcard, or without port
   * @throws IllegalStateException when the stack is closed or shuts down
   */
  MptcpSocket connect(long nowNs, InetSocketAddress remote, SocketOptions options)
      throws MptcpException;

  /**
   * Listens with the default options. See {@link #listen(InetSocketAddress, int, SocketOptions)}.
   *
   * @param local where; port 0 means any free port
   * @param backlog established connections that wait to be accepted, at least 1
   * @return the server socket
   * @throws MptcpException when the address cannot be listened on
   */
  MptcpServerSocket listen(InetSocketAddress local, int backlog) throws MptcpException;

  /**
   * Listens for connections.
   *
   * @param local where: one of the stack's addresses, or the wildcard of either family, which means
   *     every address of both; port 0 means any free port
   * @param backlog established connections that wait to be accepted, at least 1; what comes beyond
   *     is dropped and counted
   * @param options what accepted sockets use
   * @return the server socket
   * @throws MptcpException when the port is taken (EADDRINUSE) or the address is not ours
   *     (EADDRNOTAVAIL)
   * @throws IllegalArgumentException when the address is not resolved or the backlog is less than 1
   * @throws IllegalStateException when the stack is closed or shuts down
   */
  MptcpServerSocket listen(InetSocketAddress local, int backlog, SocketOptions options)
      throws MptcpException;

  /**
   * Adds a link without addresses.
   *
   * @param index what {@code Packet.linkIndex} calls it, 0 or more
   * @param mtu largest IP packet it carries, in bytes
   * @throws IllegalArgumentException when the index is taken or the MTU is not in 576 to 65535
   */
  void addLink(int index, int mtu);

  /**
   * Adds an address to a link. Path managers may open subflows from it: call {@link #pollTransmit}
   * after it.
   *
   * @param nowNs the time
   * @param linkIndex the link
   * @param address the address, and the prefix that it is in
   * @param priority whether its subflows begin as backup
   * @throws IllegalArgumentException when the address is taken, or there is no such link
   */
  void addAddress(long nowNs, int linkIndex, IpPrefix address, Priority priority);

  /**
   * Adds an address, written as text, to a link. See {@link #addAddress(long, int, IpPrefix,
   * Priority)}.
   *
   * @param nowNs the time
   * @param linkIndex the link
   * @param address for example {@code "10.0.1.2/24"}
   * @param priority whether its subflows begin as backup
   * @throws IllegalArgumentException when the text does not parse, the address is taken, or there
   *     is no such link
   */
  default void addAddress(long nowNs, int linkIndex, String address, Priority priority) {
    addAddress(nowNs, linkIndex, IpPrefix.parse(address), priority);
  }

  /**
   * Takes an address away. Its subflows end, peers are told by REMOVE_ADDR: call {@link
   * #pollTransmit} after it.
   *
   * @param nowNs the time
   * @param address the address
   * @return {@code false} when it was not one of ours
   */
  boolean removeAddress(long nowNs, IpAddress address);

  /**
   * Says that a link went down or came up. Subflows of a link that is down are not used, and what
   * they carried is sent on others. Call {@link #pollTransmit} after it.
   *
   * @param nowNs the time
   * @param linkIndex the link
   * @param state its new state
   * @throws IllegalArgumentException when there is no such link
   */
  void setLinkState(long nowNs, int linkIndex, LinkState state);

  /**
   * Tells every connection's path manager something, for example that an endpoint was added. Call
   * {@link #pollTransmit} after it.
   *
   * <pre>{@code
   * stack.tellPathManagers(now, endpoints.add(Endpoint.of("10.0.2.2", Endpoint.Flag.SUBFLOW)));
   * }</pre>
   *
   * @param nowNs the time
   * @param news what path managers do not know they ignore
   */
  void tellPathManagers(long nowNs, PathNews news);

  /**
   * The counters that are not zero, under the names of the kernel's {@code nstat}, in a fixed
   * order.
   *
   * @return a new map, for example {@code {MPTcpExtMPCapableSYNTX=1, TcpActiveOpens=1}}
   */
  Map<String, Long> counters();

  /**
   * All counters, also those that are zero: among them every one of Linux's {@code MPTcpExt}, of
   * which those in {@code LinuxMptcpMib.NOT_COUNTED} are always zero.
   *
   * @return a new map, in the order of {@link #counters()}
   */
  Map<String, Long> allCounters();

  /**
   * What the stack holds at the moment: connections, flows, half-open connections, flows in
   * TIME-WAIT, memory.
   *
   * @return a snapshot
   */
  StackUsage usage();

  /**
   * A snapshot of every connection.
   *
   * @return a new list, in the order of {@link MptcpSocket#id()}
   */
  List<ConnectionInfo> connections();

  /**
   * Begins the end of the stack. Server sockets are closed, and connections that wait to be
   * accepted or whose handshake is not over are reset. Sockets that are open are closed as by
   * {@link MptcpSocket#close()}, and what was written before is delivered. What is not over at the
   * deadline is reset, so that every peer hears of the end. Drive the stack as before until {@link
   * #isDrained()}, then {@link #close()} it. Calling this again may bring the deadline nearer.
   *
   * @param nowNs the time
   * @param deadlineNs when connections that are left are reset; with {@code nowNs} all are reset
   *     now
   */
  void shutdown(long nowNs, long deadlineNs);

  /**
   * Whether the end that {@link #shutdown} began is complete: every connection is over, its last
   * packet was given to {@link #pollTransmit}, its last event to {@link #pollEvent}, and no answer
   * to a reset is to be waited for. That is so at the deadline, or at most a second later.
   *
   * @return {@code false} as long as {@link #close()} would leave a peer without an answer
   */
  boolean isDrained();

  /**
   * Aborts all connections, closes all server sockets and releases every buffer at once. Peers get
   * nothing any more: to be polite, {@link #shutdown} the stack before. Verbs of sockets do nothing
   * afterwards; those of the stack throw {@link IllegalStateException}, except the five of the
   * driver, which do nothing.
   */
  @Override
  void close();
}
