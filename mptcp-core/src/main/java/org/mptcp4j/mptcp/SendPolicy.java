package org.mptcp4j.mptcp;

import org.mptcp4j.api.BufferRange;
import org.mptcp4j.api.TcpSocketOptions;
import org.mptcp4j.wire.Seq64;

/**
 * When what was written leaves, and how much of it may wait: small segments (Nagle's algorithm as
 * Minshall modified it), the cork, the send buffer, and the bound of what is not sent.
 */
final class SendPolicy {
  private static final long CORK_NS = 200_000_000L; // as Linux

  /** So much may always wait to be sent. */
  private static final int LEAST_UNSENT_BYTES = 1 << 17;

  /** What may be held beside what the buffer explains: small pieces cost more than their bytes. */
  private static final int FIXED_BYTES = 256 << 10;

  private final DataSendQueue tx;
  private TcpSocketOptions options;
  private boolean noDelay;
  private boolean uncorked;
  private boolean tuned; // whether the send buffer is: one of fixed size is a bound of its own
  private int bufferBytes;
  private int mostBytes; // of the buffer
  private long smallEnd; // behind the last segment sent that was not full
  private int unsentInFlows;
  private int passingBytes;

  SendPolicy(ConnectionConfig config, DataSendQueue tx) {
    this.tx = tx;
    buffer(config.sendBuffer());
    options = config.socket().tcp();
    noDelay = config.socket().noDelay();
    smallEnd = tx.una();
  }

  TcpSocketOptions options() {
    return options;
  }

  void options(TcpSocketOptions chosen) {
    options = chosen;
  }

  /** How long a closed connection goes on to deliver, when it would for so long by itself. */
  long lingered(long patienceNs) {
    return options.lingerNs() > 0 ? Math.min(options.lingerNs(), patienceNs) : patienceNs;
  }

  /** Switches Nagle's algorithm off or on. Off, what waits leaves, corked or not: as Linux. */
  void noDelay(boolean off) {
    noDelay = off;
    uncorked |= off && tx.unsentBytes() > 0;
  }

  /** Whether what does not fill a segment waits: for more, or for one before it. */
  boolean holdsSmall() {
    return isCorked() || !noDelay && Seq64.lt(tx.una(), smallEnd);
  }

  private boolean isCorked() {
    return options.cork() && !uncorked;
  }

  /**
   * Bytes leave in full segments and a last one, which is small when nothing follows that fills it.
   *
   * @param mss payload of a full segment
   */
  void sending(long dsn, int length, int mss) {
    if (dsn + length == tx.end() && length % Math.max(1, mss) != 0) {
      smallEnd = Seq64.max(smallEnd, dsn + length);
      uncorked = false;
    }
  }

  /** What waited for more to be written leaves when it waited long enough. */
  void onTimeout(long nowNs, MetaTimers timers) {
    uncorked |= timers.take(nowNs, MetaTimers.Timer.CORK);
  }

  /** What may leave has left. Returns whether {@link #carried} wants to be told. */
  boolean update(long nowNs, MetaTimers timers) {
    if (isCorked() && tx.unsentBytes() > 0) {
      timers.armBefore(MetaTimers.Timer.CORK, nowNs + CORK_NS);
    } else {
      timers.stop(MetaTimers.Timer.CORK); // what is corked next waits as long
    }
    boolean chosen = options.notSentLowatBytes() != TcpSocketOptions.AUTO;
    unsentInFlows = 0;
    return tx.heldBytes() >= (chosen ? 1 : LEAST_UNSENT_BYTES / 2);
  }

  /**
   * What the flows do with what they were given.
   *
   * @param unsentBytes what they have not sent of it
   * @param perRoundTripBytes what they get through in a round trip and a little more, the turn of
   *     an application
   */
  void carried(long unsentBytes, long perRoundTripBytes) {
    unsentInFlows = (int) Math.min(Integer.MAX_VALUE, unsentBytes);
    passingBytes = (int) Math.min(Integer.MAX_VALUE, perRoundTripBytes);
  }

  /**
   * Bytes not sent after which no more should be written: by default what the flows get through in
   * a round trip, so that what is written later does not wait behind a large buffer.
   */
  private long notSentLowat() {
    int chosen = options.notSentLowatBytes();
    if (chosen != TcpSocketOptions.AUTO) {
      return chosen;
    }
    return tuned ? Math.max(LEAST_UNSENT_BYTES, passingBytes) : Long.MAX_VALUE;
  }

  // ---- the send buffer

  /** Sets its bounds. */
  void buffer(BufferRange range) {
    mostBytes = range.maxBytes();
    tuned = range.initialBytes() != mostBytes;
    bufferBytes = range.nearest(bufferBytes);
  }

  /** Its size at the moment. */
  int bufferBytes() {
    return bufferBytes;
  }

  /** Whether it may become larger. */
  boolean mayGrow(StackMemory memory) {
    return bufferBytes < mostBytes && memory.sendBytes() >= mostBytes;
  }

  /** Lets it become as large as that, if it may. Returns whether it did become larger. */
  boolean grow(long bytes) {
    boolean larger = bytes > bufferBytes;
    if (larger) {
      bufferBytes = (int) Math.min(bytes, mostBytes);
    }
    return larger;
  }

  private long limitBytes(StackMemory memory) {
    return Math.min(bufferBytes, memory.sendBytes());
  }

  /** Room in it; negative when it is too full. */
  long bufferRoomBytes(StackMemory memory) {
    return tx.roomBytes(limitBytes(memory), FIXED_BYTES);
  }

  /** What may still be written; negative when it is too much already. */
  long roomBytes(StackMemory memory) {
    long unsentRoom = notSentLowat() - tx.unsentBytes() - unsentInFlows;
    return Math.min(bufferRoomBytes(memory), unsentRoom);
  }

  /** Room that is worth telling of to who found none. */
  long worthwhileBytes(StackMemory memory) {
    // A quarter at a time: with all of it in flight, waiting for more would drain the path.
    return Math.max(1, Math.min(limitBytes(memory) / 4, notSentLowat() / 2));
  }
}
