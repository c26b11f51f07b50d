package org.mptcp4j.lab.bench;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.mptcp4j.lab.console.Json;
import org.mptcp4j.lab.console.LabException;
import org.mptcp4j.lab.console.OutputFile;
import org.mptcp4j.lab.console.SizeConverter;
import org.mptcp4j.link.tun.TunDevice;
import org.mptcp4j.link.tun.TunException;
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
            + " of it. With --against, A is an older build of this stack to kernel MPTCP over TUN.")
public final class BenchCommand implements Callable<Integer> {
  private static final int PAIRS = 5;
  private static final int PAIRS_AGAINST = 15;
  private static final double SECONDS = 2;
  private static final double SECONDS_AGAINST = 2;
  private static final double TURN_SECONDS = 0.25;
  private static final double WARM_UP = 20;
  private static final double WARM_UP_AGAINST = 60;

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
  private List<BenchMode> only = List.of();

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description =
          "Seconds of one measurement. Default: "
              + SECONDS
              + ", with --against "
              + SECONDS_AGAINST
              + ".")
  private Optional<Double> seconds = Optional.empty();

  @Option(
      names = "--warm-up",
      paramLabel = "N",
      description =
          "Seconds that the warm-up of one side takes at most; it ends before when its compilers"
              + " are at rest. Default: "
              + WARM_UP
              + ", with --against "
              + WARM_UP_AGAINST
              + ".")
  private Optional<Double> warmUp = Optional.empty();

  @Option(
      names = "--pairs",
      paramLabel = "N",
      description =
          "Measurements of each mode on each side. Default: "
              + PAIRS
              + ", with --against "
              + PAIRS_AGAINST
              + ".")
  private Optional<Integer> pairs = Optional.empty();

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
      description =
          "Fail when the rate of B is less than this share of A's in any mode. With --against: when"
              + " the lower bound of any figure's median ratio is less.")
  private double leastRatio;

  @Option(
      names = "--against",
      paramLabel = "OLD.jar",
      description =
          "Compare with the build of mptcp-lab in this jar: each figure's median ratio, above 1 where"
              + " this build is better, and a lower 95 %% bound of it. hash-up and hash-down are"
              + " left out.")
  private Optional<Path> olderJar = Optional.empty();

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
  public Integer call() throws TunException {
    if (pairs() < 1 || !(seconds() > 0) || !(warmUp() > 0)) {
      throw LabException.usage("--pairs, --seconds and --warm-up must be more than 0");
    }
    if (olderJar.isPresent()) {
      requireComparison();
    }
    requireModesOf(opponent);
    Optional<LabBuild> older = olderJar.map(LabBuild::of);
    if (jsonFile != null && !"-".equals(jsonFile)) {
      OutputFile.check(Path.of(jsonFile));
    }
    if (svgFile != null) {
      OutputFile.check(svgFile);
    }
    Machine.requireRoot();
    TunDevice.requireDriver();
    List<String> problems = older.isPresent() ? runAgainst(older.get()) : runAgainstKernel();
    if (!problems.isEmpty()) {
      throw LabException.failed(String.join("; ", problems));
    }
    return 0;
  }

  private int pairs() {
    return pairs.orElse(olderJar.isPresent() ? PAIRS_AGAINST : PAIRS);
  }

  private double seconds() {
    return seconds.orElse(olderJar.isPresent() ? SECONDS_AGAINST : SECONDS);
  }

  private double warmUp() {
    return warmUp.orElse(olderJar.isPresent() ? WARM_UP_AGAINST : WARM_UP);
  }

  private List<BenchMode> modes() {
    if (!only.isEmpty()) {
      return only;
    }
    return Arrays.stream(BenchMode.values())
        .filter(mode -> olderJar.isEmpty() || !mode.isCheck())
        .toList();
  }

  private void requireModesOf(Opponent chosen) {
    for (BenchMode mode : modes()) {
      if (chosen == Opponent.BARE && !mode.isForBareServer()) {
        throw LabException.usage(
            "--opponent BARE cannot do "
                + mode.option()
                + ": choose from up, rr, rr-pinned, crr with --only");
      }
    }
  }

  private void requireComparison() {
    for (String option : List.of("--opponent", "--hash-size")) {
      if (spec.commandLine().getParseResult().hasMatchedOption(option)) {
        throw LabException.usage("--against compares two builds of this stack: omit " + option);
      }
    }
    for (BenchMode mode : modes()) {
      if (mode.isCheck()) {
        throw LabException.usage(
            "--against cannot compare " + mode.option() + ", a check without figures");
      }
    }
    if (leastRatio > 0 && pairs() < MedianBound.FEWEST) {
      throw LabException.usage(
          "--at-least with --against takes --pairs of at least "
              + MedianBound.FEWEST
              + ": fewer have no lower bound");
    }
  }

  private List<String> runAgainstKernel() {
    long startedNs = System.nanoTime();
    List<Duel.Outcome> outcomes = new ArrayList<>();
    List<HashCheck> checks = new ArrayList<>();
    try (TemporaryDirectory directory = new TemporaryDirectory()) {
      Programs programs = Programs.compile(directory.path(), javaOptions);
      for (BenchMode mode : modes()) {
        if (mode.isCheck()) {
          checks.add(HashCheck.run(mode, hashBytes, programs));
          progress(startedNs, checks.get(checks.size() - 1).describe());
        } else {
          outcomes.add(duel(mode, opponent, startedNs).run(programs));
        }
      }
    }
    BenchReport report =
        BenchReport.of(
            opponent,
            Machine.describe(),
            seconds(),
            pairs(),
            secondsSince(startedNs),
            outcomes,
            checks);
    write(report, report.lines(), BenchChart.svg(report));
    List<String> problems = new ArrayList<>(report.problems());
    problems.addAll(report.below(leastRatio));
    return problems;
  }

  private List<String> runAgainst(LabBuild older) {
    long startedNs = System.nanoTime();
    Versions versions = new Versions(older, LabBuild.own());
    List<Duel.Outcome> outcomes = new ArrayList<>();
    try (TemporaryDirectory directory = new TemporaryDirectory()) {
      Programs programs = Programs.compile(directory.path(), javaOptions);
      for (BenchMode mode : modes()) {
        outcomes.add(duel(mode, versions, startedNs).run(programs));
      }
    }
    AgainstReport report =
        AgainstReport.of(
            versions,
            Machine.describe(),
            seconds(),
            pairs(),
            turns(),
            secondsSince(startedNs),
            outcomes);
    write(report, report.lines(), BenchChart.svg(report));
    List<String> problems = new ArrayList<>(report.problems());
    problems.addAll(report.below(leastRatio));
    return problems;
  }

  /** Where a connection is placed lasts as long as it does: a longer run is more of them. */
  private int turns() {
    return olderJar.isPresent() ? (int) Math.max(1, Math.round(seconds() / TURN_SECONDS)) : 1;
  }

  private Duel duel(BenchMode mode, Pairing pairing, long startedNs) {
    return new Duel(
        mode, pairing, warmUp(), seconds(), pairs(), turns(), line -> progress(startedNs, line));
  }

  private static double secondsSince(long startedNs) {
    return (System.nanoTime() - startedNs) / 1e9;
  }

  private void progress(long startedNs, String line) {
    PrintWriter err = spec.commandLine().getErr();
    err.printf("%4.0f s  %s%n", secondsSince(startedNs), line);
    err.flush();
  }

  private void write(Record report, List<String> lines, String svg) {
    PrintWriter out = spec.commandLine().getOut();
    if ("-".equals(jsonFile)) {
      out.println(Json.of(report));
    } else {
      lines.forEach(out::println);
    }
    if (jsonFile != null && !"-".equals(jsonFile)) {
      OutputFile.write(Path.of(jsonFile), Json.of(report) + "\n");
    }
    if (svgFile != null) {
      OutputFile.write(svgFile, svg);
    }
    out.flush();
  }
}
