package org.mptcp4j.lab.bench;

import java.util.List;
import java.util.Locale;
import org.mptcp4j.lab.console.TextTable;

/**
 * What open connections cost that do nothing.
 *
 * @param connections how many were open
 * @param heapBytes used heap at the server, for each connection
 * @param directBytes pooled native memory in use by both ends, for each connection
 * @param idleCpu share of one processor that the server's timers took while nothing happened
 * @param idleWakeUpsPerSecond how often the server's timers wanted to be served, in virtual time
 * @param setUpFewUs median time to open one more connection with few open, in microseconds, both
 *     ends and the simulated network together
 * @param setUpManyUs the same with all of them open
 * @param setUpRatio the second by the first
 */
record IdleReport(
    int connections,
    double heapBytes,
    double directBytes,
    double idleCpu,
    double idleWakeUpsPerSecond,
    double setUpFewUs,
    double setUpManyUs,
    double setUpRatio) {

  /** The report in words. */
  List<String> lines() {
    TextTable table = new TextTable(connections + " connections, 2 subflows each", "");
    row(table, "heap of the server, each", "%.0f B", heapBytes);
    row(table, "native memory, each", "%.0f B", directBytes);
    row(table, "one core kept busy by idle timers", "%.4f %%", 100 * idleCpu);
    row(table, "wake-ups of idle timers", "%.3f 1/s", idleWakeUpsPerSecond);
    row(table, "set-up of one more, 10 open", "%.1f us", setUpFewUs);
    row(table, "set-up of one more, all open", "%.1f us", setUpManyUs);
    row(table, "ratio", "%.2f", setUpRatio);
    return table.lines();
  }

  private static void row(TextTable table, String what, String format, double value) {
    table.row(what, String.format(Locale.ROOT, format, value));
  }
}
