package org.mptcp4j.stack;

import java.util.LinkedHashMap;
import java.util.Map;
import org.mptcp4j.mptcp.Counters;
import org.mptcp4j.mptcp.Mib;

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

  /** The counters that are not zero, by kernel name, in a fixed order. */
  Map<String, Long> snapshot() {
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
