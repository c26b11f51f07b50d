package org.mptcp4j.testkit;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mptcp4j.api.ConnectionInfo;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.api.StackEvent;
import org.mptcp4j.api.SubflowInfo;

/**
 * One end of a connection, and the application that uses it: sends a pseudo-random stream, checks
 * the one that comes, and does what it was told to. It reads and writes by itself on every turn of
 * its host.
 */
public final class Endpoint {
  private enum AfterSending {
    NOTHING,
    SHUT_DOWN,
    CLOSE
  }

  private final SimStack stack;
  private final String name;
  private final MptcpSocket socket;
  private final PseudoRandomBytes output;
  private final ByteStreamChecker input;
  private final long openedNs;
  private final List<SeenEvent> events = new ArrayList<>();
  private long toSend;
  private long sent;
  private int writeBytes = 16_384;
  private boolean writable = true;
  private boolean reading = true;
  private boolean endOfStream;
  private boolean closeAtEndOfStream;
  private AfterSending after = AfterSending.NOTHING;
  private @Nullable SocketError error; // null while it is not closed
  private long endedNs = Long.MAX_VALUE;
  private boolean gaveUp;
  private boolean cutOff;
  private long threwAwayLate;
  private boolean checked = true;

  Endpoint(
      SimStack stack,
      String name,
      MptcpSocket socket,
      PseudoRandomBytes output,
      PseudoRandomBytes input) {
    this.stack = stack;
    this.name = name;
    this.socket = socket;
    this.output = output;
    this.input = new ByteStreamChecker(name, input);
    openedNs = nowNs();
    socket.setAttachment(this);
  }

  /** Sends that many more bytes of its stream, as fast as the socket takes them. */
  public Endpoint send(long bytes) {
    toSend += bytes;
    return wake();
  }

  /** Writes in buffers of that size; 16384 unless told. */
  public Endpoint writeSize(int bytes) {
    if (bytes < 1) {
      throw new IllegalArgumentException("a write needs at least one byte");
    }
    writeBytes = bytes;
    return this;
  }

  /** Shuts the sending direction down once everything is written; reading goes on. */
  public Endpoint thenShutDown() {
    after = AfterSending.SHUT_DOWN;
    return wake();
  }

  /**
   * Closes once everything is written and the connection is established: closing earlier would give
   * the attempt up (RFC 9293 section 3.10.4).
   */
  public Endpoint thenClose() {
    after = AfterSending.CLOSE;
    return wake();
  }

  /** Closes as soon as the peer has finished sending and everything of it was read. */
  public Endpoint closeAtEndOfStream() {
    closeAtEndOfStream = true;
    return wake();
  }

  /**
   * Counts what it receives without looking at it, for tests in which the stream is tampered with.
   */
  public Endpoint unchecked() {
    input.acceptAnything();
    checked = false;
    return this;
  }

  /**
   * Keeps what it receives instead of comparing it with the stream, for peers that say something
   * else: {@link #receivedBytes}.
   */
  public Endpoint keeping() {
    input.keep();
    checked = false;
    return this;
  }

  /**
   * What it has received since {@link #keeping}, in order.
   *
   * @return a new array
   */
  public byte[] receivedBytes() {
    return input.kept();
  }

  /** Writes these bytes now, beside its stream, whether the send buffer has room or not. */
  public Endpoint write(byte[] bytes) {
    socket.write(stack.world().allocator().buffer(bytes.length).writeBytes(bytes));
    checked = false;
    return wake();
  }

  /** Stops reading, so that the receive window closes. */
  public Endpoint pauseReading() {
    reading = false;
    return this;
  }

  /** Reads again. */
  public Endpoint resumeReading() {
    reading = true;
    return wake();
  }

  /** Closes now; what it was to send and has not written is not sent any more. */
  public Endpoint close() {
    closeSocket();
    return wake();
  }

  private void closeSocket() {
    closedByItsHost();
    socket.close();
  }

  /** Aborts now. */
  public Endpoint abort() {
    giveUp();
    socket.abort();
    return wake();
  }

  /** Shuts the sending direction down now; what has not been written is not sent any more. */
  public Endpoint shutDown() {
    end();
    toSend = sent;
    socket.shutdownOutput();
    return wake();
  }

  /** Its stack shuts down, which closes it as {@link #close()} does. */
  public Endpoint closedByItsHost() {
    giveUp();
    end();
    toSend = sent;
    return this;
  }

  /** Its host ends without a word: whatever it still had is lost. */
  void cutOff() {
    giveUp();
    cutOff = true;
    if (error == null) {
      error = SocketError.ESHUTDOWN;
    }
  }

  /**
   * Whether the two are the ends of one connection: between the same ports, and at the same time,
   * since ports are used again.
   */
  boolean isPeerOf(Endpoint other) {
    return socket.localAddress().equals(other.socket.remoteAddress())
        && socket.remoteAddress().equals(other.socket.localAddress())
        && openedNs <= other.endNs()
        && other.openedNs <= endNs();
  }

  /** Whether it came up after another. */
  boolean isLaterThan(Endpoint other) {
    return openedNs > other.openedNs;
  }

  private long endNs() {
    return cutOff || !closed() ? Long.MAX_VALUE : events.get(events.size() - 1).timeNs();
  }

  /** Whether it said that it writes nothing more. */
  public boolean ended() {
    return endedNs != Long.MAX_VALUE;
  }

  private void end() {
    endedNs = Math.min(endedNs, nowNs());
  }

  private long nowNs() {
    return stack.world().network().nowNs();
  }

  private void giveUp() {
    if (endedNs < nowNs() || socket.state() == MptcpSocket.State.CLOSED) {
      threwAwayLate = Math.max(threwAwayLate, socket.readableBytes());
    }
    gaveUp = true;
  }

  /**
   * Unread bytes that it threw away when it had said its own end. A peer that had finished, too,
   * has every acknowledgement that there is, and may be gone: it cannot know.
   */
  long threwAwayLate() {
    return threwAwayLate;
  }

  /** Whether it closed or aborted, so that what comes later is lost by its own will. */
  boolean gaveUp() {
    return gaveUp;
  }

  /** Whether its bytes are those of its stream, both ways. */
  boolean isChecked() {
    return checked;
  }

  /** Bytes of its own that the peer has acknowledged. */
  long acknowledged() {
    return socket.info().bytesAcked();
  }

  private Endpoint wake() {
    stack.host().wake();
    return this;
  }

  /** Who it is, for messages. */
  public String name() {
    return name;
  }

  /** The socket. */
  public MptcpSocket socket() {
    return socket;
  }

  /** The stack it is on. */
  public SimStack stack() {
    return stack;
  }

  /** Bytes received and found right. */
  public long received() {
    return input.received();
  }

  /** Bytes given to the socket. */
  public long sent() {
    return sent;
  }

  /** Whether the connection was established, at any time. */
  public boolean connected() {
    return had(StackEvent.Type.CONNECTED);
  }

  /** Whether the peer finished sending and everything of it was read. */
  public boolean endOfStream() {
    return endOfStream;
  }

  /** Whether the last event came: CLOSED or CONNECT_FAILED. */
  public boolean closed() {
    return error != null;
  }

  /** Why it closed; NONE after an orderly end; null while it is not closed. */
  public @Nullable SocketError error() {
    return error;
  }

  /** The kinds of the socket's events so far, in order. */
  public List<StackEvent.Type> events() {
    return events.stream().map(SeenEvent::type).toList();
  }

  /** The events of the socket so far, in order, with the subflows, addresses and errors in them. */
  public List<SeenEvent> eventLog() {
    return Collections.unmodifiableList(events);
  }

  /** Whether there was an event of that kind. */
  public boolean had(StackEvent.Type type) {
    return events.stream().anyMatch(e -> e.type() == type);
  }

  /** A snapshot of the connection and its subflows. */
  public ConnectionInfo info() {
    return socket.info();
  }

  void onEvent(StackEvent event) {
    events.add(new SeenEvent(stack.world().network().nowNs(), event.copy()));
    switch (event.type()) {
      case WRITABLE -> writable = true;
      case CONNECT_FAILED, CLOSED -> error = event.error();
      default -> {
        // reading and writing are tried on every turn
      }
    }
  }

  /** Reads and writes what is possible now. */
  void turn() {
    if (reading) {
      read();
    }
    if (error == null) {
      write();
    }
  }

  private void read() {
    ByteBuf piece;
    while ((piece = socket.read()) != null) {
      try {
        if (endOfStream) {
          throw new AssertionError(name + ": bytes after the end of the stream");
        }
        input.accept(piece);
      } finally {
        piece.release();
      }
    }
    if (endOfStream && !cutOff && !socket.endOfStream()) {
      throw new AssertionError(name + ": the end of the stream is taken back");
    }
    if (!endOfStream && socket.endOfStream()) {
      endOfStream = true;
      if (closeAtEndOfStream) {
        closeAtEndOfStream = false;
        if (sent == toSend) {
          closeSocket();
        } else {
          after = AfterSending.CLOSE;
        }
      }
    }
  }

  private void write() {
    while (writable && sent < toSend && mayWrite()) {
      int length = (int) Math.min(writeBytes, toSend - sent);
      ByteBuf buf = stack.world().allocator().buffer(length, length);
      output.write(buf, sent, length);
      sent += length;
      writable = socket.write(buf);
    }
    boolean tooEarly =
        after == AfterSending.CLOSE && socket.state() == MptcpSocket.State.CONNECTING;
    if (sent == toSend && after != AfterSending.NOTHING && !tooEarly) {
      AfterSending now = after;
      after = AfterSending.NOTHING;
      end();
      if (now == AfterSending.CLOSE) {
        closeSocket();
      } else {
        socket.shutdownOutput();
      }
    }
  }

  private boolean mayWrite() {
    return socket.state() == MptcpSocket.State.CONNECTING
        || socket.state() == MptcpSocket.State.OPEN;
  }

  @Override
  public String toString() {
    StringBuilder s = new StringBuilder(name);
    ConnectionInfo i = socket.info();
    s.append(": ").append(socket.state()).append(' ').append(i.protocol());
    s.append(", sent ").append(sent).append(" of ").append(toSend);
    s.append(", received ").append(received()).append(endOfStream ? " to the end" : "");
    s.append(error == null ? "" : ", closed " + error);
    s.append("; acked ").append(i.bytesAcked()).append(", unsent ").append(i.unsentBytes());
    s.append(", readable ").append(i.readableBytes());
    s.append(", out of order ").append(i.outOfOrderBytes());
    s.append(", window ").append(i.sendWindowBytes());
    s.append(", reinjected ").append(i.bytesReinjected());
    i.subflows().forEach(f -> append(s.append("\n      "), f));
    return s.toString();
  }

  private static void append(StringBuilder s, SubflowInfo f) {
    s.append('#').append(f.id()).append(' ').append(f.local()).append(" - ").append(f.remote());
    s.append(' ').append(f.state()).append(f.stale() ? " stale" : "");
    s.append(" srtt ").append(f.srttNs() / 1000).append(" us, rto ").append(f.rtoNs() / 1_000_000);
    s.append(" ms, cwnd ").append(f.cwndBytes()).append(", in flight ").append(f.inFlightBytes());
    s.append(", sent ").append(f.bytesSent()).append(" (").append(f.bytesRetransmitted());
    s.append(" again, ").append(f.retransmissionTimeouts()).append(" timeouts), acked ");
    s.append(f.bytesAcked()).append(", received ").append(f.bytesReceived());
  }
}
