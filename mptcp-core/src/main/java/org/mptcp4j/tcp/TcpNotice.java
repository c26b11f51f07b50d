package org.mptcp4j.tcp;

/** Bits of {@link TcpSock#notices()}: what happened since the last call. */
public final class TcpNotice {
  /** The handshake completed. */
  public static final int ESTABLISHED = 1;

  /** The peer's FIN was reached in order: no more data will come. */
  public static final int FIN_RECEIVED = 1 << 1;

  /** The retransmission timer expired. */
  public static final int RTO_FIRED = 1 << 2;

  /** A RST of the peer closed the connection. */
  public static final int RESET = 1 << 3;

  /** A RST answered our SYN. Set together with {@link #RESET}. */
  public static final int REFUSED = 1 << 4;

  /** Given up: the peer did not answer for the configured time or number of tries. */
  public static final int TIMED_OUT = 1 << 5;

  /** Bytes (or the FIN) of ours were newly acknowledged. */
  public static final int ACKED = 1 << 6;

  /** Our FIN was acknowledged. */
  public static final int FIN_ACKED = 1 << 7;

  /** Loss was detected and fast recovery began. */
  public static final int FAST_RECOVERY = 1 << 8;

  /**
   * A router said, credibly, that the path carries smaller packets only: see {@link
   * TcpSock#pathMtu}.
   */
  public static final int PATH_MTU = 1 << 9;

  /** A larger packet than the others arrived: {@link TcpSock#pathMtu} grew. */
  public static final int MTU_PROBE_SUCCEEDED = 1 << 10;

  /** A larger packet than the others was lost, for its size. */
  public static final int MTU_PROBE_FAILED = 1 << 11;

  /** The peer calls data urgent that was not polled yet: {@link TcpSock#urgentBytes}. */
  public static final int URGENT = 1 << 12;

  /** The retransmission timer expires later than it would have, for a loss probe's sake. */
  public static final int RTO_POSTPONED = 1 << 13;

  private TcpNotice() {}
}
