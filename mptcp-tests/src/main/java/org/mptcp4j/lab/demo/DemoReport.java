package org.mptcp4j.lab.demo;

import java.util.ArrayList;
import java.util.List;
import org.mptcp4j.lab.console.TextTable;
import org.mptcp4j.lab.console.Units;

/**
 * What came out of a run of the demo. Times are virtual.
 *
 * @param seconds from the first SYN to the last byte at the receiver
 * @param goodputBitsPerSecond of the file
 * @param capacityBitsPerSecond what the paths could carry on average over that time, outage
 *     deducted, headers included
 * @param reinjectedBytes stream bytes that were sent again on another subflow
 */
record DemoReport(
    long seed,
    long bytes,
    double seconds,
    double goodputBitsPerSecond,
    double capacityBitsPerSecond,
    long reinjectedBytes,
    List<Subflow> subflows,
    List<Event> events,
    String sentSha256,
    String receivedSha256,
    boolean equal,
    String pcap,
    String svg) {

  /** One subflow of the client. */
  record Subflow(
      int id,
      String path,
      String local,
      String remote,
      String state,
      long bytesSent,
      long bytesRetransmitted,
      long retransmissionTimeouts,
      double srttMillis) {}

  /** Something that happened at a moment of the run. */
  record Event(double seconds, String what) {}

  /** The report in words. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            "%s in %s: goodput %s of %s that the paths could carry (%s)",
            Units.bytes(bytes),
            Units.seconds(seconds),
            Units.rate(goodputBitsPerSecond),
            Units.rate(capacityBitsPerSecond),
            Units.percent(goodputBitsPerSecond / capacityBitsPerSecond)));
    lines.add("");
    TextTable table =
        new TextTable(
            "subflow", "path", "sent", "share", "retransmitted", "timeouts", "rtt", "state");
    long total = Math.max(1, subflows.stream().mapToLong(Subflow::bytesSent).sum());
    for (Subflow subflow : subflows) {
      table.row(
          subflow.id() + "  " + subflow.local() + " > " + subflow.remote(),
          subflow.path(),
          Units.bytes(subflow.bytesSent()),
          Units.percent((double) subflow.bytesSent() / total),
          Units.bytes(subflow.bytesRetransmitted()),
          Long.toString(subflow.retransmissionTimeouts()),
          Units.nanos(subflow.srttMillis() * 1e6),
          subflow.state());
    }
    lines.addAll(table.lines());
    lines.add("");
    lines.add("reinjected on another subflow: " + Units.bytes(reinjectedBytes));
    lines.add("sent     sha256 " + sentSha256);
    lines.add("received sha256 " + receivedSha256 + (equal ? "  equal" : "  DIFFERENT"));
    lines.add("wrote " + pcap + " and " + svg);
    return lines;
  }
}
