package org.mptcp4j.stack;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.mptcp4j.mib.Counters;
import org.mptcp4j.mib.LinuxMptcpMib;
import org.mptcp4j.mib.Mib;
import org.mptcp4j.mptcp.Flow;
import org.mptcp4j.tcp.TcpSock;
import org.mptcp4j.tcp.TcpState;

/** The counters of one stack: an array, by ordinal. */
final class StackCounters implements Counters {
  private static final Mib[] MIBS = Mib.values();
  private static final IpMib[] IP_MIBS = IpMib.values();

  private final Journal journal;
  private final long[] mib = new long[MIBS.length];
  private final long[] ip = new long[IP_MIBS.length];

  /**
   * Makes counters that are zero.
   *
   * @param journal is told of limits that are reached
   */
  StackCounters(Journal journal) {
    this.journal = journal;
  }

  @Override
  public void add(Mib counter, long count) {
    mib[counter.ordinal()] += count;
  }

  /** Adds one. */
  void increment(IpMib counter) {
    ip[counter.ordinal()]++;
  }

  @Override
  public void limitReached(Mib counter) {
    increment(counter);
    journal.limitReached(counter.kernelName());
  }

  /** Adds one for something that was refused or dropped at a limit. */
  void limitReached(IpMib counter) {
    increment(counter);
    journal.limitReached(counter.kernelName());
  }

  /** Adds so many. */
  void add(IpMib counter, long count) {
    ip[counter.ordinal()] += count;
  }

  /**
   * Adds what one flow counted for itself.
   *
   * @param flow at its end, or for a snapshot
   */
  void addFlow(TcpSock flow) {
    long mss = Math.max(1, flow.payloadMss());
    add(Mib.RETRANS_SEGS, (flow.bytesRetransmitted() + mss - 1) / mss);
    add(Mib.TCP_TIMEOUTS, flow.retransmissionTimeouts());
    add(Mib.TCP_DELIVERED_CE, flow.deliveredCe());
  }

  /**
   * The counters that are not zero, by kernel name, in a fixed order.
   *
   * @param live flows that are not over, whose own counts are included
   */
  Map<String, Long> snapshot(List<Flow> live) {
    Map<String, Long> rows = all(live);
    rows.values().removeIf(value -> value == 0);
    return rows;
  }

  /**
   * The same with those that are zero, and those of Linux's MPTcpExt that never count here.
   *
   * @param live flows that are not over, whose own counts are included
   */
  Map<String, Long> all(List<Flow> live) {
    StackCounters sum = new StackCounters(journal);
    System.arraycopy(mib, 0, sum.mib, 0, mib.length);
    System.arraycopy(ip, 0, sum.ip, 0, ip.length);
    live.forEach(subflow -> sum.addFlow(subflow.tcp()));
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
      rows.put(counter.kernelName(), ip[counter.ordinal()]);
    }
    LinuxMptcpMib.NAMES.forEach(name -> rows.put(LinuxMptcpMib.GROUP + name, 0L));
    for (Mib counter : MIBS) {
      rows.put(counter.kernelName(), mib[counter.ordinal()]);
    }
    return rows;
  }
}
