package org.mptcp4j.api;

import java.net.InetSocketAddress;

/**
 * One thing that happened, as {@link MptcpStack#pollEvent} tells it. The stack has one object for
 * all its events, which is filled anew by the next poll: take out what is needed before, or {@link
 * #copy} it.
 *
 * <p>Events are coalesced per socket: each type is reported at most once until it has been polled,
 * so the number of waiting events is bounded by the number of sockets; what happens to the paths of
 * a connection is kept in its order, up to a bound. For one socket they are reported in the order
 * of {@link Type}. Those about paths have the names of Linux's netlink events ({@code
 * MPTCP_EVENT_ESTABLISHED} and so on).
 */
public interface StackEvent {

  /** What happened. */
  enum Type {
    /** A socket opened by {@code connect} is established. */
    CONNECTED,
    /**
     * A socket opened by {@code connect} could not be established; {@link #error()} says why. It is
     * the last event.
     */
    CONNECT_FAILED,
    /**
     * {@link MptcpServerSocket#accept()} has a connection; call it until it returns {@code null}.
     */
    ACCEPTABLE,
    /**
     * Both ends know that they speak MPTCP: subflows can be opened and addresses announced. At the
     * end that connected this is when the peer has acknowledged something that was sent. Not
     * reported for plain TCP.
     */
    ESTABLISHED,
    /**
     * A subflow of an MPTCP connection was established, the first one included; {@link #subflow()}
     * describes it. Not reported for plain TCP.
     */
    SUB_ESTABLISHED,
    /**
     * A subflow of an MPTCP connection ended, or one that this end opened could not be established;
     * {@link #subflow()} is its last known state, and {@link #error()} says why. Not reported for
     * plain TCP, nor for subflows that end after {@link #CLOSED}.
     */
    SUB_CLOSED,
    /** The peer changed, by MP_PRIO, how a subflow is to be used; see {@link #subflow()}. */
    SUB_PRIORITY,
    /** The peer announced an address (ADD_ADDR); see {@link #address()}. */
    ANNOUNCED,
    /**
     * The peer withdrew an address (REMOVE_ADDR); see {@link #address()}. The subflows that used it
     * are closed.
     */
    REMOVED,
    /**
     * The peer calls data urgent that was not read yet, or more data than before: see {@link
     * MptcpSocket#urgentBytes()}. RFC 9293 section 3.8.5. Reported for plain TCP only.
     */
    URGENT,
    /** New bytes can be read. Reported again only after more bytes have come. */
    READABLE,
    /** The send buffer, once full, has room again. */
    WRITABLE,
    /**
     * The peer finished sending; {@link MptcpSocket#endOfStream()} turns true when what came before
     * was read.
     */
    END_OF_STREAM,
    /**
     * The socket is closed; {@link #error()} says why, NONE after an orderly end. It is the last
     * event.
     */
    CLOSED
  }

  /**
   * What happened.
   *
   * @return the type
   * @throws IllegalStateException once {@link MptcpStack#pollEvent} has had no other
   */
  Type type();

  /**
   * The socket to which it happened.
   *
   * @return the socket
   * @throws IllegalStateException for {@link Type#ACCEPTABLE}, which has a {@link #server()}
   */
  MptcpSocket socket();

  /**
   * The server socket to which it happened.
   *
   * @return the server socket
   * @throws IllegalStateException for all types but {@link Type#ACCEPTABLE}
   */
  MptcpServerSocket server();

  /**
   * The subflow concerned, as it is at the first call.
   *
   * @return its description
   * @throws IllegalStateException for all types but {@link Type#SUB_ESTABLISHED}, {@link
   *     Type#SUB_CLOSED} and {@link Type#SUB_PRIORITY}
   */
  SubflowInfo subflow();

  /**
   * The address that was announced or withdrawn.
   *
   * @return address and port
   * @throws IllegalStateException for all types but {@link Type#ANNOUNCED} and {@link Type#REMOVED}
   */
  InetSocketAddress address();

  /**
   * Why it happened.
   *
   * @return the reason for {@link Type#CONNECT_FAILED}, {@link Type#CLOSED} and {@link
   *     Type#SUB_CLOSED}, otherwise {@link SocketError#NONE}
   */
  SocketError error();

  /**
   * A copy, for who keeps an event beyond the next poll.
   *
   * @return what happened, and does not change any more
   */
  StackEvent copy();
}
