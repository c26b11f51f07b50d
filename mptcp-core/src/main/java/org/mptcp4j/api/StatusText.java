package org.mptcp4j.api;

import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import org.mptcp4j.info.FallbackReason;
import org.mptcp4j.info.MptcpInfo;
import org.mptcp4j.info.TcpInfo;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.pm.Priority;
import org.mptcp4j.wire.PacketText;

/**
 * The state of stacks as the kernel's tools print that of the kernel: {@code ss -Mti} and {@code
 * nstat}.
 */
public final class StatusText {
  private static final String LINE = "%-5s %-10s %-6s %-6s %-28s %s%n";

  private StatusText() {}

  /**
   * Connections and their subflows, as {@code ss -Mti} prints them: a line for each connection of
   * MPTCP, below it one for each of its subflows, and one for each connection of plain TCP; what is
   * known of each stands in an indented line. Fields have the names and units of {@code ss}:
   * milliseconds, windows and thresholds in segments. What is zero is left out.
   *
   * @param nowNs the time, as for the verbs of the stack
   * @param connections for example {@link MptcpStack#connections()}
   * @return lines, the first of which is the heading
   */
  public static String ss(long nowNs, List<ConnectionInfo> connections) {
    StringBuilder out = new StringBuilder();
    line(out, "Netid", "State", "Recv-Q", "Send-Q", "Local Address:Port", "Peer Address:Port");
    for (ConnectionInfo c : connections) {
      boolean plain = c.protocol() == Protocol.TCP;
      if (!plain) {
        mptcp(nowNs, out, c);
      }
      for (SubflowInfo s : c.subflows()) {
        long received = plain ? c.readableBytes() : 0;
        long queued = plain ? c.unsentBytes() : s.tcp().notsentBytes();
        tcp(nowNs, out, c, s, received, queued + s.tcp().unackedBytes());
      }
    }
    return out.toString();
  }

  private static void line(StringBuilder out, Object... columns) {
    out.append(String.format(Locale.ROOT, LINE, columns).replaceAll(" +(\\R)$", "$1"));
  }

  private static void mptcp(long nowNs, StringBuilder out, ConnectionInfo c) {
    MptcpInfo m = c.mptcp();
    line(
        out,
        "mptcp",
        state(c),
        c.readableBytes(),
        m.writeSeq() - m.sndUna(),
        end(c.local()),
        end(c.remote()));
    Fields f = new Fields();
    f.number("subflows", m.subflows());
    f.number("add_addr_signal", m.addAddrSignal());
    f.number("add_addr_accepted", m.addAddrAccepted());
    f.number("subflows_max", m.subflowsMax());
    f.number("add_addr_signal_max", m.addAddrSignalMax());
    f.number("add_addr_accepted_max", m.addAddrAcceptedMax());
    f.flag("fallback", m.fallback());
    f.flag("fallback_reason:" + m.fallbackReason(), m.fallbackReason() != FallbackReason.NONE);
    f.flag("remote_key", m.remoteKeyReceived());
    f.flag("token:" + HexFormat.of().toHexDigits(m.token()), m.token() != 0);
    f.unsigned("write_seq", m.writeSeq());
    f.unsigned("snd_una", m.sndUna());
    f.unsigned("rcv_nxt", m.rcvNxt());
    f.number("local_addr_used", m.localAddrUsed());
    f.number("local_addr_max", m.localAddrMax());
    f.flag("csum_enabled", m.csumEnabled());
    f.number("retransmits", m.retransmits());
    f.number("bytes_retrans", m.bytesRetrans());
    f.number("bytes_sent", m.bytesSent());
    f.number("bytes_received", m.bytesReceived());
    f.number("bytes_acked", m.bytesAcked());
    f.number("subflows_total", m.subflowsTotal());
    f.since(nowNs, "last_data_sent", m.lastDataSentNs());
    f.since(nowNs, "last_data_recv", m.lastDataRecvNs());
    f.since(nowNs, "last_ack_recv", m.lastAckRecvNs());
    f.flag("scheduler:" + c.scheduler(), true);
    f.flag("path_manager:" + c.pathManager(), true);
    f.endLine(out);
  }

  private static String state(ConnectionInfo c) {
    return switch (c.state()) {
      case OPEN -> TcpInfo.State.ESTABLISHED.ssName();
      case CLOSING -> TcpInfo.State.CLOSING.ssName();
      case CLOSED -> TcpInfo.State.CLOSE.ssName();
      case CONNECTING ->
          c.subflows().isEmpty()
              ? TcpInfo.State.SYN_SENT.ssName()
              : c.subflows().get(0).tcp().state().ssName();
    };
  }

  private static void tcp(
      long nowNs, StringBuilder out, ConnectionInfo c, SubflowInfo s, long received, long queued) {
    TcpInfo t = s.tcp();
    line(out, "tcp", t.state().ssName(), received, queued, end(s.local()), end(s.remote()));
    Fields f = new Fields();
    f.flag("ts", t.timestamps());
    f.flag("sack", t.sack());
    f.flag(s.congestionControl(), true);
    f.flag(
        "wscale:" + t.sndWscale() + "," + t.rcvWscale(), t.sndWscale() != 0 || t.rcvWscale() != 0);
    f.millis("rto", t.rtoNs());
    f.number("backoff", t.backoff());
    f.flag("rtt:" + millis(t.rttNs()) + "/" + millis(t.rttvarNs()), t.rttNs() != 0);
    f.number("mss", t.sndMss());
    f.number("pmtu", t.pmtu());
    f.number("cwnd", t.sndCwndBytes() / t.sndMss());
    if (t.sndSsthreshBytes() != Integer.MAX_VALUE) {
      f.number("ssthresh", t.sndSsthreshBytes() / t.sndMss());
    }
    f.number("bytes_sent", t.bytesSent());
    f.number("bytes_retrans", t.bytesRetrans());
    f.number("bytes_acked", t.bytesAcked());
    f.number("bytes_received", t.bytesReceived());
    f.number("segs_out", t.segsOut());
    f.number("segs_in", t.segsIn());
    f.number("data_segs_out", t.dataSegsOut());
    f.number("data_segs_in", t.receiving().dataSegments());
    f.since(nowNs, "lastsnd", t.lastDataSentNs());
    f.since(nowNs, "lastrcv", t.lastDataRecvNs());
    f.since(nowNs, "lastack", t.lastAckRecvNs());
    f.rate("pacing_rate", t.rates().pacingBytesPerSecond());
    f.rate("delivery_rate", t.rates().deliveryBytesPerSecond());
    f.number("delivered", segments(t.rates().deliveredBytes(), t));
    f.flag("app_limited", t.rates().appLimited());
    f.number("unacked", segments(t.unackedBytes(), t));
    f.number("retrans", segments(t.loss().retransBytes(), t));
    f.number("lost", segments(t.loss().lostBytes(), t));
    f.number("sacked", segments(t.loss().sackedBytes(), t));
    f.number("dsack_dups", segments(t.loss().dsackBytes(), t));
    f.number("reordering", segments(t.loss().reorderingBytes(), t));
    f.number("total_rto", t.totalRto());
    f.millis("rcv_rtt", t.receiving().rttNs());
    f.number("rcv_ooo", t.rcvOooBytes());
    f.number("rcv_ooopack", t.receiving().outOfOrderSegments());
    f.number("notsent", t.notsentBytes());
    f.millis("minrtt", t.minRttNs());
    f.number("snd_wnd", t.sndWndBytes());
    f.number("rcv_wnd", t.rcvWndBytes());
    f.flag("ca_state:" + t.caState(), t.caState() != TcpInfo.CaState.OPEN);
    if (c.protocol() == Protocol.MPTCP) {
      f.flag("tcp-ulp-mptcp flags:" + flags(s), true);
      f.flag(
          String.format(
              "token:%08x(id:%d)/%08x(id:%d)",
              c.remoteToken(), s.remoteAddressId(), c.localToken(), s.localAddressId()),
          true);
    }
    f.endLine(out);
  }

  private static long segments(long bytes, TcpInfo t) {
    return (bytes + t.sndMss() - 1) / t.sndMss();
  }

  /** The letters of {@code ss}: capital ones are about what the peer did. */
  private static String flags(SubflowInfo s) {
    StringBuilder letters = new StringBuilder(s.id() == 0 ? "Mm" : "Jj");
    letters.append(s.remotePriority() == Priority.BACKUP ? "B" : "");
    letters.append(s.localPriority() == Priority.BACKUP ? "b" : "");
    letters.append(s.state() == SubflowInfo.State.CONNECTING ? "" : "ec");
    return letters.append(s.stale() ? ",stale" : "").toString();
  }

  private static String end(InetSocketAddress end) {
    return PacketText.endpoint(IpAddress.of(end.getAddress()), end.getPort());
  }

  /**
   * Counters as {@code nstat} prints them, a line for each.
   *
   * @param counters {@link MptcpStack#counters()}, or {@link MptcpStack#allCounters()}, or the sums
   *     of those of several stacks
   * @return lines, the first of which is the heading
   */
  public static String nstat(Map<String, Long> counters) {
    StringBuilder out = new StringBuilder("#mptcp4j").append(System.lineSeparator());
    counters.forEach(
        (name, value) -> out.append(String.format(Locale.ROOT, "%-32s%-16d0.0%n", name, value)));
    return out.toString();
  }

  private static String millis(long ns) {
    String text = String.format(Locale.ROOT, "%.3f", ns / 1e6);
    return text.replaceAll("\\.?0+$", "");
  }

  /** One indented line of {@code name:value}. */
  private static final class Fields {
    private final StringJoiner text = new StringJoiner(" ", "\t ", System.lineSeparator());

    void number(String name, long value) {
      flag(name + ":" + value, value != 0);
    }

    void unsigned(String name, long value) {
      flag(name + ":" + Long.toUnsignedString(value), value != 0);
    }

    void millis(String name, long ns) {
      flag(name + ":" + StatusText.millis(ns), ns != 0);
    }

    void rate(String name, long bytesPerSecond) {
      boolean known = bytesPerSecond != 0 && bytesPerSecond != Long.MAX_VALUE;
      flag(name + " " + bytesPerSecond * 8 + "bps", known);
    }

    void since(long nowNs, String name, long timeNs) {
      flag(name + ":" + (nowNs - timeNs) / 1_000_000, timeNs != MptcpInfo.NEVER);
    }

    void flag(String word, boolean is) {
      if (is) {
        text.add(word);
      }
    }

    void endLine(StringBuilder out) {
      out.append(text);
    }
  }
}
