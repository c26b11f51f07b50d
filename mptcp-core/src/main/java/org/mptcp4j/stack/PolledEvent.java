package org.mptcp4j.stack;

import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.function.Supplier;
import org.mptcp4j.api.MptcpServerSocket;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.api.StackEvent;
import org.mptcp4j.api.SubflowInfo;

/** The one event of a stack, filled by whoever has something to report. */
final class PolledEvent implements StackEvent {
  private Type type;
  private MptcpSocket socket;
  private MptcpServerSocket server;
  private Supplier<SubflowInfo> describe; // null when it is about no subflow
  private SubflowInfo subflow; // null until somebody asks
  private InetSocketAddress address;
  private SocketError error = SocketError.NONE;

  @Override
  public Type type() {
    return present(type, "a type, before it is polled");
  }

  @Override
  public MptcpSocket socket() {
    return present(socket, "a socket");
  }

  @Override
  public MptcpServerSocket server() {
    return present(server, "a server socket");
  }

  @Override
  public SubflowInfo subflow() {
    return present(describedSubflow(), "a subflow");
  }

  private SubflowInfo describedSubflow() {
    if (subflow == null && describe != null) {
      subflow = describe.get();
    }
    return subflow;
  }

  @Override
  public InetSocketAddress address() {
    return present(address, "an address");
  }

  private <T> T present(T value, String what) {
    if (value == null) {
      throw new IllegalStateException(this + " has not " + what);
    }
    return value;
  }

  @Override
  public SocketError error() {
    return error;
  }

  /** Forgets the last event, so that its objects can be collected. */
  void clear() {
    if (type == null) {
      return;
    }
    type = null;
    socket = null;
    server = null;
    describe = null;
    subflow = null;
    address = null;
    error = SocketError.NONE;
  }

  /**
   * Fills the event with one of a socket.
   *
   * @param newType the type
   * @param ofSocket the socket
   * @param why the reason, or {@link SocketError#NONE}
   */
  void set(Type newType, MptcpSocket ofSocket, SocketError why) {
    clear();
    type = Objects.requireNonNull(newType, "type");
    socket = Objects.requireNonNull(ofSocket, "socket");
    error = Objects.requireNonNull(why, "error");
  }

  /**
   * Fills the event with one of a subflow.
   *
   * @param newType {@link Type#SUB_ESTABLISHED}, {@link Type#SUB_CLOSED} or {@link
   *     Type#SUB_PRIORITY}
   * @param ofSocket the socket
   * @param why the reason, or {@link SocketError#NONE}
   * @param ofSubflow describes the subflow, for who asks
   */
  void set(Type newType, MptcpSocket ofSocket, SocketError why, Supplier<SubflowInfo> ofSubflow) {
    set(newType, ofSocket, why);
    describe = Objects.requireNonNull(ofSubflow, "subflow");
  }

  /**
   * Fills the event with one of an address of the peer's.
   *
   * @param newType {@link Type#ANNOUNCED} or {@link Type#REMOVED}
   * @param ofSocket the socket
   * @param ofPeer the address and port
   */
  void set(Type newType, MptcpSocket ofSocket, InetSocketAddress ofPeer) {
    set(newType, ofSocket, SocketError.NONE);
    address = Objects.requireNonNull(ofPeer, "address");
  }

  /**
   * Fills the event with {@link Type#ACCEPTABLE}.
   *
   * @param ofServer the server socket
   */
  void setAcceptable(MptcpServerSocket ofServer) {
    clear();
    type = Type.ACCEPTABLE;
    server = Objects.requireNonNull(ofServer, "server");
  }

  @Override
  public StackEvent copy() {
    PolledEvent copy = new PolledEvent();
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
