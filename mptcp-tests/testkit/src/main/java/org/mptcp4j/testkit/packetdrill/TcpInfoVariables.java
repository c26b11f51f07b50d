package org.mptcp4j.testkit.packetdrill;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.mptcp4j.api.ConnectionInfo;
import org.mptcp4j.api.SubflowInfo;
import org.mptcp4j.info.EcnCounters;
import org.mptcp4j.info.LossState;
import org.mptcp4j.info.Rates;
import org.mptcp4j.info.Receiving;
import org.mptcp4j.info.SendingTimes;
import org.mptcp4j.info.TcpInfo;

/**
 * The variables of code in scripts: the fields of Linux's {@code tcp_info} for which the stack has
 * figures, in the units of Linux.
 */
final class TcpInfoVariables {
  /** What Linux says for a slow-start threshold that no loss has set. */
  private static final long INFINITE_SSTHRESH = 0x7fff_ffffL;

  /** The most segments by which Linux thinks that something may be overtaken, and the least. */
  private static final long LEAST_REORDERING = 3;

  private static final long MOST_REORDERING = 300;

  private static final long CLOSING = 11; // 10 is for listeners

  /** In the order of the numbers of Linux, from 1. */
  private static final List<TcpInfo.State> STATES =
      List.of(
          TcpInfo.State.ESTABLISHED,
          TcpInfo.State.SYN_SENT,
          TcpInfo.State.SYN_RECV,
          TcpInfo.State.FIN_WAIT1,
          TcpInfo.State.FIN_WAIT2,
          TcpInfo.State.TIME_WAIT,
          TcpInfo.State.CLOSE,
          TcpInfo.State.CLOSE_WAIT,
          TcpInfo.State.LAST_ACK);

  private record View(long nowNs, ConnectionInfo connection, SubflowInfo subflow) {
    SendingTimes sending() {
      return subflow.tcp().sending().at(nowNs);
    }

    LossState loss() {
      return subflow.tcp().loss();
    }

    Receiving receiving() {
      return subflow.tcp().receiving();
    }

    EcnCounters ecn() {
      return subflow.tcp().ecn();
    }

    Rates rates() {
      return subflow.tcp().rates();
    }

    /** In milliseconds; of what has not happened since the stack began. */
    long since(long timeNs) {
      return (nowNs - Math.max(0, timeNs)) / 1_000_000;
    }

    long segments(long bytes) {
      return (bytes + subflow.mss() - 1) / subflow.mss();
    }
  }

  private static final Map<String, ToLongFunction<View>> FIELDS = new HashMap<>();

  static {
    FIELDS.put("tcpi_snd_cwnd", v -> v.subflow().cwndBytes() / v.subflow().mss());
    FIELDS.put("tcpi_snd_ssthresh", TcpInfoVariables::ssthresh);
    FIELDS.put("tcpi_snd_mss", v -> v.subflow().mss());
    FIELDS.put("tcpi_rcv_mss", v -> v.subflow().tcp().rcvMss());
    FIELDS.put("tcpi_advmss", v -> v.subflow().tcp().advmss());
    FIELDS.put("tcpi_options", TcpInfoVariables::options);
    FIELDS.put("tcpi_last_data_sent", v -> v.since(v.subflow().tcp().lastDataSentNs()));
    FIELDS.put("tcpi_last_data_recv", v -> v.since(v.subflow().tcp().lastDataRecvNs()));
    FIELDS.put("tcpi_last_ack_recv", v -> v.since(v.subflow().tcp().lastAckRecvNs()));
    FIELDS.put("tcpi_unacked", v -> v.segments(outstanding(v.subflow())));
    FIELDS.put("tcpi_notsent_bytes", v -> v.connection().unsentBytes());
    FIELDS.put("tcpi_rtt", v -> v.subflow().srttNs() / 1_000);
    FIELDS.put("tcpi_rttvar", v -> v.subflow().rttVarNs() / 1_000);
    FIELDS.put("tcpi_min_rtt", v -> v.subflow().minRttNs() / 1_000);
    FIELDS.put("tcpi_busy_time", v -> v.sending().busyNs() / 1_000);
    FIELDS.put("tcpi_rwnd_limited", v -> v.sending().rwndLimitedNs() / 1_000);
    FIELDS.put("tcpi_sndbuf_limited", v -> v.sending().sndbufLimitedNs() / 1_000);
    FIELDS.put("tcpi_rto", v -> v.subflow().rtoNs() / 1_000);
    FIELDS.put("tcpi_bytes_acked", v -> v.subflow().bytesAcked());
    FIELDS.put("tcpi_bytes_received", v -> v.subflow().bytesReceived());
    FIELDS.put("tcpi_bytes_sent", v -> v.subflow().bytesSent());
    FIELDS.put("tcpi_bytes_retrans", v -> v.subflow().bytesRetransmitted());
    FIELDS.put("tcpi_sacked", v -> v.segments(v.loss().sackedBytes()));
    FIELDS.put("tcpi_lost", v -> v.segments(v.loss().lostBytes()));
    FIELDS.put("tcpi_retrans", v -> v.segments(v.loss().retransBytes()));
    FIELDS.put("tcpi_reord_seen", v -> v.loss().reorderingSeen() ? 1 : 0);
    FIELDS.put("tcpi_delivered", v -> 1 + v.segments(v.rates().deliveredBytes())); // and a SYN
    FIELDS.put("tcpi_delivery_rate", v -> v.rates().deliveryBytesPerSecond());
    FIELDS.put("tcpi_delivery_rate_app_limited", v -> v.rates().appLimited() ? 1 : 0);
    FIELDS.put("tcpi_pacing_rate", v -> v.rates().pacingBytesPerSecond());
    FIELDS.put("tcpi_snd_wnd", v -> v.subflow().tcp().sndWndBytes());
    FIELDS.put("tcpi_rcv_wnd", v -> v.subflow().tcp().rcvWndBytes());
    FIELDS.put("tcpi_total_rto", v -> v.subflow().tcp().totalRto());
    FIELDS.put("tcpi_backoff", v -> v.subflow().tcp().backoff());
    FIELDS.put("tcpi_ca_state", TcpInfoVariables::caState);
    FIELDS.put("tcpi_total_retrans", v -> v.segments(v.subflow().bytesRetransmitted()));
  }

  static {
    FIELDS.put("tcpi_state", TcpInfoVariables::state);
    FIELDS.put("tcpi_retransmits", v -> v.subflow().tcp().retransmits());
    FIELDS.put("tcpi_probes", v -> v.subflow().tcp().probes());
    FIELDS.put("tcpi_snd_wscale", v -> v.subflow().tcp().sndWscale());
    FIELDS.put("tcpi_rcv_wscale", v -> v.subflow().tcp().rcvWscale());
    FIELDS.put("tcpi_ato", v -> v.receiving().atoNs() / 1_000);
    FIELDS.put("tcpi_pmtu", v -> v.subflow().tcp().pmtu());
    FIELDS.put("tcpi_rcv_ssthresh", v -> v.receiving().windowBytes());
    FIELDS.put("tcpi_rcv_rtt", v -> v.receiving().rttNs() / 1_000);
    FIELDS.put("tcpi_reordering", TcpInfoVariables::reordering);
    FIELDS.put("tcpi_segs_out", v -> v.subflow().tcp().segsOut());
    FIELDS.put("tcpi_segs_in", v -> v.subflow().tcp().segsIn());
    FIELDS.put("tcpi_data_segs_out", v -> v.subflow().tcp().dataSegsOut());
    FIELDS.put("tcpi_data_segs_in", v -> v.receiving().dataSegments());
    FIELDS.put("tcpi_rcv_ooopack", v -> v.receiving().outOfOrderSegments());
    FIELDS.put("tcpi_dsack_dups", v -> v.segments(v.loss().dsackBytes()));
    FIELDS.put("tcpi_total_rto_recoveries", v -> v.loss().rtoRecoveries());
    FIELDS.put("tcpi_total_rto_time", v -> v.loss().rtoRecoveryNs() / 1_000_000);
    // What Linux does not fill either, or has a constant for here.
    FIELDS.put("tcpi_fackets", v -> 0);
    FIELDS.put("tcpi_last_ack_sent", v -> 0);
    FIELDS.put("tcpi_rehash", v -> 0); // a flow keeps its path
    FIELDS.put("tcpi_max_pacing_rate", v -> -1); // no limit, as an unsigned number
    FIELDS.put("tcpi_delivered_ce", v -> v.subflow().tcp().deliveredCe());
    FIELDS.put("tcpi_received_ce", v -> v.ecn().receivedCe());
    FIELDS.put("tcpi_delivered_ce_bytes", v -> v.ecn().deliveredCeBytes());
    FIELDS.put("tcpi_delivered_e0_bytes", v -> v.ecn().deliveredE0Bytes());
    FIELDS.put("tcpi_delivered_e1_bytes", v -> v.ecn().deliveredE1Bytes());
    FIELDS.put("tcpi_received_ce_bytes", v -> v.ecn().receivedCeBytes());
    FIELDS.put("tcpi_received_e0_bytes", v -> v.ecn().receivedE0Bytes());
    FIELDS.put("tcpi_received_e1_bytes", v -> v.ecn().receivedE1Bytes());
  }

  private TcpInfoVariables() {}

  /** The numbers of Linux, where 2 is a window that ECN has reduced. */
  private static long caState(View v) {
    return switch (v.subflow().tcp().caState()) {
      case OPEN -> 0;
      case DISORDER -> 1;
      case RECOVERY -> 3;
      case LOSS -> 4;
    };
  }

  /** What the handshake agreed on, less ECN, of which there is nothing here. */
  private static long options(View v) {
    TcpInfo tcp = v.subflow().tcp();
    return (tcp.timestamps() ? CodeConstants.TCPI_OPT_TIMESTAMPS : 0)
        | (tcp.sack() ? CodeConstants.TCPI_OPT_SACK : 0)
        | (tcp.sndWscale() > 0 || tcp.rcvWscale() > 0 ? CodeConstants.TCPI_OPT_WSCALE : 0)
        | (tcp.synData() ? CodeConstants.TCPI_OPT_SYN_DATA : 0);
  }

  private static long state(View v) {
    TcpInfo.State state = v.subflow().tcp().state();
    return state == TcpInfo.State.CLOSING ? CLOSING : STATES.indexOf(state) + 1;
  }

  private static long reordering(View v) {
    long segments = v.segments(v.loss().reorderingBytes());
    return Math.max(LEAST_REORDERING, Math.min(segments, MOST_REORDERING));
  }

  private static long ssthresh(View v) {
    long bytes = v.subflow().ssthreshBytes();
    return bytes == Integer.MAX_VALUE ? INFINITE_SSTHRESH : bytes / v.subflow().mss();
  }

  private static long outstanding(SubflowInfo s) {
    return s.bytesSent() - s.bytesAcked() - s.bytesRetransmitted();
  }

  /**
   * The value of a variable.
   *
   * @param name as the script has it
   * @param info the connection under test
   */
  static Object value(long nowNs, Token name, ConnectionInfo info) {
    ToLongFunction<View> field = FIELDS.get(name.text());
    if (field == null) {
      throw ScriptException.refused(name.place(), "variable " + name.text() + " in code");
    }
    if (info.subflows().isEmpty()) {
      throw ScriptException.failed(
          name.place(), name.text() + " of a connection that is over: " + info.error());
    }
    return field.applyAsLong(new View(nowNs, info, info.subflows().get(0)));
  }
}
