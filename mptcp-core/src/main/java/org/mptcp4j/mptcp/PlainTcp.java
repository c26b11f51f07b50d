package org.mptcp4j.mptcp;

import java.util.Optional;
import org.mptcp4j.mib.Counters;
import org.mptcp4j.tcp.TcpExtension;
import org.mptcp4j.tcp.TcpSock;
import org.mptcp4j.wire.MptcpOption;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.TcpFlags;
import org.mptcp4j.wire.TxSegment;

/**
 * The extension of a {@code TcpSock} whose peer speaks plain TCP, or that fell back to it: no
 * options, TCP's own window.
 */
class PlainTcp implements TcpExtension {
  private final ReceiveWindow window;
  private final Counters counters;

  /**
   * Makes one.
   *
   * @param window receive window of the connection
   * @param counters those of the stack
   */
  PlainTcp(ReceiveWindow window, Counters counters) {
    this.window = window;
    this.counters = counters;
  }

  // ---- where MPTCP was spoken before: FallbackOptions

  /** A segment was accepted. */
  Decision onSegment(RxSegment segment, TcpSock tcp, MetaSock meta) {
    return Decision.NONE;
  }

  /** Everything before {@code una} is acknowledged by TCP. */
  void acknowledged(int una) {
    // There are no mappings.
  }

  /** The peer's stream ends with a FIN of TCP. */
  void endedByFin() {
    // There is no other end.
  }

  /** Whether an acknowledgement must leave at once. */
  boolean owesAck() {
    return false;
  }

  /** When {@link #onTimeout} is due; {@link Long#MAX_VALUE} for never. */
  long deadlineNs() {
    return Long.MAX_VALUE;
  }

  /** What was to be answered by now was not. */
  Decision onTimeout(long nowNs, TcpSock tcp) {
    return Decision.NONE;
  }

  /** The flow is closed: what a reset says. */
  void resetSays(CloseReason why) {
    // TCP's resets say nothing.
  }

  /** What the reset said that the peer must hear, should it ask again. */
  Optional<? extends MptcpOption> lastWord() {
    return Optional.empty();
  }

  // ---- what TCP asks

  @Override
  public void writeOptions(long nowNs, TxSegment segment) {
    if ((segment.flags() & TcpFlags.SYN) != 0) {
      window.promiseUnscaled();
    } else {
      window.promise();
    }
  }

  @Override
  public int segmentLimit(int seq, int maxBytes) {
    return maxBytes;
  }

  @Override
  public int reservedOptionBytes() {
    return 0;
  }

  @Override
  public int windowBytes(int rcvNxt) {
    return window.offer();
  }

  @Override
  public int acceptableBytes() {
    return window.available();
  }

  @Override
  public boolean takesInOrder() {
    return window.takesInOrder(counters);
  }

  @Override
  public boolean takesOutOfOrder() {
    return window.takesOutOfOrder(counters);
  }

  @Override
  public int sendWindow(int tcpSendWindow) {
    return tcpSendWindow;
  }

  @Override
  public Counters counters() {
    return counters;
  }
}
