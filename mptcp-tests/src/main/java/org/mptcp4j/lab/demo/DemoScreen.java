package org.mptcp4j.lab.demo;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.mptcp4j.api.SubflowInfo;
import org.mptcp4j.lab.console.TextTable;
import org.mptcp4j.lab.console.Units;

/**
 * Turns snapshots of the demo into lines of text: a table for a terminal, one line for anything
 * else.
 */
final class DemoScreen {
  private static final int BAR = 40;
  private static final int LONGEST_PROGRESS =
      "1023.9 MiB of 1023.9 MiB, goodput 999.9 Mb/s".length();
  private static final int[] WIDTHS = {7, 6, 18, 10, 9, 8, 9, 9, 9};

  /** Resent, in flight, cwnd, sent, rtt, subflow: path, state and rate always remain. */
  private static final int[] DISPENSABLE = {8, 7, 6, 4, 5, 0};

  private final Map<Integer, Long> sentBefore = new HashMap<>();
  private double secondsBefore;
  private int eventsShown;

  /** What is known at one moment; {@code subflows} include the dead ones. */
  record Snapshot(
      double seconds,
      long received,
      long size,
      Collection<SubflowInfo> subflows,
      Map<Integer, String> paths,
      List<DemoReport.Event> events) {}

  /**
   * A progress bar over a table of subflows.
   *
   * @param width characters of a line; columns that do not fit are left out
   */
  List<String> table(Snapshot now, int width) {
    double elapsed = Math.max(1e-9, now.seconds() - secondsBefore);
    List<String> lines = progress(now, width);
    TextTable table =
        new TextTable(
            "subflow", "path", "state", "now", "sent", "rtt", "cwnd", "in flight", "resent");
    table.atLeast(WIDTHS);
    for (SubflowInfo subflow : now.subflows()) {
      table.row(
          Integer.toString(subflow.id()),
          now.paths().getOrDefault(subflow.linkIndex(), ""),
          state(subflow),
          Units.rate(rate(subflow, elapsed)),
          Units.bytes(subflow.bytesSent()),
          Units.nanos(subflow.srttNs()),
          Units.bytes(subflow.cwndBytes()),
          Units.bytes(subflow.inFlightBytes()),
          Units.bytes(subflow.bytesRetransmitted()));
    }
    lines.addAll(table.linesWithin(width, DISPENSABLE));
    remember(now);
    return lines;
  }

  /** One line, or two where it would be too long. */
  private static List<String> progress(Snapshot now, int width) {
    String time = String.format(Locale.ROOT, "%6.2f s ", now.seconds());
    String done =
        String.format(
            Locale.ROOT,
            "%s of %s, goodput %s",
            Units.bytes(now.received()),
            Units.bytes(now.size()),
            Units.rate(Units.bitsPerSecond(now.received(), now.seconds())));
    List<String> lines = new ArrayList<>();
    if (time.length() + BAR + 3 + LONGEST_PROGRESS <= width) {
      lines.add(time + bar(now, BAR) + " " + done);
    } else {
      lines.add(time + bar(now, Math.min(BAR, width - time.length() - 2)));
      lines.add(done);
    }
    return lines;
  }

  private static String bar(Snapshot now, int length) {
    int done = (int) (length * now.received() / Math.max(1, now.size()));
    return "[" + "#".repeat(done) + ".".repeat(length - done) + "]";
  }

  /** All of it in one line, after one for each event since the last time. */
  List<String> line(Snapshot now) {
    double elapsed = Math.max(1e-9, now.seconds() - secondsBefore);
    StringBuilder line = new StringBuilder();
    line.append(
        String.format(
            Locale.ROOT,
            "%6.2f s  %5.1f %%",
            now.seconds(),
            100.0 * now.received() / Math.max(1, now.size())));
    for (SubflowInfo subflow : now.subflows()) {
      line.append(
          String.format(
              Locale.ROOT,
              "  | %d %s %s %s rtt %s",
              subflow.id(),
              now.paths().getOrDefault(subflow.linkIndex(), ""),
              state(subflow),
              Units.rate(rate(subflow, elapsed)),
              Units.nanos(subflow.srttNs())));
    }
    List<String> lines = newEvents(now);
    lines.add(line.toString());
    remember(now);
    return lines;
  }

  private List<String> newEvents(Snapshot now) {
    List<String> lines = new ArrayList<>();
    for (DemoReport.Event event : now.events().subList(eventsShown, now.events().size())) {
      lines.add(String.format(Locale.ROOT, "%6.2f s  %s", event.seconds(), event.what()));
    }
    eventsShown = now.events().size();
    return lines;
  }

  private double rate(SubflowInfo subflow, double elapsed) {
    return Units.bitsPerSecond(
        subflow.bytesSent() - sentBefore.getOrDefault(subflow.id(), 0L), elapsed);
  }

  private void remember(Snapshot now) {
    secondsBefore = now.seconds();
    now.subflows().forEach(subflow -> sentBefore.put(subflow.id(), subflow.bytesSent()));
  }

  static String state(SubflowInfo subflow) {
    String state = subflow.state().name().toLowerCase(Locale.ROOT);
    return subflow.stale() ? state + ", stale" : state;
  }
}
