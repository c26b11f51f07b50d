package org.mptcp4j.fuzz;

import io.netty.buffer.ByteBuf;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.SocketError;

/** An application's end of a connection: what it wrote, and whether what it reads is right. */
final class AppSocket {
  private static final long MOST_BYTES = 1 << 20;
  private static final long JUST_NS = 500_000_000L;

  private final StackRun run;
  private final MptcpSocket socket;
  private Session session; // null until the peer has seen the SYN
  private long written;
  private long read;
  private boolean outputShut;
  private boolean closed;
  private long closedNs = -1; // when it closed in order and the peer could hear all of it
  private boolean ended;

  AppSocket(StackRun run, MptcpSocket socket) {
    this.run = run;
    this.socket = socket;
  }

  /** Whether it opened a connection whose SYN has not been seen. */
  boolean waitsFor(int localPort) {
    return session == null && socket.localAddress().getPort() == localPort;
  }

  /** The peer has that view of it. */
  void is(Session seen) {
    session = seen;
    seen.app = this;
  }

  /** Bytes that the stack may hold because the peer has not acknowledged them. */
  long unacknowledged() {
    return written;
  }

  long written() {
    return written;
  }

  long read() {
    return read;
  }

  boolean closed() {
    return closed;
  }

  MptcpSocket socket() {
    return socket;
  }

  /** Whether this end has a reason of its own to reset what is left. */
  boolean leaves() {
    return closed || socket.state() == MptcpSocket.State.CLOSED;
  }

  void write(int count) {
    if (session == null || outputShut || closed || written > MOST_BYTES) {
      return;
    }
    if (socket.state() == MptcpSocket.State.CLOSED) {
      return;
    }
    ByteBuf bytes = run.allocator().buffer(Math.max(1, count));
    session.fromStack.write(bytes, written, count);
    written += count;
    socket.write(bytes);
  }

  /** Reads some pieces. */
  void read(int pieces) {
    if (session == null) {
      return;
    }
    for (int i = 0; i < pieces; i++) {
      ByteBuf bytes = socket.read();
      if (bytes == null) {
        break;
      }
      try {
        check(bytes);
      } finally {
        bytes.release();
      }
    }
    boolean end = socket.endOfStream();
    run.require(!ended || end, () -> this + ": the end of the stream is taken back");
    if (end && !ended) {
      ended = true;
      end();
    }
  }

  private void check(ByteBuf bytes) {
    int count = bytes.readableBytes();
    run.require(!ended, () -> this + ": " + count + " bytes after the end of the stream");
    run.require(count > 0, () -> this + ": an empty piece");
    if (session.contentKnown) {
      int wrong = session.toStack.mismatch(bytes, read);
      run.require(wrong < 0, () -> this + ": byte " + (read + wrong + 1) + " is not what was sent");
      long sent = session.sentBeforeEnd();
      run.require(read + count <= sent, () -> this + ": " + sent + " were sent");
    }
    read += count;
  }

  /** A clean end comes only where the peer has put one, and after all that came before it. */
  private void end() {
    if (!session.contentKnown || socket.error() != SocketError.NONE) {
      return;
    }
    boolean right = session.finDsn == read + 1;
    for (FuzzFlow flow : session.flows) {
      right |= flow.finSeq == 1 && read == 0;
      right |= flow.finSeq > 1 && flow.piece(flow.finSeq - 1).dsnAt(flow.finSeq) == read + 1;
    }
    run.require(right, () -> this + ": a clean end, but the peer's is at " + session.finDsn);
  }

  /** Reads everything. What was acknowledged must have come. */
  void drain() {
    if (session == null) {
      return;
    }
    read(Integer.MAX_VALUE);
    boolean known = session.contentKnown && !closed;
    long acked = session.mptcp ? session.dataAcked : plainAcked();
    long fin = session.finDsn >= 0 && acked > session.finDsn ? 1 : 0;
    run.require(
        !known || read >= acked - 1 - fin,
        () -> this + ": " + (acked - 1 - fin) + " bytes were acknowledged");
  }

  /** What was closed has nobody to read what comes: there is no reason to keep it. */
  void checkClosed() {
    long kept = closed ? socket.readableBytes() : 0;
    run.require(kept == 0, () -> this + " has closed, and " + kept + " bytes are kept for it");
  }

  private long plainAcked() {
    FuzzFlow flow = session.flows.get(0);
    return flow.finSeq >= 0 ? Math.min(flow.acked, flow.finSeq) : flow.acked;
  }

  void shutdownOutput() {
    outputShut = true;
    socket.shutdownOutput();
  }

  void close() {
    if (!closed && session != null && session.ready() && session.hearingFlow() != null) {
      closedNs = run.nowNs();
    }
    closed = true;
    socket.close();
  }

  /** Whether it has closed in order, so short a time ago that nobody has lost patience. */
  boolean closedJustNow() {
    return closedNs >= 0 && run.nowNs() - closedNs < JUST_NS;
  }

  void abort() {
    closed = true;
    closedNs = -1;
    socket.abort();
  }

  /** RFC 9293 section 3.10.5: whoever does not know that it is over hears of it by a reset. */
  void checkAborted() {
    if (session == null || !session.innocent || !session.ready() || session.flows.isEmpty()) {
      return;
    }
    boolean bothEnded = session.stackFin >= 0 && session.finDsn >= 0;
    for (FuzzFlow flow : session.flows) {
      boolean over = bothEnded || flow.stackFin >= 0 && flow.finSeq >= 0;
      boolean told = over || flow.mayDie || flow.untracked || flow.life != FuzzFlow.Life.UP;
      run.require(told, () -> flow + " does not hear that the application has aborted");
    }
  }

  boolean ended() {
    return ended;
  }

  @Override
  public String toString() {
    return "application of session " + session.number + " after " + read + " bytes";
  }
}
