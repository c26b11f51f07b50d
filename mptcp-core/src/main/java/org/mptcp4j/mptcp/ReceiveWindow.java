package org.mptcp4j.mptcp;

import org.mptcp4j.mib.Counters;
import org.mptcp4j.mib.Mib;
import org.mptcp4j.wire.Dss;
import org.mptcp4j.wire.Seq64;

/**
 * The one receive window that all subflows of a connection advertise, and the DATA_ACK that goes
 * with it. RFC 8684 section 3.3.1: the window is relative to the DATA_ACK, and its right edge only
 * grows. Shared by the connection and the extensions of its subflows.
 */
final class ReceiveWindow {
  /** What is offered at most as long as memory is scarce. */
  private static final int SCARCE_BYTES = 1 << 16;

  /** Payload of a full segment on most paths. */
  private static final int SEGMENT_BYTES = 1460;

  private static final int LARGEST_UNSCALED = 65_535;

  /** DSS with 64-bit DATA_ACK and DSN. */
  private static final int WIDE_DSS_BYTES = 28;

  private int bufferBytes;

  /** The largest that the buffer has been: what the peer may still have in flight. */
  private int largestBytes;

  private boolean started;
  private boolean wide; // the last mapping that came had 64 bits
  private long next;
  private long edge;

  /** The edge that the peer has been told of. */
  private long told;

  private int unreadBytes;
  private final StackMemory memory;
  private int unreadHeldBytes;
  private int offered;
  private boolean withinLimit = true;

  /**
   * Makes one for data whose numbering is not known yet.
   *
   * @param bufferBytes received and unread bytes that it admits at first
   * @param memory of the stack
   */
  ReceiveWindow(int bufferBytes, StackMemory memory) {
    this.memory = memory;
    this.bufferBytes = bufferBytes;
    this.largestBytes = bufferBytes;
  }

  /** The numbering is known: {@code first} is the first sequence number expected. */
  void start(long first) {
    started = true;
    next = first;
    edge = first + bufferBytes;
    // RFC 7323 section 2.2: the window of a SYN is not scaled.
    told = first + Math.min(bufferBytes, LARGEST_UNSCALED);
  }

  /** Memory of the stack. */
  StackMemory memory() {
    return memory;
  }

  boolean started() {
    return started;
  }

  int bufferBytes() {
    return bufferBytes;
  }

  /** The most that it ever admitted. */
  int largestBytes() {
    return largestBytes;
  }

  /**
   * Admits more or less. RFC 9293 section 3.8.6.2.1: a window that was offered is not shrunk, so
   * that less is admitted only once what the peer was told of has come.
   */
  void resize(int bytes) {
    if (bytes < bufferBytes) {
      edge = told;
    }
    bufferBytes = bytes;
    largestBytes = Math.max(largestBytes, bytes);
  }

  /** Next data sequence number expected: what DATA_ACK says. */
  long next() {
    return next;
  }

  /**
   * A mapping came.
   *
   * @param dsn64 whether its data sequence number has 64 bits
   */
  void mapped(boolean dsn64) {
    wide = dsn64;
  }

  /**
   * The flags of a DATA_ACK. RFC 8684 section 3.3.2: a data sequence number of 64 bits MUST be
   * acknowledged by one of 64 bits. What came with 32, or did not come yet, needs no more.
   */
  int ackFlags() {
    return wide ? Dss.ACK | Dss.ACK64 : Dss.ACK;
  }

  /** Bytes that a mapping takes beside such a DATA_ACK, with checksum or padded. */
  int dssBytes() {
    return wide ? WIDE_DSS_BYTES : WIDE_DSS_BYTES - 4;
  }

  /** First data sequence number beyond what was promised. */
  long edge() {
    return edge;
  }

  /**
   * First data sequence number that is refused. One buffer beyond the edge is still taken: Linux
   * adds the window of an earlier segment to a newer DATA_ACK and so overshoots the edge, and what
   * is refused here has been acknowledged by its subflow, so that only a data-level timeout brings
   * it again.
   */
  long acceptableEnd() {
    return edge + largestBytes;
  }

  /** Data was received in order. */
  void advance(int bytes) {
    next += bytes;
    unreadBytes += bytes;
  }

  /** Sequence space that holds no bytes was received: a DATA_FIN. */
  void skip(long count) {
    next += count;
  }

  /** The application took bytes. */
  void consumed(int bytes) {
    unreadBytes -= bytes;
  }

  /** What is to be offered: less of it as long as memory is scarce. */
  private long room() {
    long room = bufferBytes;
    if (memory.isScarce()) {
      room = Math.min(room, Math.min(SCARCE_BYTES, memory.shareBytes()));
    }
    return Math.max(0, room - unreadBytes);
  }

  /**
   * What was received is in memory.
   *
   * @param unreadBytes what the part of it that can be read keeps alive
   * @param within whether all of it is no more than the connection may hold
   */
  void held(long unreadBytes, boolean within) {
    unreadHeldBytes = (int) Math.min(Integer.MAX_VALUE, unreadBytes);
    withinLimit = within;
  }

  /** Whether what comes next in order may be kept; counts it when not. */
  boolean takesInOrder(Counters counters) {
    boolean room = withinLimit && unreadHeldBytes < memory.shareBytes();
    if (!room) {
      counters.increment(Mib.TCP_RCV_Q_DROP);
    }
    return room;
  }

  /** Whether what comes beyond a hole may be kept; counts it when not. */
  boolean takesOutOfOrder(Counters counters) {
    boolean room = withinLimit && memory.shareBytes() == Long.MAX_VALUE;
    if (!room) {
      counters.increment(Mib.TCP_OFO_DROP);
    }
    return room;
  }

  /** Window to advertise now, in bytes from {@link #next()}. */
  int available() {
    long free = room();
    if (!started) {
      return (int) free;
    }
    long promised = Math.max(0, Seq64.diff(edge, next));
    return (int) Math.min(Integer.MAX_VALUE, isSilly(free) ? promised : Math.max(free, promised));
  }

  /**
   * RFC 9293 section 3.8.6.2.2: what is too small to be offered, or the peer would fill it with
   * small segments for ever. The bounds are those of Linux.
   */
  private boolean isSilly(long free) {
    long whole = wholeBytes();
    return free < Math.min(whole / 2, Math.max(whole / 16, SEGMENT_BYTES));
  }

  private long wholeBytes() {
    return memory.isScarce() ? Math.min(bufferBytes, SCARCE_BYTES) : bufferBytes;
  }

  /** The window to advertise in a segment that leaves now, which {@link #promise()} follows. */
  int offer() {
    offered = available();
    return offered;
  }

  /** A segment with the window left that was offered: the promise stands. */
  void promise() {
    promise(offered);
  }

  /** A SYN with the window left that was offered: RFC 7323 section 2.2, it is not scaled. */
  void promiseUnscaled() {
    promise(Math.min(offered, LARGEST_UNSCALED));
  }

  private void promise(int windowBytes) {
    if (started) {
      told = Seq64.max(told, next + windowBytes);
      edge = Seq64.max(edge, told);
    }
  }

  /** Bytes a subflow must take beyond its own next one: whatever the peer may have in flight. */
  int acceptable() {
    // Bytes that were reinjected elsewhere and acknowledged may still arrive on a slow subflow.
    return (int) Math.min(1 << 30, 2L * largestBytes + (1 << 16));
  }

  /**
   * Whether a peer should be told that reading made room: less than half the buffer is on offer and
   * a quarter of it would be gained. RFC 9293 section 3.8.6.2.2.
   */
  boolean updateDue() {
    if (!started) {
      return false;
    }
    long offered = Math.max(0, Seq64.diff(edge, next));
    long free = room();
    long whole = wholeBytes();
    return offered < whole / 2 && free - offered >= whole / 4;
  }
}
