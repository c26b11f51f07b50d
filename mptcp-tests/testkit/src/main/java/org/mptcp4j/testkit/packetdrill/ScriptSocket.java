package org.mptcp4j.testkit.packetdrill;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import org.mptcp4j.api.MptcpServerSocket;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.api.SocketOptions;

/** A descriptor of the script that stands for a socket, and what POSIX knows about it. */
final class ScriptSocket {
  /** What to do with bytes on their way when it is closed. */
  enum Linger {
    /** Deliver them. */
    DELIVER,
    /** Throw them away and reset. */
    RESET
  }

  private final int fd;
  private SocketOptions options;
  private final ZeroCopy zeroCopy = new ZeroCopy();
  private boolean tellsUnread;
  private boolean ignoresPathMtu;
  private int onlyPort;
  private long notSentLowat;
  private boolean nonBlocking;
  private Linger linger = Linger.DELIVER;
  private int backlog;
  private Optional<InetSocketAddress> connectsTo = Optional.empty();
  private Optional<InetSocketAddress> bound = Optional.empty();
  private Optional<MptcpServerSocket> server = Optional.empty();
  private Optional<MptcpSocket> socket = Optional.empty();
  private Optional<MptcpSocket> waiting = Optional.empty();
  private Optional<Flow> flow = Optional.empty();
  private ByteBuf rest = Unpooled.EMPTY_BUFFER;
  private long urgentOfRest;
  private boolean errorTaken;
  private boolean owesSuccess;
  private boolean inputShut;
  private boolean outputShut;

  ScriptSocket(int fd, SocketOptions options) {
    this.fd = fd;
    this.options = options;
  }

  int fd() {
    return fd;
  }

  SocketOptions options() {
    return options;
  }

  void options(SocketOptions newOptions) {
    options = newOptions;
  }

  boolean nonBlocking() {
    return nonBlocking;
  }

  void nonBlocking(boolean on) {
    nonBlocking = on;
  }

  ZeroCopy zeroCopy() {
    return zeroCopy;
  }

  /** TCP_INQ: whether what is left to read is told with what was read. */
  boolean tellsUnread() {
    return tellsUnread;
  }

  void tellsUnread(boolean on) {
    tellsUnread = on;
  }

  /** IP_PMTUDISC_DONT: whether routers would not be listened to about the size of packets. */
  boolean ignoresPathMtu() {
    return ignoresPathMtu;
  }

  void ignoresPathMtu(boolean on) {
    ignoresPathMtu = on;
  }

  /** IP_LOCAL_PORT_RANGE: the one port that it may connect from, 0 for any. */
  int onlyPort() {
    return onlyPort;
  }

  void onlyPort(int port) {
    onlyPort = port;
  }

  /** TCP_NOTSENT_LOWAT as it was set. */
  long notSentLowat() {
    return notSentLowat;
  }

  void notSentLowat(long bytes) {
    notSentLowat = bytes;
  }

  /**
   * Changes when something happens that wakes who waits at its edge: data, an end, an error, room
   * after none, a buffer given back.
   */
  List<Object> edge() {
    return List.of(
        isConnected(),
        isClosed(),
        pendingError(),
        isConnected() && inputEnded(),
        socket.map(s -> s.info().bytesReceived()).orElse(0L),
        socket.map(s -> s.writableBytes() > 0).orElse(Boolean.FALSE),
        zeroCopy.completed());
  }

  Linger linger() {
    return linger;
  }

  void linger(Linger how) {
    linger = how;
  }

  Optional<InetSocketAddress> bound() {
    return bound;
  }

  void bound(InetSocketAddress address) {
    bound = Optional.of(address);
  }

  /** The listener that it is, if it is one. */
  Optional<MptcpServerSocket> server() {
    return server;
  }

  void server(MptcpServerSocket listener) {
    server = Optional.of(listener);
  }

  /** The connection that it is, if it is one. */
  Optional<MptcpSocket> socket() {
    return socket;
  }

  void socket(MptcpSocket connection) {
    socket = Optional.of(connection);
    connectsTo = Optional.empty();
  }

  int backlog() {
    return backlog;
  }

  void backlog(int connections) {
    backlog = connections;
  }

  /** Where the first write connects to, if that is left to it. */
  Optional<InetSocketAddress> connectsTo() {
    return connectsTo;
  }

  void connectsTo(InetSocketAddress remote) {
    connectsTo = Optional.of(remote);
  }

  Optional<Flow> flow() {
    return flow;
  }

  void flow(Flow of) {
    flow = Optional.of(of);
  }

  // ---- a listener

  /** Whether accept would give a connection. */
  boolean isAcceptable() {
    if (waiting.isEmpty()) {
      waiting = Optional.ofNullable(server.orElseThrow().accept());
    }
    return waiting.isPresent();
  }

  Optional<MptcpSocket> accept() {
    Optional<MptcpSocket> next =
        waiting.isPresent() ? waiting : Optional.ofNullable(server.orElseThrow().accept());
    waiting = Optional.empty();
    return next;
  }

  // ---- a connection

  boolean isConnected() {
    return socket.isPresent() && socket.get().state() != MptcpSocket.State.CONNECTING;
  }

  /** Its connect has returned before it was connected. */
  void connectsInTheBackground() {
    owesSuccess = true;
  }

  /** Whether the next connect has to report the success of the first; Linux does so once. */
  boolean takeSuccess() {
    boolean owed = owesSuccess;
    owesSuccess = false;
    return owed;
  }

  /** The error that the next call has to report; Linux reports each once. */
  String takeError() {
    String error = pendingError();
    errorTaken |= !error.isEmpty();
    return error;
  }

  String pendingError() {
    SocketError error = socket.map(MptcpSocket::error).orElse(SocketError.NONE);
    if (errorTaken || error == SocketError.NONE) {
      return "";
    }
    // A reset that comes behind the peer's FIN is a broken pipe.
    return error == SocketError.ECONNRESET && socket.orElseThrow().endOfStream()
        ? "EPIPE"
        : error.name();
  }

  boolean isClosed() {
    return socket.isEmpty() || socket.get().state() == MptcpSocket.State.CLOSED;
  }

  boolean inputEnded() {
    return inputShut || isClosed() || socket.orElseThrow().endOfStream();
  }

  boolean outputEnded() {
    return outputShut || isClosed();
  }

  void shutInput() {
    inputShut = true;
  }

  void shutOutput() {
    outputShut = true;
    socket.orElseThrow().shutdownOutput();
  }

  long readableBytes() {
    return socket.map(MptcpSocket::readableBytes).orElse(0L) + rest.readableBytes();
  }

  /** Bytes to read until nothing is urgent. */
  long urgentBytes() {
    long more = socket.map(MptcpSocket::urgentBytes).orElse(0L);
    return more > 0 ? more + rest.readableBytes() : Math.max(0, urgentOfRest);
  }

  /** Takes up to so many bytes. Returns how many there were. */
  long read(long most) {
    long taken = 0;
    while (taken < most) {
      if (!rest.isReadable()) {
        rest.release();
        rest = Unpooled.EMPTY_BUFFER;
        urgentOfRest = socket.map(MptcpSocket::urgentBytes).orElse(0L);
        ByteBuf piece = socket.map(MptcpSocket::read).orElse(null);
        if (piece == null) {
          break;
        }
        rest = piece;
      }
      int step = (int) Math.min(most - taken, rest.readableBytes());
      rest.skipBytes(step);
      urgentOfRest -= step;
      taken += step;
    }
    if (!rest.isReadable()) {
      release();
    }
    return taken;
  }

  /** Closes it. What was read in part would be lost in silence, so that the peer is told. */
  void close() {
    boolean lost = rest.isReadable();
    release();
    waiting.ifPresent(MptcpSocket::abort);
    server.ifPresent(MptcpServerSocket::close);
    if (linger == Linger.RESET || lost) {
      socket.ifPresent(MptcpSocket::abort);
    } else {
      socket.ifPresent(MptcpSocket::close);
    }
  }

  /** Gives back the memory of what was read in part. */
  void release() {
    rest.release();
    rest = Unpooled.EMPTY_BUFFER;
  }
}
