package org.mptcp4j.tcp;

import io.netty.buffer.ByteBuf;
import org.mptcp4j.cc.CongestionControl;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.TxSegment;

/**
 * {@code tcp_sock}: one TCP connection, or one subflow of an MPTCP connection, from SYN-SENT or
 * SYN-RECEIVED through TIME-WAIT. It has no thread, clock or I/O: segments are given to {@link
 * #onSegment}, outgoing ones are polled with {@link #pollTransmit}, and time passes through {@link
 * #onTimeout}.
 *
 * <p>After {@link #onSegment}, {@link #onTimeout}, {@link #enqueue}, {@link #shutdownOutput}, {@link
 * #abort}, {@link #requestAck}, {@link #requestProbe} and {@link #windowMayHaveGrown} the owner polls
 * until {@link #pollTransmit} returns false, then asks {@link #nextTimeoutNs}. Early or superfluous
 * calls do nothing. One thread.
 */
public final class TcpSock {

  private TcpSock() {}

  /**
   * Active open: the first {@link #pollTransmit} gives the SYN.
   *
   * @param config limits and timers
   * @param tuple addresses and ports
   * @param extension windows and options; held as long as the socket
   * @param cc not started yet; started when the handshake completes
   * @param iss initial sequence number
   * @param tsOffset offset of our timestamps
   * @param nowNs current time
   */
  public static TcpSock connect(
      TcpConfig config,
      FourTuple tuple,
      TcpExtension extension,
      CongestionControl cc,
      int iss,
      int tsOffset,
      long nowNs) {
    return new TcpSock();
  }

  /**
   * Passive open: a SYN arrived for a listener; the first {@link #pollTransmit} gives the SYN/ACK. The
   * SYN's own MPTCP options are the owner's business.
   *
   * @param syn the SYN, borrowed for the call
   * @see #connect the other parameters
   */
  public static TcpSock accept(
      TcpConfig config,
      FourTuple tuple,
      TcpExtension extension,
      CongestionControl cc,
      int iss,
      int tsOffset,
      RxSegment syn,
      long nowNs) {
    return new TcpSock();
  }

  /**
   * A segment of this connection arrived: RFC 9293 section 3.10.7. Payload that is kept is retained
   * or copied. The owner then reads {@link #notices()} and drains {@link #pollData()}.
   */
  public SegmentVerdict onSegment(long nowNs, RxSegment seg) {
    return SegmentVerdict.DROPPED;
  }

  /**
   * Builds the next segment that should leave now; call again until it returns false.
   *
   * @param out cleared and filled, except for link and traffic class
   * @return false when there is nothing to send now; {@code out} is then clear
   */
  public boolean pollTransmit(long nowNs, TxSegment out) {
    return false;
  }

  /** When {@link #onTimeout} wants to be called; {@link Long#MAX_VALUE} for never. */
  public long nextTimeoutNs() {
    return Long.MAX_VALUE;
  }

  /** Does what is due; too early a call does nothing. */
  public void onTimeout(long nowNs) {}

  // ---- sending

  /**
   * Appends bytes to the stream, retaining the buffer until they are acknowledged. Allowed before the
   * handshake completes.
   *
   * @throws IllegalStateException after {@link #shutdownOutput()}
   */
  public void enqueue(ByteBuf buf, int index, int length) {}

  /** Bytes queued and never sent. */
  public int unsentBytes() {
    return 0;
  }

  /** Bytes thought to be in the network: the pipe of RFC 6675. */
  public int inFlightBytes() {
    return 0;
  }

  /** Bytes that could leave at once beyond those queued already. 0 before the handshake completes. */
  public int sendRoomBytes() {
    return 0;
  }

  /** First sequence number not acknowledged. */
  public int sndUna() {
    return 0;
  }

  /** Next sequence number to be sent for the first time. */
  public int sndNxt() {
    return 0;
  }

  /** Sequence number that the next byte given to {@link #enqueue} will have. */
  public int sndEnd() {
    return 0;
  }

  /** Our initial sequence number. */
  public int iss() {
    return 0;
  }

  /** The peer's initial sequence number; 0 before its SYN arrived. */
  public int irs() {
    return 0;
  }

  /** Next sequence number expected from the peer. */
  public int rcvNxt() {
    return 0;
  }

  /** Payload bytes of a full wire segment with the options that data segments carry. */
  public int payloadMss() {
    return 0;
  }

  /** No more data will be queued: a FIN follows what is queued. Repeated calls do nothing. */
  public void shutdownOutput() {}

  /** Whether {@link #shutdownOutput()} was called. */
  public boolean outputShutDown() {
    return false;
  }

  /**
   * Ends the connection at once: queued data is released and the next poll gives a RST, where the
   * state calls for one, to which the extension adds its options. The state is then CLOSED.
   */
  public void abort() {}

  /** Asks for a pure ACK at the next poll, whatever else leaves. */
  public void requestAck() {}

  /** Asks for a probe that makes the peer answer with its window: an old, empty segment. */
  public void requestProbe() {}

  /**
   * The owner consumed data, so that {@link TcpExtension#windowBytes} may have grown: an ACK becomes
   * due when the peer is worth telling.
   *
   * @return whether an ACK became due
   */
  public boolean windowMayHaveGrown() {
    return false;
  }

  // ---- receiving

  /** In-order bytes waiting in {@link #pollData()}. */
  public int readableBytes() {
    return 0;
  }

  /** Sequence number of the next byte that {@link #pollData()} returns. */
  public int readSeq() {
    return 0;
  }

  /**
   * The next in-order piece, owned by the caller; null when there is none. A piece that is small
   * against the buffer it came in has been copied out.
   */
  public ByteBuf pollData() {
    return pollData(Integer.MAX_VALUE);
  }

  /**
   * Like {@link #pollData()}, but no more than so many bytes: the rest stays.
   *
   * @param maxBytes at least 1
   */
  public ByteBuf pollData(int maxBytes) {
    return null;
  }

  /** Whether the peer's FIN was reached in order. Data before it may still wait to be polled. */
  public boolean finReceived() {
    return false;
  }

  /** Bytes held beyond a hole. */
  public int oooBytes() {
    return 0;
  }

  // ---- state

  /** Addresses and ports. */
  public FourTuple tuple() {
    return null;
  }

  /** The state of RFC 9293 section 3.3.2. */
  public TcpState state() {
    return TcpState.CLOSED;
  }

  /** Bits of {@link TcpNotice} that were set since the last call. */
  public int notices() {
    return 0;
  }

  /** A snapshot for people and tests. */
  public TcpInfo info() {
    return null;
  }

  /** Smoothed round-trip time, 0 while unknown. */
  public long srttNs() {
    return 0;
  }

  /** Variation of the round-trip time, 0 while unknown. */
  public long rttVarNs() {
    return 0;
  }

  /** Smallest round-trip time measured, 0 while unknown. */
  public long minRttNs() {
    return 0;
  }

  /** Congestion window; 0 before the handshake completes. */
  public int cwndBytes() {
    return 0;
  }

  /** Retransmission timeout, with back-off. */
  public long rtoNs() {
    return 0;
  }

  /** Consecutive expiries of the retransmission (or persist) timer without progress. */
  public int backoffs() {
    return 0;
  }

  /** Whether lost data is being repaired, after fast retransmit or a timeout. */
  public boolean inLossRecovery() {
    return false;
  }

  /** When the last acceptable segment arrived; the time of creation before that. */
  public long lastReceivedNs() {
    return 0;
  }

  /** When data, or a SYN, was last sent. */
  public long lastSentNs() {
    return 0;
  }

  TimeWaitSock toTimeWait() {
    throw new IllegalStateException("not in TIME-WAIT: " + state());
  }

  /** Releases every buffer; the state becomes CLOSED without a notice. Repeated calls do nothing. */
  public void release() {}
}
