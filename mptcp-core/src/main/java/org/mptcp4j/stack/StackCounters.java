package org.mptcp4j.stack;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.mptcp4j.mib.Counters;
import org.mptcp4j.mib.Mib;
import org.mptcp4j.mptcp.Flow;
import org.mptcp4j.tcp.TcpInfo;
import org.mptcp4j.tcp.TcpState;

/** The counters of one stack: an array, by ordinal. */
final class StackCounters implements Counters {
  private static final Mib[] MIBS = Mib.values();
  private static final IpMib[] IP_MIBS = IpMib.values();

  private final long[] mib = new long[MIBS.length];
  private final long[] ip = new long[IP_MIBS.length];

  @Override
  public void add(Mib counter, long count) {
    mib[counter.ordinal()] += count;
  }

  /** Adds one. */
  void increment(IpMib counter) {
    ip[counter.ordinal()]++;
  }

  /**
   * Adds what one flow counted for itself.
   *
   * @param flow at its end, or for a snapshot
   */
  void addFlow(TcpInfo flow) {
    long mss = Math.max(1, flow.mss());
    add(Mib.RETRANS_SEGS, (flow.bytesRetransmitted() + mss - 1) / mss);
    add(Mib.TCP_TIMEOUTS, flow.timeouts());
  }

  /**
   * The counters that are not zero, by kernel name, in a fixed order.
   *
   * @param live flows that are not over, whose own counts are included
   */
  Map<String, Long> snapshot(List<Flow> live) {
    StackCounters sum = new StackCounters();
    System.arraycopy(mib, 0, sum.mib, 0, mib.length);
    System.arraycopy(ip, 0, sum.ip, 0, ip.length);
    live.forEach(subflow -> sum.addFlow(subflow.tcp().info()));
    // RFC 4022, tcpCurrEstab.
    live.stream()
        .map(subflow -> subflow.tcp().state())
        .filter(state -> state == TcpState.ESTABLISHED || state == TcpState.CLOSE_WAIT)
        .forEach(state -> sum.increment(Mib.CURR_ESTAB));
    return sum.rows();
  }

  private Map<String, Long> rows() {
    Map<String, Long> rows = new LinkedHashMap<>();
    for (IpMib counter : IP_MIBS) {
      addRow(rows, counter.kernelName(), ip[counter.ordinal()]);
    }
    for (Mib counter : MIBS) {
      addRow(rows, counter.kernelName(), mib[counter.ordinal()]);
    }
    return rows;
  }

  private static void addRow(Map<String, Long> rows, String name, long value) {
    if (value != 0) {
      rows.put(name, value);
    }
  }
}
