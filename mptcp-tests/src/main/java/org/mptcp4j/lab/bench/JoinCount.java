package org.mptcp4j.lab.bench;

import java.util.List;

/**
 * What the kernel's client has counted: without joins, one subflow was all there was.
 *
 * @param connections MPTCP connections that the server confirmed
 * @param joins subflows that the server confirmed
 */
record JoinCount(long connections, long joins) {
  private static final String GROUP = "MPTcpExt:";

  /** Reads {@code /proc/net/netstat}: for each group a line of names and one of values. */
  static JoinCount parse(String netstat) {
    List<String> lines = netstat.lines().filter(line -> line.startsWith(GROUP)).toList();
    if (lines.size() < 2) {
      return new JoinCount(0, 0);
    }
    List<String> names = List.of(lines.get(0).split(" "));
    String[] values = lines.get(1).split(" ");
    return new JoinCount(
        value(names, values, "MPCapableSYNACKRX"), value(names, values, "MPJoinSynAckRx"));
  }

  private static long value(List<String> names, String[] values, String name) {
    int index = names.indexOf(name);
    return index < 0 ? 0 : Long.parseLong(values[index]);
  }

  /** Joins for each connection since then; 0 without connections. */
  double perConnectionSince(JoinCount before) {
    long opened = connections - before.connections;
    return opened > 0 ? (double) (joins - before.joins) / opened : 0;
  }
}
