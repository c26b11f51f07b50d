package org.mptcp4j.lab.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.mptcp4j.lab.console.TextTable;

/**
 * What honest clients had of a server while it was flooded.
 *
 * @param machine processors, kernel and Java
 * @param packetsPerSecond of the floods
 * @param rows one for each kind and server
 */
record FloodReport(String machine, int packetsPerSecond, List<Row> rows) {
  /**
   * One kind of flood against one server.
   *
   * @param kind of the flood
   * @param server {@code ours} or {@code kernel}
   * @param sent packets of the flood
   * @param referencePerSecond requests answered while the packets went to nobody
   * @param attackedPerSecond requests answered while they went to the server
   * @param connections that were asked for meanwhile
   * @param connected of these
   * @param joined second subflows of as many more that stayed open for a while
   * @param uploadBytes of one more that sends, and compares hashes
   * @param uploaded whether every byte arrived
   * @param heldBefore bytes that connections of ours held before
   * @param heldMost the most that they held, as often as it was asked
   * @param heldAfter bytes that they held some time after
   * @param alive whether the server has lived to tell
   */
  record Row(
      String kind,
      String server,
      long sent,
      double referencePerSecond,
      double attackedPerSecond,
      int connections,
      int connected,
      long joined,
      long uploadBytes,
      boolean uploaded,
      long heldBefore,
      long heldMost,
      long heldAfter,
      boolean alive) {
    /** Whether everybody was served who meant it, and nothing is left. */
    boolean passed() {
      return alive && connected == connections && uploaded && heldAfter <= heldBefore;
    }
  }

  /** Whether all servers stood all floods. */
  boolean passed() {
    return rows.stream().filter(row -> row.server().equals("ours")).allMatch(Row::passed);
  }

  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(machine + "; " + packetsPerSecond + " packets per second for");
    TextTable table =
        new TextTable(
            "flood",
            "server",
            "sent",
            "requests/s",
            "to nobody",
            "share",
            "connected",
            "joined",
            "upload",
            "held at most",
            "after");
    for (Row row : rows) {
      table.row(
          row.kind(),
          row.server(),
          Long.toString(row.sent()),
          number(row.attackedPerSecond()),
          number(row.referencePerSecond()),
          number(100 * row.attackedPerSecond() / Math.max(1, row.referencePerSecond())) + " %",
          row.connected() + " of " + row.connections(),
          row.joined() + " of " + row.connections(),
          row.uploaded() ? "all" : "NOT all",
          row.server().equals("ours") ? row.heldMost() / 1024 + " KiB" : "",
          row.server().equals("ours") ? row.heldAfter() / 1024 + " KiB" : "");
    }
    lines.addAll(table.lines());
    return lines;
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.0f", value);
  }
}
