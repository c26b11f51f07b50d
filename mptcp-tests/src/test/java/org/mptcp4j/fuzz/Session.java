package org.mptcp4j.fuzz;

import java.util.ArrayList;
import java.util.List;
import org.mptcp4j.testkit.PseudoRandomBytes;
import org.mptcp4j.testkit.peer.MptcpKeys;

/**
 * What the peer knows of one connection: what it sent and what came back. Numbers are relative: the
 * first byte of a stream is number 1. The byte with data sequence number n is always the same, so
 * that whatever reaches the application can be checked.
 */
final class Session {
  /** Time that an innocent peer may let pass in silence. */
  static final long PATIENCE_NS = 4_000_000_000L;

  final int number;
  final boolean stackOpened;
  final List<FuzzFlow> flows = new ArrayList<>();
  final PseudoRandomBytes toStack;
  final PseudoRandomBytes fromStack;
  final long localKey;
  private long localIdsn;
  long remoteKey;
  private long remoteIdsn;

  /** Both ends agreed on MPTCP, as far as the peer knows. */
  boolean mptcp;

  boolean checksum;

  /** The peer's flags in MP_CAPABLE. */
  int localFlags;

  /** The data sequence number of the next new byte. */
  long dataNxt = 1;

  /** Where the stream ends, -1 while it does not. */
  long finDsn = -1;

  /** The end was acknowledged at the data level, and nothing had been sent behind it. */
  boolean finAcked;

  /** Data sequence numbers whose bytes were sent at least once. */
  final Spans sent = new Spans();

  /** The highest DATA_ACK that came. */
  long dataAcked = 1;

  /** Data sequence numbers that came from the stack. */
  final Spans came = new Spans();

  /** Where the stack's stream ends, -1 while that is not known. */
  long stackFin = -1;

  /** An infinite mapping was sent: what follows has none. */
  boolean infinite;

  /** What the application gets is known byte for byte. */
  boolean contentKnown = true;

  /** The peer did nothing that a peer must not do: nothing may be lost, and nobody may reset. */
  boolean innocent = true;

  /** The peer took little or nothing for a while: in time it may be given up. */
  boolean slow;

  AppSocket app;

  Session(int number, boolean stackOpened) {
    this.number = number;
    this.stackOpened = stackOpened;
    toStack = new PseudoRandomBytes(2L * number + 1);
    fromStack = new PseudoRandomBytes(1000L + 2L * number);
    localKey = 0x1234_5678_9abc_0000L + number;
  }

  void keys(long remote) {
    remoteKey = remote;
    localIdsn = MptcpKeys.initialDsn(localKey);
    remoteIdsn = MptcpKeys.initialDsn(remote);
  }

  /** A data sequence number of the peer, as it is on the wire. */
  long rawDsn(long relative) {
    return localIdsn + relative;
  }

  /** A data sequence number of the stack, as it is on the wire. */
  long rawAck(long relative) {
    return remoteIdsn + relative;
  }

  /** A data sequence number of the stack, relative. */
  long relativeDsn(long raw, boolean wide) {
    return wide ? raw - remoteIdsn : near(came.firstMissing(1), (int) raw - (int) remoteIdsn);
  }

  /** An acknowledgement by the stack, relative. */
  long relativeAck(long raw, boolean wide) {
    return wide ? raw - localIdsn : near(dataAcked, (int) raw - (int) localIdsn);
  }

  private static long near(long around, int low) {
    return around + (low - (int) around);
  }

  /** Whether the peer knows what it needs to send data. */
  boolean ready() {
    return !mptcp || remoteKey != 0;
  }

  /** What of the stack's stream came in order, its end included. */
  long dataRcvNxt() {
    long next = came.firstMissing(1);
    return next == stackFin ? next + 1 : next;
  }

  /**
   * Bytes in order that were sent, without those behind the end of the stream. A DATA_FIN is none
   * that is not acknowledged because the other end falls back: RFC 8684 section 3.7.
   */
  long sentBeforeEnd() {
    long all = sent.firstMissing(1) - 1;
    boolean ends = finDsn >= 0 && (innocent || !mptcp || finAcked);
    return ends ? Math.min(all, finDsn - 1) : all;
  }

  /** The peer did something that explains a reset, or bytes that do not come. */
  void guilty() {
    innocent = false;
    // After a fallback a flow says what is next, so that its layout must have been in order.
    contentKnown &= flows.stream().allMatch(FuzzFlow::isLinear);
  }

  void contentUnknown() {
    contentKnown = false;
    innocent = false;
  }

  /**
   * A flow on which the peer may speak; or the only one, on which it has said everything and hears
   * what comes; or null.
   */
  FuzzFlow hearingFlow() {
    FuzzFlow live = liveFlow();
    boolean ended = live == null && flows.size() == 1 && finDsn >= 0;
    // Behind its FIN nothing can be repeated that the data level has dropped.
    ended &= !mptcp || dataAcked >= dataNxt;
    return ended && flows.get(0).life == FuzzFlow.Life.UP ? flows.get(0) : live;
  }

  /** A flow that carries data both ways, or null. */
  FuzzFlow liveFlow() {
    for (FuzzFlow flow : flows) {
      if (flow.carries()) {
        return flow;
      }
    }
    return null;
  }
}
