package org.mptcp4j.lab.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.mptcp4j.lab.bench.BenchReport.Better;
import org.mptcp4j.lab.bench.BenchReport.Figure;
import org.mptcp4j.lab.chart.BarChart;
import org.mptcp4j.lab.console.Json;
import org.mptcp4j.lab.console.LabException;
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
            + " (B), two subflows, in turn, both directions, request and response, and connections."
            + " Makes its own network namespaces and removes them. Needs root, iproute2 and gcc. 'up'"
            + " is into this stack, 'down' out of it.")
public final class BenchCommand implements Callable<Integer> {
  private static final double WARM_UP_SECONDS = 3;
  private static final int CAP_NET_ADMIN = 12;
  private static final int CAP_SYS_ADMIN = 21;
  private static final List<String> MODES = List.of("up", "down", "rr", "crr");

  @Spec private CommandSpec spec;

  @Option(
      names = "--seconds",
      defaultValue = "3",
      paramLabel = "N",
      description = "Seconds of one measurement. Default: 3.")
  private double seconds;

  @Option(
      names = "--pairs",
      defaultValue = "3",
      paramLabel = "N",
      description = "Measurements of each kind. Default: 3.")
  private int pairs;

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
    requireRoot();
    try (TemporaryDirectory directory = new TemporaryDirectory();
        Namespaces namespaces = new Namespaces()) {
      Path kernelLoad = KernelLoad.compile(directory.path());
      Side kernel = Side.kernel(namespaces, kernelLoad);
      Side stack = Side.stack(namespaces, kernelLoad, javaOptions);
      report(measure(kernel, stack));
      requireJoins("kernel to kernel", kernel);
      requireJoins("this stack to kernel", stack);
    }
    return 0;
  }

  private static void requireRoot() throws IOException {
    String line =
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(status -> status.startsWith("CapEff:"))
            .findFirst()
            .orElse("CapEff: 0");
    long capabilities = Long.parseUnsignedLong(line.substring(line.indexOf(':') + 1).trim(), 16);
    if ((capabilities >>> CAP_NET_ADMIN & capabilities >>> CAP_SYS_ADMIN & 1) == 0) {
      throw LabException.failed(
          "bench needs root to make network namespaces and TUN devices: run it with sudo");
    }
  }

  private static void requireJoins(String what, Side side) {
    if (side.joins() == 0) {
      throw LabException.failed(what + " ran on one subflow: no join succeeded");
    }
  }

  private BenchReport measure(Side kernel, Side stack) {
    PrintWriter err = spec.commandLine().getErr();
    Map<String, List<Map<String, String>>> a = new HashMap<>();
    Map<String, List<Map<String, String>>> b = new HashMap<>();
    for (String mode : MODES) {
      stack.measure(mode, WARM_UP_SECONDS); // compiled code is what is measured
      for (int i = 1; i <= pairs; i++) {
        Map<String, String> ofKernel = kernel.measure(mode, seconds);
        Map<String, String> ofStack = stack.measure(mode, seconds);
        a.computeIfAbsent(mode, key -> new ArrayList<>()).add(ofKernel);
        b.computeIfAbsent(mode, key -> new ArrayList<>()).add(ofStack);
        String key = mode.equals("up") || mode.equals("down") ? "gbps" : "per_second";
        err.printf(
            "%-4s %d/%d  %s: A %s  B %s%n",
            mode, i, pairs, key, ofKernel.get(key), ofStack.get(key));
        err.flush();
      }
    }
    List<Figure> figures = new ArrayList<>();
    figures.add(figure("up", "gbps", "up: kernel sends", "Gb/s", Better.HIGHER, a, b));
    figures.add(figure("down", "gbps", "down: kernel receives", "Gb/s", Better.HIGHER, a, b));
    figures.add(figure("rr", "per_second", "rr: 64 bytes and back", "1/s", Better.HIGHER, a, b));
    figures.add(figure("crr", "per_second", "crr: connections", "1/s", Better.HIGHER, a, b));
    figures.add(figure("rr", "p50_us", "rr: median", "us", Better.LOWER, a, b));
    figures.add(figure("rr", "p99_us", "rr: 99th percentile", "us", Better.LOWER, a, b));
    figures.add(figure("up", "cpu_s_per_gb", "up: CPU of the machine", "s/GB", Better.LOWER, a, b));
    figures.add(
        figure("down", "cpu_s_per_gb", "down: CPU of the machine", "s/GB", Better.LOWER, a, b));
    figures.add(
        figure(
            "crr", "cpu_us_per_connection", "crr: CPU of the machine", "us", Better.LOWER, a, b));
    return new BenchReport(machine(), seconds, pairs, figures);
  }

  private static Figure figure(
      String mode,
      String key,
      String what,
      String unit,
      Better better,
      Map<String, List<Map<String, String>>> a,
      Map<String, List<Map<String, String>>> b) {
    return Figure.of(
        mode + "_" + key, what, unit, better, values(a.get(mode), key), values(b.get(mode), key));
  }

  private static List<Double> values(List<Map<String, String>> results, String key) {
    return results.stream().map(result -> Double.parseDouble(result.get(key))).toList();
  }

  private static String machine() {
    return Runtime.getRuntime().availableProcessors()
        + " processors, Linux "
        + majorAndMinor(System.getProperty("os.version"))
        + ", Java "
        + System.getProperty("java.version");
  }

  /** A version of Linux without what its builder appended. */
  static String majorAndMinor(String version) {
    return version.replaceFirst("^(\\d+\\.\\d+).*", "$1");
  }

  private void report(BenchReport report) throws IOException {
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
      Files.writeString(svgFile, chart(report).svg());
    }
    out.flush();
  }

  private static BarChart chart(BenchReport report) {
    BarChart chart =
        new BarChart(
            "This stack against kernel MPTCP",
            report.machine()
                + "; two subflows, cubic; median, min and max of "
                + report.pairs()
                + " runs",
            "kernel - kernel over veth",
            "this stack - kernel over TUN");
    for (Figure figure : report.figures()) {
      chart.panel(
          figure.what(),
          figure.unit() + (figure.better() == Better.LOWER ? ", lower is better" : ""),
          bar(figure.kernel()),
          bar(figure.stack()));
    }
    return chart;
  }

  private static BarChart.Bar bar(BenchReport.Spread spread) {
    return new BarChart.Bar(
        spread.median(), spread.min(), spread.max(), BenchReport.number(spread.median()));
  }
}
