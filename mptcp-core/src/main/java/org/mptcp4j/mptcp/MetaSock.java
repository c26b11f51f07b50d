package org.mptcp4j.mptcp;

import io.netty.buffer.ByteBuf;
import org.mptcp4j.api.BufferRange;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.api.TcpSocketOptions;
import org.mptcp4j.info.FallbackReason;
import org.mptcp4j.mib.Counters;
import org.mptcp4j.mib.Mib;
import org.mptcp4j.tcp.PeerTimeouts;
import org.mptcp4j.tcp.TcpSock;
import org.mptcp4j.wire.Seq64;

/**
 * {@code meta_sk}: the data level of a connection, and what the application is always linked to,
 * whether the peer speaks MPTCP or not. It has a 64-bit sequence space, a send and a receive queue,
 * the data window and the close states, and no segments of its own. After any of its public verbs
 * the driver polls {@link Connection#pollTransmit}, which carries them out.
 */
public final class MetaSock {
  /** What the application asked for last, as far as closing goes. */
  private enum Wish {
    NONE,
    SHUTDOWN,
    CLOSE,
    /** As CLOSE, but received data is lost by it, so that a reset follows what was written. */
    CLOSE_WITH_LOSS,
    ABORT
  }

  /** Bytes read before the receive buffer is tuned: most connections never come so far. */
  private static final int TUNED_FROM = 65_536;

  /** What a connection may hold beside what its buffers explain. */
  private static final int FIXED_BYTES = 256 << 10;

  private final SendPolicy policy;
  private PeerTimeouts peerTimeouts;
  private int mostReceiveBytes;
  private final ReceiveWindow window;
  private final DataSendQueue tx;
  private final DataReceiveQueue rx;
  private final DataFin fin = new DataFin();
  private Life life = Life.CONNECTING;
  private Wish wish = Wish.NONE;
  private SocketError error = SocketError.NONE;
  private final long first;
  private long windowEnd;
  private boolean wroteFull;
  private FallbackReason fallbackReason = FallbackReason.NONE;
  private short events; // bits of ConnectionEvents
  private BufferTuning tuning; // null until much was read or written

  /** Bytes received in order when the application was last told that it can read. */
  private long reportedBytes;

  /**
   * Makes one.
   *
   * @param firstDsn data sequence number of the first byte we send
   * @param memory of the stack
   */
  public MetaSock(ConnectionConfig config, long firstDsn, Counters counters, StackMemory memory) {
    peerTimeouts = config.peerTimeouts();
    mostReceiveBytes = config.receiveBuffer().maxBytes();
    window = new ReceiveWindow(config.receiveBuffer().initialBytes(), memory);
    tx = new DataSendQueue(firstDsn);
    policy = new SendPolicy(config, tx);
    rx = new DataReceiveQueue(window, counters);
    first = firstDsn;
    windowEnd = firstDsn;
  }

  // ---- the application's verbs

  /**
   * Takes ownership of a buffer and sends its readable bytes. After {@link #shutdownOutput()} or
   * the end of the connection they are released and lost.
   *
   * @return whether there is room for more
   */
  public boolean write(ByteBuf buf) {
    if (takesNothing()) {
      buf.release();
      return false;
    }
    tx.write(buf);
    boolean room = writableBytes() > 0;
    wroteFull |= !room;
    return room;
  }

  /** Bytes that may be written before {@link #write} returns false. */
  public long writableBytes() {
    if (takesNothing()) {
      return 0;
    }
    long room = policy.roomBytes(window.memory());
    // As long as memory is scarce there may be none although nothing was written.
    wroteFull |= room <= 0;
    return Math.max(0, room);
  }

  /** Bytes that the send buffer has room for. */
  public long sendBufferRoomBytes() {
    return takesNothing() ? 0 : Math.max(0, policy.bufferRoomBytes(window.memory()));
  }

  private boolean takesNothing() {
    return life.isOver() || wish != Wish.NONE;
  }

  /**
   * Memory that what was received may keep alive: the buffer at its largest, what pieces cost
   * beside their bytes, and something for the rest.
   */
  long mostReceivedHeldBytes() {
    // What was offered before the buffer became smaller may still come.
    long most = Math.max(mostReceiveBytes, window.largestBytes());
    return most + most / 2 + FIXED_BYTES;
  }

  /** Switches Nagle's algorithm off or on; what it has held back follows with the next poll. */
  public void setNoDelay(boolean off) {
    policy.noDelay(off);
  }

  /** When what was written leaves. */
  SendPolicy policy() {
    return policy;
  }

  /** Keep-alive and user timeout of all its flows, those to come included. */
  public PeerTimeouts peerTimeouts() {
    return peerTimeouts;
  }

  /** Sets them for flows to come; those that live are told by themselves. */
  public void setPeerTimeouts(PeerTimeouts timeouts) {
    peerTimeouts = timeouts;
  }

  /** What else was chosen for the TCP of its flows. */
  public TcpSocketOptions tcpOptions() {
    return policy.options();
  }

  /** Sets that for flows to come; those that live are told by themselves. */
  public void setTcpOptions(TcpSocketOptions options) {
    policy.options(options);
    wroteFull |= writableBytes() == 0;
    tellWritable();
  }

  /** Sets the bounds of the send buffer. What was written beyond a smaller one stays in it. */
  public void setSendBuffer(BufferRange range) {
    policy.buffer(range);
    wroteFull |= policy.roomBytes(window.memory()) <= 0;
    tellWritable();
  }

  /** Sets the bounds of the receive buffer. What was promised to the peer is kept. */
  public void setReceiveBuffer(BufferRange range) {
    mostReceiveBytes = range.maxBytes();
    window.resize(range.nearest(window.bufferBytes()));
  }

  /** Bytes written and not given to a subflow yet. */
  public long unsentBytes() {
    return tx.unsentBytes();
  }

  /** Next piece in order, owned by the caller; null when there is none. */
  public ByteBuf read() {
    return read(Integer.MAX_VALUE);
  }

  /** As {@link #read()}, but no more than so many bytes: the rest of the piece stays. */
  public ByteBuf read(int mostBytes) {
    return rx.read(mostBytes);
  }

  /** Bytes that {@link #read} would return now. */
  public long readableBytes() {
    return rx.readableBytes();
  }

  /** Whether the peer finished sending and everything was read, and nothing thrown away. */
  public boolean endOfStream() {
    return peerFinished() && rx.readableBytes() == 0 && !rx.lost();
  }

  /** No more will be written: DATA_FIN, or FIN, follows what was. Repeated calls do nothing. */
  public void shutdownOutput() {
    if (wish == Wish.NONE) {
      wish = Wish.SHUTDOWN;
    }
  }

  /** Whether {@link #shutdownOutput()} or {@link #close()} was called. */
  public boolean outputShutDown() {
    return wish != Wish.NONE;
  }

  /**
   * Closes both directions after what was written: in order, or by a reset when received data was
   * not read or more of it comes.
   */
  public void close() {
    if (closedByApplication()) {
      return;
    }
    if (closed()) {
      rx.release();
    }
    wish = Wish.CLOSE;
    if (rx.readableBytes() > 0) {
      loseInput(Mib.TCP_ABORT_ON_CLOSE);
    }
  }

  /** RFC 1122 section 4.2.2.13: lost data must not look like success. */
  private void loseInput(Mib why) {
    wish = Wish.CLOSE_WITH_LOSS;
    counters().increment(why);
    rx.release();
  }

  /**
   * Throws away what was received when the application has closed.
   *
   * @return whether anything was lost, now or before
   */
  boolean discardInput() {
    if (wish == Wish.CLOSE && rx.readableBytes() > 0) {
      loseInput(Mib.TCP_ABORT_ON_DATA);
    }
    if (losesInput()) {
      rx.release();
    }
    return losesInput();
  }

  /** Ends the connection at once, with MP_FASTCLOSE or RST. */
  public void abort() {
    if (closed()) {
      rx.release();
    }
    wish = Wish.ABORT;
  }

  /** Why the connection is over, NONE while it is not or when it ended in order. */
  public SocketError error() {
    return error;
  }

  /** State of the connection. */
  public Life life() {
    return life;
  }

  /** Every transition of {@link #life()} goes through here. */
  private void become(Life next) {
    assert life.successors().contains(next) : life + " to " + next;
    life = next;
  }

  /** Whether the application called {@link #close()} or {@link #abort()}. */
  public boolean closedByApplication() {
    return wish != Wish.NONE && wish != Wish.SHUTDOWN;
  }

  /** Bytes given to subflows at least once. */
  public long bytesSent() {
    return Seq64.diff(tx.nxt(), first);
  }

  /** Bytes acknowledged at the data level. */
  public long bytesAcked() {
    return Seq64.diff(tx.una(), first);
  }

  /** Bytes received in order. */
  public long bytesReceived() {
    return rx.receivedBytes();
  }

  /** Bytes beyond a hole. */
  public long outOfOrderBytes() {
    return rx.outOfOrderBytes();
  }

  /** What the peer's window still admits. */
  public long sendWindowBytes() {
    return Math.max(0, Seq64.diff(windowEnd, tx.nxt()));
  }

  /** Size of the send buffer at the moment. */
  public int sendBufferBytes() {
    return policy.bufferBytes();
  }

  // ---- the connection's side

  /** What was written and is not acknowledged. */
  public DataSendQueue tx() {
    return tx;
  }

  /** What was received: reassembly, and what waits for the application. */
  public DataReceiveQueue rx() {
    return rx;
  }

  ReceiveWindow window() {
    return window;
  }

  DataFin fin() {
    return fin;
  }

  /** Data sequence number of the first byte we send. */
  long firstDsn() {
    return first;
  }

  /** Whether a reset will end the connection because {@link #discardInput()} lost something. */
  boolean losesInput() {
    return wish == Wish.CLOSE_WITH_LOSS;
  }

  /** Whether a reset is due: nothing that was written is to be waited for any more. */
  boolean resetDue() {
    // With both ends told, an acknowledgement more would look like an orderly end to the peer.
    boolean looksOrderly = fin.sent() && rx.endKnown();
    return wish == Wish.ABORT || losesInput() && (tx.heldBytes() == 0 || looksOrderly);
  }

  /** Whether the first handshake is not over yet. */
  public boolean connecting() {
    return life == Life.CONNECTING;
  }

  boolean closed() {
    return life.isOver();
  }

  /** Bits of {@link ConnectionEvents} since the last call, which clears them. */
  public int takeEvents() {
    int taken = events;
    events = 0;
    long received = rx.receivedBytes();
    if (received != reportedBytes) {
      reportedBytes = received;
      taken |= ConnectionEvents.READABLE;
    }
    return taken;
  }

  void event(int bits) {
    events |= (short) bits;
  }

  /** Why it falls back, should that be possible; counted in any case. */
  void fallsBack(FallbackReason why) {
    fallbackReason = why;
    if (why != FallbackReason.NONE) {
      why.counter().ifPresent(counters()::increment);
    }
  }

  /** What was given to {@link #fallsBack} last. */
  FallbackReason fallbackReason() {
    return fallbackReason;
  }

  /** The handshake is over. */
  public void connected() {
    if (connecting()) {
      become(Life.ESTABLISHED);
      event(ConnectionEvents.CONNECTED);
    }
  }

  /**
   * The peer's half of the handshake.
   *
   * @param peerFirst data sequence number of the peer's first byte
   * @param windowBytes its window, of a segment that names no DATA_ACK
   */
  public void learnPeer(long peerFirst, long windowBytes) {
    window.start(peerFirst);
    windowEnd = Seq64.max(windowEnd, tx.una() + windowBytes);
  }

  /** Whether the peer's window moved since the connection began sending. */
  long windowEnd() {
    return windowEnd;
  }

  /**
   * A DATA_ACK with the window of its segment. RFC 8684 section 3.3.1: the right edge is a maximum.
   *
   * @return whether anything was newly acknowledged; an acknowledgement of what was never sent is
   *     ignored
   */
  public boolean onDataAck(long ack, long windowBytes) {
    long sentEnd = fin.sent() ? fin.dsn() + 1 : tx.nxt();
    if (Seq64.gt(ack, sentEnd) || Seq64.lt(ack, first)) {
      return false;
    }
    windowEnd = Seq64.max(windowEnd, ack + windowBytes);
    boolean finBefore = fin.acknowledged();
    fin.onDataAck(ack);
    boolean progress = Seq64.gt(ack, tx.una()) && tx.heldBytes() > 0;
    acknowledge(Seq64.min(ack, tx.end()));
    if (fin.acknowledged() && !finBefore) {
      finAcknowledged();
      return true;
    }
    return progress;
  }

  /** Bytes up to {@code dsn} arrived at the peer. */
  void acknowledge(long dsn) {
    tx.acknowledge(dsn);
    tellWritable();
  }

  /** Whether the application would have written more than there was room for. */
  boolean isFull() {
    return wroteFull;
  }

  void tellWritable() {
    StackMemory memory = window.memory();
    boolean room = wroteFull && policy.roomBytes(memory) >= policy.worthwhileBytes(memory);
    if (room && wish == Wish.NONE) {
      wroteFull = false;
      event(ConnectionEvents.WRITABLE);
    }
  }

  /**
   * Lets the send buffer follow what is acknowledged in a round trip, for an application that fills
   * it. Called when what may leave has left.
   */
  void tuneSending(long nowNs, RoundTrip path) {
    tellWritable();
    boolean tunes = wroteFull && policy.mayGrow(window.memory());
    if (tunes && policy.grow(tuning().onAcknowledged(nowNs, bytesAcked(), path))) {
      tellWritable();
    }
  }

  /** Lets the receive buffer follow what the application reads in a round trip. */
  void tuneReceiving(long nowNs, RoundTrip path) {
    long read = rx.receivedBytes() - rx.readableBytes();
    boolean grown = window.bufferBytes() >= mostReceiveBytes;
    if (losesInput() || read < TUNED_FROM || grown || window.memory().isScarce()) {
      return;
    }
    long wanted = tuning().onRead(nowNs, read, path);
    if (wanted > window.bufferBytes()) {
      window.resize((int) Math.min(wanted, mostReceiveBytes));
    }
  }

  private BufferTuning tuning() {
    if (tuning == null) {
      tuning = new BufferTuning();
    }
    return tuning;
  }

  /** Whether all that was written left and the end of it should follow. */
  public boolean finWanted() {
    return (wish == Wish.SHUTDOWN || wish == Wish.CLOSE) && !fin.sent() && tx.unsentBytes() == 0;
  }

  /** Whether everything but the DATA_FIN is acknowledged. */
  boolean onlyFinIsDue() {
    return fin.due() && tx.heldBytes() == 0;
  }

  /** The end of what we send leaves. */
  public void sendFin() {
    fin.send(tx.end());
    // RFC 8684 section 3.3.3: the close states are those of TCP.
    become(life == Life.CLOSE_WAIT ? Life.LAST_ACK : Life.FIN_WAIT_1);
  }

  /** Our DATA_FIN, or FIN, is acknowledged. */
  void finAcknowledged() {
    switch (life) {
      case FIN_WAIT_1 -> become(Life.FIN_WAIT_2);
      case CLOSING, LAST_ACK -> finished();
      default -> {
        // Acknowledged already.
      }
    }
  }

  /**
   * The end of what the peer sends is known to be at {@code dsn}. Returns what {@link
   * #takePeerFin()} does.
   */
  public boolean peerFin(long dsn) {
    if (!rx.endKnown() && Seq64.ge(dsn, window.next())) {
      rx.endAt(dsn);
    }
    return takePeerFin();
  }

  /**
   * Acts on the peer's end once everything before it is here. Called after data was received.
   *
   * @return whether that happened now
   */
  public boolean takePeerFin() {
    if (!rx.endKnown() || rx.endDsn() != window.next() || closed()) {
      return false;
    }
    window.skip(1);
    rx.end();
    event(ConnectionEvents.END_OF_STREAM);
    switch (life) {
      case ESTABLISHED -> become(Life.CLOSE_WAIT);
      case FIN_WAIT_1 -> become(Life.CLOSING);
      case FIN_WAIT_2 -> finished();
      default -> {
        // Before the handshake is over nothing can end.
      }
    }
    return true;
  }

  /** Whether the peer said where its data ends. */
  boolean peerFinKnown() {
    return rx.endKnown();
  }

  /** Whether a stream that fell back ended before its DATA_FIN: bytes are missing. */
  boolean endsEarly(TcpSock tcp) {
    return rx.endKnown() && !peerFinished() && tcp.finReceived() && tcp.readableBytes() == 0;
  }

  /** Whether the peer finished sending and all of it is here: its DATA_FIN has a number, too. */
  boolean peerFinished() {
    return rx.endKnown() && Seq64.gt(window.next(), rx.endDsn());
  }

  /** Where the next byte would be: the peer's DATA_FIN has a number, and is no byte. */
  long nextByte() {
    return peerFinished() ? window.next() - 1 : window.next();
  }

  /** Where what happens is counted. */
  Counters counters() {
    return rx.counters();
  }

  private void finished() {
    if (discardInput()) {
      return; // the reset ends it
    }
    become(Life.FINISHED);
    tx.release();
    event(ConnectionEvents.CLOSED);
  }

  /** It is over, in disorder. What was received in order can still be read. */
  void fail(SocketError why) {
    if (closed()) {
      return;
    }
    boolean connecting = connecting();
    become(Life.CLOSED);
    error = why;
    tx.release();
    rx.end();
    event(connecting ? ConnectionEvents.CONNECT_FAILED : ConnectionEvents.CLOSED);
  }

  /** The flows were told that both ends finished. */
  void flowsClose() {
    become(Life.CLOSED);
  }

  /** Releases everything. */
  public void release() {
    if (life != Life.CLOSED) {
      become(Life.CLOSED);
    }
    tx.release();
    rx.release();
  }
}
