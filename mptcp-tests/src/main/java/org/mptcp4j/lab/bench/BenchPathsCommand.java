package org.mptcp4j.lab.bench;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.mptcp4j.lab.console.Json;
import org.mptcp4j.lab.console.LabException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mptcp-lab bench-paths}. */
@Command(
    name = "bench-paths",
    header = "TCP beside the kernel's over the same bad path.",
    description =
        "Send over a path with delay, a queue, loss and reordering (as 'relay' makes it) from the"
            + " kernel and from this stack by turns, one TCP connection with CUBIC, to the kernel,"
            + " and print what arrived. Needs root and gcc.")
public final class BenchPathsCommand implements Callable<Integer> {
  private static final double WARM_UP_SECONDS = 2;

  @Spec private CommandSpec spec;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "PATH",
      description = "Some of the paths, by name. Default: all twelve.")
  private List<String> only = List.of();

  @Option(
      names = "--pairs",
      defaultValue = "20",
      paramLabel = "N",
      description = "Measurements of each sender on each path. Default: 20.")
  private int pairs;

  @Option(
      names = "--seconds",
      defaultValue = "20",
      paramLabel = "S",
      description = "Of one measurement, after half a second. Default: 20.")
  private double seconds;

  @Option(names = "--json", description = "Print the figures as JSON.")
  private boolean json;

  BenchPathsCommand() {}

  @Override
  public Integer call() {
    if (pairs < 1 || !(seconds > 0)) {
      throw LabException.usage("--pairs and --seconds must be more than 0");
    }
    List<PathCell> cells = cells();
    Machine.requireRoot();
    PrintWriter err = spec.commandLine().getErr();
    List<PathReport.Row> rows = new ArrayList<>();
    try (TemporaryDirectory directory = new TemporaryDirectory();
        PathDuel duel =
            new PathDuel(Programs.compile(directory.path(), List.of()), LabBuild.own())) {
      duel.measure(PathDuel.Sender.THIS_STACK, PathCell.CLEAN_100, 1, WARM_UP_SECONDS);
      for (PathCell cell : cells) {
        PathReport.Row row = PathReport.Row.of(cell, duel.run(cell, pairs, seconds));
        rows.add(row);
        err.printf("%s: %.2f%n", row.path(), row.ratio());
        err.flush();
      }
    }
    PathReport report = new PathReport(Machine.describe(), pairs, seconds, rows);
    spec.commandLine().getOut().println(json ? Json.of(report) : String.join("\n", report.lines()));
    spec.commandLine().getOut().flush();
    return 0;
  }

  private List<PathCell> cells() {
    return only.isEmpty()
        ? List.of(PathCell.values())
        : only.stream().map(BenchPathsCommand::cell).toList();
  }

  private static PathCell cell(String name) {
    return Arrays.stream(PathCell.values())
        .filter(cell -> cell.option().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                LabException.usage("'" + name + "' is no path: choose from " + PathCell.options()));
  }
}
