package org.mptcp4j.lab.bench;

import java.util.List;
import java.util.Locale;
import org.mptcp4j.lab.console.TextTable;

/**
 * What two stacks in one Java process reach on one processor.
 *
 * @param subflows of the one connection
 * @param seconds of real time, the best of several rounds
 * @param bytes read by the receiver in that time
 * @param gbps of real time
 * @param gbpsOfCpu by the CPU time of the thread, which is less than the real time on a busy
 *     machine
 * @param medianGbps of real time, of all rounds
 * @param allocatedKbPerGb heap allocated by the thread
 */
record LinkReport(
    int subflows,
    double seconds,
    long bytes,
    double gbps,
    double gbpsOfCpu,
    double medianGbps,
    double allocatedKbPerGb) {

  /** The report in words. */
  List<String> lines() {
    TextTable table = new TextTable("two stacks, one thread, " + subflows + " subflows", "");
    row(table, "rate, median round", "%.1f Gb/s", medianGbps);
    row(table, "rate, best round", "%.1f Gb/s", gbps);
    row(table, "rate, best round, by CPU time", "%.1f Gb/s", gbpsOfCpu);
    row(table, "heap allocated", "%.1f KB/GB", allocatedKbPerGb);
    return table.lines();
  }

  private static void row(TextTable table, String what, String format, double value) {
    table.row(what, String.format(Locale.ROOT, format, value));
  }
}
