package org.mptcp4j.tcp;

import org.mptcp4j.mib.Counters;
import org.mptcp4j.mib.Mib;
import org.mptcp4j.wire.TcpOptionWriter;
import org.mptcp4j.wire.TcpOptions;

/**
 * The handshake of a client that asks for a cookie, or has one and sends data with its SYN: RFC
 * 7413 section 4.2.2.
 */
final class ActiveFastOpen extends Handshake {
  /** Bytes that options may take of a segment. */
  private static final int OPTION_BYTES = 40;

  /** Timeouts of the first data after which the path is suspected. */
  private static final int TIMEOUTS = 2;

  private final FastOpenStart start;
  private final Counters counters;
  private boolean sent;
  private boolean synData;

  ActiveFastOpen(int tsOffset, FastOpenStart start, Counters counters) {
    super(tsOffset);
    this.start = start;
    this.counters = counters;
  }

  @Override
  void writeSyn(long nowNs, TcpOptionWriter out, boolean answer, TcpConfig config) {
    super.writeSyn(nowNs, out, answer, config);
    // RFC 7413 section 4.2.2: a SYN that is sent again has neither cookie nor data. Data without a
    // cookie needs no option.
    if (!sent && (start.cookie().length > 0 || start.asks())) {
      out.fastOpen(start.cookie());
    }
    sent = true;
  }

  @Override
  int synRoomBytes(int mss) {
    return sent || !start.data() ? 0 : Math.max(0, Math.min(start.mss(), mss) - OPTION_BYTES);
  }

  @Override
  void onSynAck(long nowNs, TcpOptions options, int sentBytes, int ackedBytes, boolean repeated) {
    byte[] cookie = options.fastOpenCookie();
    if (sentBytes > 0) {
      boolean all = ackedBytes >= sentBytes;
      counters.increment(all ? Mib.TCP_FAST_OPEN_ACTIVE : Mib.TCP_FAST_OPEN_ACTIVE_FAIL);
    }
    if (cookie != null && cookie.length > 0) {
      start.learned(cookie, options.mss());
    }
    synData = ackedBytes > 0;
    if (synData) {
      start.worked();
    } else if (repeated) {
      count(start.lost(nowNs));
    } else if (cookie == null && start.asks()) {
      start.unanswered(nowNs);
    }
  }

  @Override
  boolean synData() {
    return synData;
  }

  private void count(boolean blackhole) {
    if (blackhole) {
      counters.increment(Mib.TCP_FAST_OPEN_BLACKHOLE);
    }
  }

  /** RFC 7413 section 4.1.3.1: boxes that let the SYN pass may still take offence later. */
  @Override
  void onSuspicion(long nowNs, int timeouts) {
    if (start.cookie().length > 0 && (timeouts == 0 || timeouts == TIMEOUTS)) {
      count(start.blackhole(nowNs));
    }
  }
}
