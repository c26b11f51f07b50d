package org.mptcp4j.api;

import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One thing that happened, filled by {@code MptcpStack.pollEvent}. One instance is reused for all
 * events: take out what is needed before polling again.
 *
 * <p>Events are coalesced per socket: each type is reported at most once until it has been polled,
 * so the number of waiting events is bounded by the number of sockets; what happens to the paths of
 * a connection is kept in its order, up to a bound. For one socket they are reported in the order
 * of {@link Type}. Those about paths have the names of Linux's netlink events ({@code
 * MPTCP_EVENT_ESTABLISHED} and so on).
 */
public final class StackEvent {

  /** What happened. */
  public enum Type {
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

  private @Nullable Type type;
  private @Nullable MptcpSocket socket;
  private @Nullable MptcpServerSocket server;
  private @Nullable Supplier<SubflowInfo> describe; // null when it is about no subflow
  private @Nullable SubflowInfo subflow; // null until somebody asks
  private @Nullable InetSocketAddress address;
  private SocketError error = SocketError.NONE;

  /** Creates an empty event to be filled. */
  public StackEvent() {}

  /**
   * What happened.
   *
   * @return the type
   * @throws IllegalStateException before the first event, and after {@link #clear}
   */
  public Type type() {
    return present(type, "a type, before it is polled");
  }

  /**
   * The socket to which it happened.
   *
   * @return the socket
   * @throws IllegalStateException for {@link Type#ACCEPTABLE}, which has a {@link #server()}
   */
  public MptcpSocket socket() {
    return present(socket, "a socket");
  }

  /**
   * The server socket to which it happened.
   *
   * @return the server socket
   * @throws IllegalStateException for all types but {@link Type#ACCEPTABLE}
   */
  public MptcpServerSocket server() {
    return present(server, "a server socket");
  }

  /**
   * The subflow concerned, as it is at the first call.
   *
   * @return its description
   * @throws IllegalStateException for all types but {@link Type#SUB_ESTABLISHED}, {@link
   *     Type#SUB_CLOSED} and {@link Type#SUB_PRIORITY}
   */
  public SubflowInfo subflow() {
    return present(describedSubflow(), "a subflow");
  }

  private @Nullable SubflowInfo describedSubflow() {
    if (subflow == null && describe != null) {
      subflow = describe.get();
    }
    return subflow;
  }

  /**
   * The address that was announced or withdrawn.
   *
   * @return address and port
   * @throws IllegalStateException for all types but {@link Type#ANNOUNCED} and {@link Type#REMOVED}
   */
  public InetSocketAddress address() {
    return present(address, "an address");
  }

  private <T> T present(@Nullable T value, String what) {
    if (value == null) {
      throw new IllegalStateException(this + " has not " + what);
    }
    return value;
  }

  /**
   * Why it happened.
   *
   * @return the reason for {@link Type#CONNECT_FAILED}, {@link Type#CLOSED} and {@link
   *     Type#SUB_CLOSED}, otherwise {@link SocketError#NONE}
   */
  public SocketError error() {
    return error;
  }

  /** Forgets the last event, so that its objects can be collected. */
  public void clear() {
    type = null;
    socket = null;
    server = null;
    describe = null;
    subflow = null;
    address = null;
    error = SocketError.NONE;
  }

  /**
   * Fills the event with one of a socket. Called by the stack.
   *
   * @param newType the type
   * @param ofSocket the socket
   * @param why the reason, or {@link SocketError#NONE}
   */
  public void set(Type newType, MptcpSocket ofSocket, SocketError why) {
    clear();
    type = Objects.requireNonNull(newType, "type");
    socket = Objects.requireNonNull(ofSocket, "socket");
    error = Objects.requireNonNull(why, "error");
  }

  /**
   * Fills the event with one of a subflow. Called by the stack.
   *
   * @param newType {@link Type#SUB_ESTABLISHED}, {@link Type#SUB_CLOSED} or {@link
   *     Type#SUB_PRIORITY}
   * @param ofSocket the socket
   * @param why the reason, or {@link SocketError#NONE}
   * @param ofSubflow describes the subflow, for who asks
   */
  public void set(
      Type newType, MptcpSocket ofSocket, SocketError why, Supplier<SubflowInfo> ofSubflow) {
    set(newType, ofSocket, why);
    describe = Objects.requireNonNull(ofSubflow, "subflow");
  }

  /**
   * Fills the event with one of an address of the peer's. Called by the stack.
   *
   * @param newType {@link Type#ANNOUNCED} or {@link Type#REMOVED}
   * @param ofSocket the socket
   * @param ofPeer the address and port
   */
  public void set(Type newType, MptcpSocket ofSocket, InetSocketAddress ofPeer) {
    set(newType, ofSocket, SocketError.NONE);
    address = Objects.requireNonNull(ofPeer, "address");
  }

  /**
   * Fills the event with {@link Type#ACCEPTABLE}. Called by the stack.
   *
   * @param ofServer the server socket
   */
  public void setAcceptable(MptcpServerSocket ofServer) {
    clear();
    type = Type.ACCEPTABLE;
    server = Objects.requireNonNull(ofServer, "server");
  }

  /** A copy, for who keeps an event that is used for the next one. */
  public StackEvent copy() {
    StackEvent copy = new StackEvent();
    copy.type = type;
    copy.socket = socket;
    copy.server = server;
    copy.subflow = describedSubflow();
    copy.address = address;
    copy.error = error;
    return copy;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("StackEvent[").append(type);
    if (socket != null) {
      text.append(" socket ").append(socket.id());
    }
    if (server != null) {
      text.append(" server ").append(server.localAddress());
    }
    SubflowInfo about = describedSubflow();
    if (about != null) {
      text.append(" subflow ").append(about.id());
    }
    if (address != null) {
      text.append(' ').append(address);
    }
    if (error != SocketError.NONE) {
      text.append(' ').append(error);
    }
    return text.append(']').toString();
  }
}
