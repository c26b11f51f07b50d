package org.mptcp4j.tcp;

import org.mptcp4j.mib.Mib;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.TcpOptionWriter;

/**
 * The handshake of a client that asks for a cookie, or has one and sends data with its SYN: RFC
 * 7413 section 4.2.1.
 */
final class ActiveFastOpen extends Handshake {
  /** Bytes that options may take of a segment. */
  private static final int OPTION_BYTES = 40;

  /** Timeouts of the first data after which the path is suspected. */
  private static final int TIMEOUTS = 2;

  private final FastOpenStart start;
  private boolean sent;

  ActiveFastOpen(int tsOffset, FastOpenStart start) {
    super(tsOffset);
    this.start = start;
  }

  @Override
  void writeSyn(TcpOptionWriter out, boolean answer, long nowNs, TcpConfig config) {
    super.writeSyn(out, answer, nowNs, config);
    // RFC 7413 section 4.2.1: a SYN that is sent again has neither cookie nor data. Data without a
    // cookie needs no option.
    boolean option = start.cookie().length > 0 || !start.data();
    if (!sent && option) {
      out.fastOpen(start.cookie());
    }
    sent = true;
  }

  @Override
  int synRoomBytes(Tcb tcb) {
    if (sent || !start.data()) {
      return 0;
    }
    int unknown = tcb.tuple.local().isV4() ? DEFAULT_MSS_V4 : DEFAULT_MSS_V6;
    int mss = Math.min(start.mss() > 0 ? start.mss() : unknown, tcb.config.mss());
    return Math.max(0, Math.min(mss, tcb.path.mss()) - OPTION_BYTES);
  }

  @Override
  void onSynAck(long nowNs, RxSegment seg, Tcb tcb) {
    Sender sender = tcb.sender;
    long bytes = sender.nxt() - 1;
    long acked = sender.offsetOf(seg.ack()) - 1;
    byte[] cookie = seg.options().fastOpenCookie();
    boolean repeated = sender.timer.backoffs() > 0;
    if (bytes > 0) {
      tcb.count(acked < bytes ? Mib.TCP_FAST_OPEN_ACTIVE_FAIL : Mib.TCP_FAST_OPEN_ACTIVE);
    }
    if (cookie != null && cookie.length > 0) {
      start.cache().learned(tcb.tuple, cookie, seg.options().mss());
    }
    if (acked > 0) {
      start.cache().worked(tcb.tuple);
    } else if (repeated) {
      count(start.cache().lost(nowNs, tcb.tuple), tcb);
    } else if (cookie == null && bytes == 0 && start.cookie().length == 0 && !start.data()) {
      start.cache().unanswered(nowNs, tcb.tuple);
    }
  }

  private static void count(boolean blackhole, Tcb tcb) {
    if (blackhole) {
      tcb.count(Mib.TCP_FAST_OPEN_BLACKHOLE);
    }
  }

  /** RFC 7413 section 4.1.3.1: boxes that let the SYN pass may still take offence later. */
  @Override
  void onSuspicion(long nowNs, Tcb tcb) {
    boolean silent = tcb.receiver.bytesReceived() == 0 && start.cookie().length > 0;
    if (silent && (tcb.sender.timer.backoffs() == 0 || tcb.sender.timer.backoffs() == TIMEOUTS)) {
      count(start.cache().blackhole(nowNs, tcb.tuple), tcb);
    }
  }
}
