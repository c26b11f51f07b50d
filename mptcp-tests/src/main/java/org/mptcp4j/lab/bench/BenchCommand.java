package org.mptcp4j.lab.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.mptcp4j.lab.console.Json;
import org.mptcp4j.lab.console.LabException;
import org.mptcp4j.lab.console.OutputFile;
import org.mptcp4j.lab.console.SizeConverter;
import org.mptcp4j.link.tun.TunDevice;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mptcp-lab bench}. */
@Command(
    name = "bench",
    header = "This stack against kernel MPTCP, in namespaces of its own.",
    description =
        "Compare kernel MPTCP to kernel MPTCP over veth (A) with this stack to kernel MPTCP over TUN"
            + " (B), two subflows, in turn, after a warm-up of both. Makes its own network namespaces"
            + " and removes them. Needs root, iproute2 and gcc. 'up' is into this stack, 'down' out"
            + " of it.")
public final class BenchCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--only",
      split = ",",
      converter = BenchModeConverter.class,
      paramLabel = "MODE",
      description =
          "Measure these modes only, with commas between them: up, down, rr, rr-pinned (both ends on"
              + " one CPU), crr (connections, 16 threads), up-csum and down-csum (DSS checksums),"
              + " mtu1500-up and mtu1500-down (devices without offloads; A is kernel TCP), hash-up and"
              + " hash-down (a transfer hashed at both ends). Default: all.")
  private List<BenchMode> modes = List.of(BenchMode.values());

  @Option(
      names = "--seconds",
      defaultValue = "2",
      paramLabel = "N",
      description = "Seconds of one measurement. Default: 2.")
  private double seconds;

  @Option(
      names = "--pairs",
      defaultValue = "5",
      paramLabel = "N",
      description = "Measurements of each mode on each side. Default: 5.")
  private int pairs;

  @Option(
      names = "--hash-size",
      defaultValue = "10000000000",
      converter = SizeConverter.class,
      paramLabel = "BYTES",
      description = "Bytes of hash-up and hash-down, such as 64M. Default: 10 GB.")
  private long hashBytes;

  @Option(
      names = "--at-least",
      defaultValue = "0",
      paramLabel = "RATIO",
      description = "Fail when the rate of B is less than this share of A's in any mode.")
  private double leastRatio;

  @Option(
      names = "--opponent",
      defaultValue = "STACK",
      paramLabel = "B",
      description =
          "What B is: STACK, or BARE, a program with next to no stack and one subflow, which shows"
              + " what any stack behind a TUN device could reach (up, rr, rr-pinned, crr)."
              + " Default: STACK.")
  private Opponent opponent;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Write the figures to FILE as JSON, '-' for standard output.")
  private String jsonFile;

  @Option(names = "--svg", paramLabel = "FILE", description = "Draw the figures into FILE.")
  private Path svgFile;

  @Option(
      names = "--java-option",
      paramLabel = "OPTION",
      description = "Option of the Java runtime that runs this stack, such as -Xmx1g. Repeatable.")
  private List<String> javaOptions = new ArrayList<>();

  BenchCommand() {}

  @Override
  public Integer call() throws IOException {
    if (pairs < 1 || !(seconds > 0)) {
      throw LabException.usage("--pairs and --seconds must be more than 0");
    }
    requireModesOf(opponent);
    if (jsonFile != null && !"-".equals(jsonFile)) {
      OutputFile.check(Path.of(jsonFile));
    }
    if (svgFile != null) {
      OutputFile.check(svgFile);
    }
    Machine.requireRoot();
    TunDevice.requireDriver();
    long startedNs = System.nanoTime();
    List<Duel.Outcome> outcomes = new ArrayList<>();
    List<HashCheck> checks = new ArrayList<>();
    try (TemporaryDirectory directory = new TemporaryDirectory()) {
      Programs programs = Programs.compile(directory.path(), javaOptions);
      for (BenchMode mode : modes) {
        if (mode.isCheck()) {
          checks.add(HashCheck.run(mode, hashBytes, programs));
          progress(startedNs, checks.get(checks.size() - 1).describe());
        } else {
          outcomes.add(
              new Duel(mode, opponent, seconds, pairs, line -> progress(startedNs, line))
                  .run(programs));
        }
      }
    }
    BenchReport report =
        BenchReport.of(
            opponent,
            Machine.describe(),
            seconds,
            pairs,
            (System.nanoTime() - startedNs) / 1e9,
            outcomes,
            checks);
    write(report);
    List<String> problems = new ArrayList<>(report.problems());
    problems.addAll(report.below(leastRatio));
    if (!problems.isEmpty()) {
      throw LabException.failed(String.join("; ", problems));
    }
    return 0;
  }

  private void requireModesOf(Opponent chosen) {
    for (BenchMode mode : modes) {
      if (chosen == Opponent.BARE && !mode.isForBareServer()) {
        throw LabException.usage(
            "--opponent BARE cannot do "
                + mode.option()
                + ": choose from up, rr, rr-pinned, crr with --only");
      }
    }
  }

  private void progress(long startedNs, String line) {
    PrintWriter err = spec.commandLine().getErr();
    err.printf("%4d s  %s%n", (System.nanoTime() - startedNs) / 1_000_000_000, line);
    err.flush();
  }

  private void write(BenchReport report) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    if ("-".equals(jsonFile)) {
      out.println(Json.of(report));
    } else {
      report.lines().forEach(out::println);
    }
    if (jsonFile != null && !"-".equals(jsonFile)) {
      Files.writeString(Path.of(jsonFile), Json.of(report) + "\n");
    }
    if (svgFile != null) {
      Files.writeString(svgFile, BenchChart.svg(report));
    }
    out.flush();
  }
}
