package org.mptcp4j.tcp;

import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.TcpOptionWriter;
import org.mptcp4j.wire.TcpOptions;

/**
 * What the two SYNs agree on: segment size, window scales, SACK, timestamps; and an opening that is
 * faster than three of them, for those who make it.
 */
class Handshake {

  /** RFC 9293 section 3.7.1: the peer's segment size when it names none. */
  static final int DEFAULT_MSS_V4 = 536;

  static final int DEFAULT_MSS_V6 = 1220;

  /** As on Linux: with a full set of options, 40 bytes, it leaves room for 8 bytes of data. */
  static final int LEAST_MSS = 48;

  private static final int TIMESTAMP_BYTES = 12;
  private static final int MSS_BYTES = 4;

  final TimestampClock clock;
  private char mss;
  private byte sendScale;
  private byte receiveScale;
  private boolean scaling;
  private boolean sack;
  private byte synsSent;

  Handshake(int tsOffset) {
    clock = new TimestampClock(tsOffset);
    mss = LEAST_MSS;
  }

  /** Payload that both ends allow a segment, options counted in. */
  int mss() {
    return mss;
  }

  int sendScale() {
    return sendScale;
  }

  /** The window that a segment offers, in bytes. RFC 7323 section 2.2: SYNs are not scaled. */
  int windowOf(RxSegment seg) {
    return seg.syn() ? seg.window() : seg.window() << sendScale;
  }

  int receiveScale() {
    return receiveScale;
  }

  boolean sack() {
    return sack;
  }

  /** Payload of a full segment on a path that carries so much when further options take so much. */
  int payloadMss(int pathMss, int extensionBytes) {
    // RFC 9293 section 3.7.1: the MSS option counts no options, so they come off the payload.
    int options = stampBytes() + extensionBytes;
    return Math.max(8, Math.min(mss, pathMss) - options);
  }

  /** Bytes that timestamps take in every segment. */
  int stampBytes() {
    return clock.enabled() ? TIMESTAMP_BYTES : 0;
  }

  /** Where those of a SYN/ACK end, which follow the segment size, or would. */
  int stampsEnd() {
    return MSS_BYTES + stampBytes();
  }

  /** The options of the peer's SYN or SYN/ACK. */
  void onPeerSyn(long nowNs, TcpOptions options, TcpConfig config, boolean v4) {
    int named = options.mss();
    int peerMss = named > 0 ? named : v4 ? DEFAULT_MSS_V4 : DEFAULT_MSS_V6;
    agree(config, peerMss, options.windowScale(), options.sackPermitted());
    if (options.hasTimestamps() && config.options().timestamps()) {
      clock.enable(nowNs, options.tsVal());
    }
  }

  /** What a SYN said whose cookie the peer sent back. */
  void onCookie(long nowNs, SynCookie cookie, TcpOptions ofAck, TcpConfig config) {
    agree(config, cookie.mss(), cookie.windowScale(), cookie.sack());
    if (cookie.timestamps()) {
      clock.enable(nowNs, ofAck.tsVal());
    }
  }

  private void agree(TcpConfig config, int peerMss, int peerScale, boolean peerSack) {
    mss = (char) Math.min(config.mss(), Math.max(LEAST_MSS, peerMss));
    // RFC 7323 section 2.2: scaling only when both sides sent the option; section 2.3: at most 14.
    scaling = peerScale >= 0 && config.windowScale() >= 0;
    sendScale = (byte) (scaling ? Math.min(TcpOptions.MAX_WINDOW_SCALE, peerScale) : 0);
    receiveScale = (byte) (scaling ? config.windowScale() : 0);
    sack = peerSack && config.options().sack();
  }

  /**
   * The options of our SYN, all that is configured, or SYN/ACK: of what was offered, what we take.
   */
  void writeSyn(long nowNs, TcpOptionWriter out, boolean answer, TcpConfig config) {
    if (answer) {
      write(nowNs, out, config, sack, clock.enabled(), scaling ? receiveScale : -1);
    } else {
      write(
          nowNs,
          out,
          config,
          config.options().sack(),
          config.options().timestamps(),
          config.windowScale());
    }
  }

  /** Our SYN, or SYN/ACK, leaves. */
  void onSynSent() {
    synsSent = (byte) Math.min(Byte.MAX_VALUE, synsSent + 1);
  }

  /** What counts from now on are SYN/ACKs; or those that were sent again had not been lost. */
  void forgetSyns() {
    synsSent = 0;
  }

  /**
   * RFC 5681 section 3.1: after the loss of a SYN the initial window is one segment. As on Linux
   * one of them is forgiven: it may have been late.
   */
  boolean startsSlowly() {
    return synsSent > 2;
  }

  /** Whether a passive end is open with the SYN alone, for data both ways. */
  boolean opensEarly() {
    return false;
  }

  /** So many bytes of the peer's SYN were taken. */
  void onSynData(long bytes) {
    // Ordinary handshakes leave it to be sent again.
  }

  /** Whether data of a SYN, of either side, was taken. */
  boolean synData() {
    return false;
  }

  /**
   * Bytes of data that our SYN has room for when it leaves now.
   *
   * @param mss payload without options that the path carries
   */
  int synRoomBytes(int mss) {
    return 0;
  }

  /**
   * Our SYN is answered.
   *
   * @param sentBytes of data with the SYN
   * @param ackedBytes of these
   * @param repeated whether the SYN was sent again, without them
   */
  void onSynAck(long nowNs, TcpOptions options, int sentBytes, int ackedBytes, boolean repeated) {
    // What is agreed was noted already.
  }

  /**
   * Something happened, before any data came, that boxes do to connections whose opening they did
   * not understand.
   *
   * @param timeouts of the first data in a row
   */
  void onSuspicion(long nowNs, int timeouts) {
    // An ordinary opening is nothing to suspect.
  }

  private void write(
      long nowNs, TcpOptionWriter out, TcpConfig config, boolean sackOk, boolean ts, int scale) {
    out.mss(config.mss());
    if (sackOk && ts) {
      out.sackPermitted();
    } else if (sackOk) {
      out.sackPermittedAlone();
    }
    if (ts) {
      out.timestamps(clock.value(nowNs), clock.recent());
    }
    if (scale >= 0) {
      out.windowScale(scale);
    }
  }
}
