package org.mptcp4j.lab.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.mptcp4j.lab.chart.FlameGraph;
import org.mptcp4j.lab.console.LabException;
import org.mptcp4j.lab.console.OutputFile;
import org.mptcp4j.lab.system.Namespaces;
import org.mptcp4j.link.tun.TunDevice;
import org.mptcp4j.link.tun.TunException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mptcp-lab bench-flame}. */
@Command(
    name = "bench-flame",
    header = "Draw where the time of side B of bench goes.",
    description =
        "Run one mode of bench between the kernel and this stack and draw a flame graph of it: with"
            + " perf, of server, client and kernel; without it, by the Flight Recorder, of the Java"
            + " threads, warm-up included. Needs root, as bench does.")
public final class BenchFlameCommand implements Callable<Integer> {
  private static final int WARM_UP_ROUNDS = 15;

  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "MODE",
      converter = BenchModeConverter.class,
      description = "A mode of bench, such as up.")
  private BenchMode mode;

  @Parameters(index = "1", paramLabel = "FILE", description = "The SVG file to write.")
  private Path file;

  @Option(
      names = "--seconds",
      defaultValue = "5",
      paramLabel = "N",
      description = "How long to sample. Default: 5.")
  private double seconds;

  @Option(
      names = "--java-option",
      paramLabel = "OPTION",
      description = "Option of the Java runtime that runs this stack. Repeatable.")
  private List<String> javaOptions = new ArrayList<>();

  BenchFlameCommand() {}

  @Override
  public Integer call() throws TunException {
    if (mode.isCheck()) {
      throw LabException.usage(mode.option() + " has no rate to warm up to");
    }
    if (!(seconds > 0)) {
      throw LabException.usage("--seconds must be more than 0");
    }
    OutputFile.check(file);
    Machine.requireRoot();
    TunDevice.requireDriver();
    Profiler profiler = Profiler.best();
    javaOptions.addAll(profiler.javaOptions());
    FlameGraph graph =
        new FlameGraph(
            "Where the time goes: " + mode.option() + ", " + mode.title(),
            Machine.describe()
                + (profiler == Profiler.PERF
                    ? "; this stack, the kernel's client and the kernel's threads"
                    : "; Java threads of this stack"));
    try (TemporaryDirectory directory = new TemporaryDirectory();
        Namespaces namespaces = new Namespaces()) {
      Programs programs = Programs.compile(directory.path(), javaOptions);
      Side stack = new StackSide(namespaces, programs, mode, LabBuild.own(), "b-client");
      warmUp(stack);
      profiler.sample(
          stack.server(), seconds, directory.path(), () -> stack.measure(seconds), graph);
    }
    if (graph.samples() == 0) {
      throw LabException.failed("no samples: is perf permitted here?");
    }
    OutputFile.write(file, graph.svg());
    spec.commandLine().getOut().printf("%s: %d samples%n", file, graph.samples());
    spec.commandLine().getOut().flush();
    return 0;
  }

  private void warmUp(Side stack) {
    SteadyState state = new SteadyState();
    while (!state.steady() && state.rounds() < WARM_UP_ROUNDS) {
      Map<String, Double> round = stack.measure(1);
      state.add(round.get(mode.rate()), round.get("compiler_cores"));
      spec.commandLine()
          .getErr()
          .printf(
              Locale.ROOT,
              "warm-up %d: %s %s%n",
              state.rounds(),
              BenchReport.number(round.get(mode.rate())),
              mode.measures().get(0).unit());
      spec.commandLine().getErr().flush();
    }
  }
}
