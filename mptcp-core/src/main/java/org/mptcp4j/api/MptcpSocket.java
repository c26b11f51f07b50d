package org.mptcp4j.api;

import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.mptcp4j.cc.CongestionControlFactory;
import org.mptcp4j.cc.CongestionControls;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.pm.PathManager;
import org.mptcp4j.pm.PathManagers;
import org.mptcp4j.pm.PeerReset;
import org.mptcp4j.pm.Priority;
import org.mptcp4j.sched.Scheduler;
import org.mptcp4j.sched.Schedulers;

/**
 * One connection as the application sees it: the handle of the meta socket, whatever subflows carry
 * it, plain TCP included.
 *
 * <p>Nothing here blocks and nothing here sends: a verb changes state, and the driver's next {@code
 * MptcpStack.pollTransmit} emits what follows from it. All methods are called on the thread that
 * drives the stack. A closed socket answers every query; its verbs do nothing.
 */
public interface MptcpSocket extends AutoCloseable {

  /** The life of a socket. */
  enum State {
    /** {@code connect} was called and the handshake runs; bytes may be written already. */
    CONNECTING,
    /** Both directions, or the one that was not shut down, carry data. */
    OPEN,
    /** {@link MptcpSocket#close()} was called: what was written is still being delivered. */
    CLOSING,
    /** Finished, for the reason in {@link MptcpSocket#error()}. */
    CLOSED
  }

  /**
   * A number that identifies the socket within its stack, for logs and traces. Never reused.
   *
   * @return the number, from 1
   */
  long id();

  /**
   * Where in its life the socket is.
   *
   * @return the state
   */
  State state();

  /**
   * The local end of the first subflow.
   *
   * @return address and port; they stay the same when that subflow dies
   */
  InetSocketAddress localAddress();

  /**
   * The remote end of the first subflow.
   *
   * @return address and port; they stay the same when that subflow dies
   */
  InetSocketAddress remoteAddress();

  /**
   * Gives bytes to be sent. The readable bytes of {@code buf} are sent in order, without a copy:
   * the caller must not change them any more. Ownership of {@code buf} passes to the socket in
   * every case in which this method returns; when it throws, the caller still owns it. Once the
   * connection is over, whoever ended it, the bytes are released and lost, the result is {@code
   * false} and {@link #error()} says why: {@link SocketError#NONE} after an orderly end.
   *
   * @param buf the bytes
   * @return {@code true} while the send buffer has room for more; {@code false} when it is full now
   *     (the bytes of this call are taken nevertheless): write again after {@link
   *     StackEvent.Type#WRITABLE}
   * @throws IllegalStateException after {@link #shutdownOutput()} or {@link #close()}, while what
   *     was written before is still on its way: state is not yet {@link State#CLOSED}
   */
  boolean write(ByteBuf buf);

  /**
   * Room left in the send buffer.
   *
   * @return bytes that may be written before {@link #write} answers {@code false}; 0 when full or
   *     closed
   */
  long writableBytes();

  /**
   * Room left in the send buffer. A piece that was begun may be given whole as far as it goes,
   * where {@link #writableBytes()} stops earlier so that what is written later does not wait so
   * long.
   *
   * @return bytes; 0 when full or closed
   */
  long sendBufferRoomBytes();

  /**
   * Takes the next piece of received bytes. Pieces come in stream order and without gaps; reading
   * opens the receive window again.
   *
   * @return a buffer that the caller owns and must release, or {@code null} when nothing is there
   *     now
   */
  @Nullable ByteBuf read();

  /**
   * As {@link #read()}, but no more than so many bytes: the rest of the piece stays.
   *
   * @param mostBytes at least 1
   * @return a buffer that the caller owns and must release, or {@code null} when nothing is there
   *     now
   * @throws IllegalArgumentException when {@code mostBytes} is less than 1
   */
  @Nullable ByteBuf read(int mostBytes);

  /**
   * Bytes that {@link #read()} would return now.
   *
   * @return the number of bytes
   */
  long readableBytes();

  /**
   * Bytes to read, or to come, until nothing is left of what the peer calls urgent. They are part
   * of the stream and come in their order (RFC 9293 section 3.8.5, {@code SO_OOBINLINE}); the last
   * of them is the one that other systems call out of band. MPTCP knows no urgent data: what a
   * subflow says of it means nothing for the connection.
   *
   * @return the number of bytes, 0 when nothing is urgent
   */
  long urgentBytes();

  /**
   * Whether the peer finished sending and everything before that was read.
   *
   * @return {@code true} once the peer's DATA_FIN (or FIN, on plain TCP) has been consumed
   */
  boolean endOfStream();

  /**
   * Finishes the sending direction in order: DATA_FIN (or FIN) follows what was written. Reading
   * goes on. Does nothing the second time.
   */
  void shutdownOutput();

  /**
   * Closes both directions. What was written is still delivered. When received bytes are left
   * unread, or come later, they are lost, and the peer is told by a fast close or a reset instead
   * of an orderly end (RFC 8684 section 3.5, RFC 1122 section 4.2.2.13): after what was written has
   * been acknowledged, or when the peer takes nothing more for 5 seconds. While {@link
   * State#CONNECTING} it gives the attempt up, and what was written is lost (RFC 9293 section
   * 3.10.4). The application gets {@link StackEvent.Type#CLOSED} when it is over, or {@link
   * StackEvent.Type#CONNECT_FAILED} when it had not begun.
   */
  @Override
  void close();

  /**
   * Ends the connection now: MP_FASTCLOSE and a reset on every subflow. Bytes not delivered are
   * discarded. {@link #error()} becomes {@link SocketError#ECONNABORTED}.
   */
  void abort();

  /**
   * Why the socket is closed.
   *
   * @return {@link SocketError#NONE} while it lives and after an orderly end
   */
  SocketError error();

  /**
   * A snapshot of the connection and its subflows.
   *
   * @return a new record
   */
  ConnectionInfo info();

  /**
   * Whether MPTCP was agreed with the peer and is still in use.
   *
   * @return {@code false} for plain TCP, after a fallback, and until the handshake has decided
   */
  boolean isMptcp();

  /**
   * The subflows that live, with their addresses and ports and how they do.
   *
   * @return a new list, in creation order; one element for plain TCP, none when it is over
   */
  List<SubflowInfo> subflows();

  /**
   * One of the subflows that live.
   *
   * @param subflowId {@link SubflowInfo#id()}
   * @return none when it is gone
   * @throws IllegalArgumentException when the connection never had one of that number
   */
  Optional<SubflowInfo> subflow(int subflowId);

  /**
   * Opens a subflow by MP_JOIN (RFC 8684 section 3.2). {@link StackEvent.Type#SUB_ESTABLISHED} or
   * {@link StackEvent.Type#SUB_CLOSED} follows. Possible from {@link StackEvent.Type#ESTABLISHED}
   * on, at both ends, whatever the path manager; one that would undo it, or do the same, is better
   * exchanged for {@code "application"}.
   *
   * @param nowNs the time, as for the verbs of the stack
   * @param local an address of this stack; port 0 means any
   * @param remote an address and port of the peer, announced or not
   * @param priority whether it begins as backup
   * @return {@link SubflowInfo#id()} of the new subflow
   * @throws MptcpException when it cannot be tried: not an address of this stack (EADDRNOTAVAIL),
   *     no address that the peer can have (ENETUNREACH), where the connection began and the peer
   *     takes no more (ECONNREFUSED), the link is down (EHOSTUNREACH), the port is taken
   *     (EADDRINUSE), a limit is reached (ENOBUFS), plain TCP (EOPNOTSUPP), too early or too late
   *     (ENOTCONN)
   * @throws IllegalArgumentException when an address is not resolved, or without port, or the two
   *     are of different families
   */
  int openSubflow(long nowNs, InetSocketAddress local, InetSocketAddress remote, Priority priority)
      throws MptcpException;

  /**
   * Closes a subflow; what it still owed goes out on the others. The last one may be closed: the
   * connection lives on without, for {@link Timeouts#zeroSubflowNs()}, until one is opened.
   *
   * @param subflowId {@link SubflowInfo#id()}; one that is gone by now is ignored
   * @throws MptcpException on plain TCP (EOPNOTSUPP), or not connected (ENOTCONN)
   * @throws IllegalArgumentException when the connection never had one of that number
   */
  void closeSubflow(int subflowId) throws MptcpException;

  /**
   * Resets a subflow and tells the peer why by MP_TCPRST (RFC 8684 section 3.6), which says whether
   * and when it may try that path again. What the subflow still owed goes out on the others.
   *
   * @param subflowId {@link SubflowInfo#id()}; one that is gone by now is ignored
   * @throws MptcpException on plain TCP (EOPNOTSUPP), or not connected (ENOTCONN)
   * @throws IllegalArgumentException when the connection never had one of that number
   */
  void resetSubflow(int subflowId, PeerReset why) throws MptcpException;

  /**
   * Sets the priority of one subflow, and tells the peer by MP_PRIO (RFC 8684 section 3.3.8).
   *
   * @param subflowId {@link SubflowInfo#id()}; one that is gone by now is ignored
   * @param priority the new priority
   * @throws MptcpException on plain TCP (EOPNOTSUPP), or not connected (ENOTCONN)
   * @throws IllegalArgumentException when the connection never had one of that number
   */
  void setPriority(int subflowId, Priority priority) throws MptcpException;

  /**
   * Announces an address to the peer by ADD_ADDR, repeated until the peer echoes it (RFC 8684
   * section 3.4.1). Whether the peer joins it is up to its path manager. Announced again, it asks
   * the peer to try once more.
   *
   * @param address an address of this stack other than the one that the connection began on; port 0
   *     means the connection's port, another one is announced and admits joins from then on
   * @throws MptcpException when it is not an address of this stack (EADDRNOTAVAIL), on plain TCP
   *     (EOPNOTSUPP), or not connected (ENOTCONN)
   * @throws IllegalArgumentException when it is not resolved, or the peer knows it
   */
  void announceAddress(InetSocketAddress address) throws MptcpException;

  /**
   * Withdraws an address by REMOVE_ADDR (RFC 8684 section 3.4.2), announced or initial, and closes
   * its subflows at both ends.
   *
   * @param address an address of this stack
   * @throws MptcpException when it is not an address of this stack (EADDRNOTAVAIL), on plain TCP
   *     (EOPNOTSUPP), or not connected (ENOTCONN)
   */
  void withdrawAddress(IpAddress address) throws MptcpException;

  /**
   * Has another path manager decide from now on. It finds the subflows and announcements that there
   * are, as in {@link PathManager#onEstablished}.
   *
   * @param manager one that serves no other connection
   * @throws MptcpException on plain TCP (EOPNOTSUPP), or not connected (ENOTCONN): {@link
   *     SocketOptions.Builder#pathManager(String)} chooses the first one
   */
  void setPathManager(PathManager manager) throws MptcpException;

  /**
   * Has another path manager decide from now on, chosen by its name.
   *
   * @param name one of {@link PathManagers#names()}, for example {@code "application"}
   * @throws MptcpException as {@link #setPathManager(PathManager)}
   * @throws IllegalArgumentException when there is none of that name; the message lists those there
   *     are
   */
  default void setPathManager(String name) throws MptcpException {
    setPathManager(PathManagers.byName(name).get());
  }

  /**
   * Chooses another packet scheduler. What subflows carry already stays with them; whatever leaves
   * from now on is granted by the new one. Without effect on plain TCP.
   *
   * @param scheduler decides which subflow carries what
   */
  void setScheduler(Scheduler scheduler);

  /**
   * Chooses another packet scheduler by name.
   *
   * @param name for example {@code "redundant"}: one of {@link Schedulers#names()}
   * @throws IllegalArgumentException when there is none of that name; the message lists those there
   *     are
   */
  default void setScheduler(String name) {
    setScheduler(Schedulers.byName(name));
  }

  /**
   * Chooses another congestion control for every subflow, those to come included. Each goes on with
   * the window and the slow start threshold that it has.
   *
   * @param algorithm makes the congestion control of each subflow
   */
  void setCongestionControl(CongestionControlFactory algorithm);

  /**
   * Chooses another congestion control by name.
   *
   * @param name for example {@code "lia"}: one of {@link CongestionControls#names()}
   * @throws IllegalArgumentException when there is none of that name; the message lists those there
   *     are
   */
  default void setCongestionControl(String name) {
    setCongestionControl(CongestionControls.byName(name));
  }

  /**
   * Switches Nagle's algorithm off or on (RFC 1122 section 4.2.3.4). What it has held back leaves
   * when it is switched off, and so does what a cork holds back ({@link TcpSocketOptions#cork()}).
   *
   * @param on {@code true}: small segments are sent at once
   */
  void setNoDelay(boolean on);

  /**
   * Switches keep-alive off or on: {@link SocketOptions#keepAlive()}.
   *
   * @param on {@code true}: every subflow, those to come included, is probed when it is silent
   */
  void setKeepAlive(boolean on);

  /**
   * Sets the times of keep-alive, which they do not switch on.
   *
   * @param times the times
   */
  void setKeepAliveTimes(KeepAlive times);

  /**
   * Sets how long bytes may stay unacknowledged: {@link SocketOptions#userTimeoutNs()}.
   *
   * @param timeout zero leaves it to {@link TcpOptions#retries()}
   * @throws IllegalArgumentException when it is negative
   */
  void setUserTimeout(Duration timeout);

  /**
   * Changes what can be changed of {@link SocketOptions#tcp()} on an open socket: for every
   * subflow, those to come included. The others stay as they were when it was opened.
   *
   * @param options all of them
   */
  void setTcp(TcpSocketOptions options);

  /**
   * Changes the traffic class, the hop limit and the quick acknowledgements of one subflow, until
   * {@link #setTcp(TcpSocketOptions)} changes those of all. Whatever else the options say is of the
   * whole connection, and stays.
   *
   * <pre>{@code
   * socket.setTcp(1, socket.tcp().toBuilder().trafficClass(0x20).build());
   * }</pre>
   *
   * @param subflowId {@link SubflowInfo#id()}; one that is gone by now is ignored
   * @param options of that subflow
   * @throws IllegalArgumentException when the connection never had one of that number
   */
  void setTcp(int subflowId, TcpSocketOptions options);

  /**
   * What {@link SocketOptions#tcp()} is now.
   *
   * @return all options
   */
  TcpSocketOptions tcp();

  /**
   * Fixes the size of the send buffer, which is then not tuned any more. What was written already
   * stays in it when it exceeds a smaller size.
   *
   * @param bytes at least {@link SocketOptions#MIN_BUFFER_BYTES}, or {@link
   *     SocketOptions#AUTO_BUFFER_BYTES} to have it tuned from now on
   * @throws IllegalArgumentException when it is out of range
   */
  void setSendBufferBytes(int bytes);

  /**
   * Fixes the size of the receive buffer, which is then not tuned any more. A window that the peer
   * was offered is not taken back: a smaller size holds once what was promised has come. A larger
   * one can be made use of as far as the window scale reaches that the handshake agreed on (RFC
   * 7323 section 2.2): that of the options which the socket was opened with.
   *
   * @param bytes at least {@link SocketOptions#MIN_BUFFER_BYTES}, or {@link
   *     SocketOptions#AUTO_BUFFER_BYTES} to have it tuned from now on
   * @throws IllegalArgumentException when it is out of range
   */
  void setReceiveBufferBytes(int bytes);

  /**
   * Keeps one object of the application's with the socket, so that it needs no map of its own.
   *
   * @param attachment anything, or {@code null}
   */
  void setAttachment(@Nullable Object attachment);

  /**
   * The object given to {@link #setAttachment(Object)}.
   *
   * @return the object, or {@code null}
   */
  @Nullable Object attachment();

  /**
   * The meta socket as it is now: {@code meta_sk}, the data level.
   *
   * @return its fields
   */
  MetaSockView meta();

  /**
   * The first subflow as it is now, also when it is closed: {@code master_sk}.
   *
   * @return its fields; empty when it never came to be, or with plain TCP when it is over
   */
  Optional<SubflowSockView> master();

  /**
   * The connection list as it is now, the master first; with plain TCP the one flow.
   *
   * @return the fields of each, in the order of creation
   */
  List<SubflowSockView> connectionList();

  /**
   * The control block as it is now: {@code mptcp_cb}.
   *
   * @return its fields; empty as long as MPTCP is not agreed, and with plain TCP
   */
  Optional<ControlBlockView> controlBlock();

  /**
   * The keys, which nothing else shows.
   *
   * @return both; empty where {@link #controlBlock()} is
   */
  Optional<MptcpKeys> keys();
}
