package org.mptcp4j.lab.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.mptcp4j.lab.bench.FloodReport.Row;
import org.mptcp4j.lab.console.Json;
import org.mptcp4j.lab.console.LabException;
import org.mptcp4j.lab.system.Namespaces;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mptcp-lab flood}. */
@Command(
    name = "flood",
    header = "Honest clients of a server that is flooded, beside the kernel.",
    description =
        "Flood a server of this stack (256 MB of heap, 256 MB of direct memory), and then one of"
            + " the kernel, with packets of every kind, while clients of the kernel ask, connect"
            + " and upload; the same packets to an address of nobody are the measure. Needs root"
            + " and gcc. The exit code is 0 when every honest connection to this stack succeeded,"
            + " every byte arrived, and memory was back afterwards.")
public final class FloodCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--seconds",
      defaultValue = "3",
      paramLabel = "SECONDS",
      description = "How long to measure each rate. Default: 3.")
  private double seconds;

  @Option(
      names = "--rate",
      defaultValue = "60000",
      paramLabel = "N",
      description = "Packets per second of the floods. Default: 60000.")
  private int rate;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "KIND",
      description = "Only these: syn, capable, join, ack, rst, tiny, sack, slow.")
  private List<String> only = new ArrayList<>();

  @Option(names = "--no-kernel", description = "This stack only.")
  private boolean noKernel;

  @Option(names = "--json", description = "Print the figures as JSON.")
  private boolean json;

  FloodCommand() {}

  @Override
  public Integer call() {
    if (!(seconds > 0) || rate < 1) {
      throw LabException.usage("--seconds must be more than 0 and --rate at least 1");
    }
    List<FloodKind> kinds = FloodKind.named(only);
    Machine.requireRoot();
    List<Row> rows = new ArrayList<>();
    try (TemporaryDirectory directory = new TemporaryDirectory();
        Namespaces namespaces = new Namespaces()) {
      Path load = KernelLoad.compile(directory.path());
      FloodBench bench = new FloodBench(namespaces, load.toString(), seconds, rate, this::progress);
      rows.addAll(bench.ours(kinds));
      if (!noKernel) {
        List<Row> kernel = bench.kernel(kinds);
        for (int i = kernel.size(); i-- > 0; ) {
          rows.add(i + 1, kernel.get(i)); // below what this stack did with the same packets
        }
      }
    }
    FloodReport report = new FloodReport(Machine.describe(), rate, rows);
    spec.commandLine().getOut().println(json ? Json.of(report) : String.join("\n", report.lines()));
    spec.commandLine().getOut().flush();
    return report.passed() ? 0 : LabException.FAILED;
  }

  private void progress(String line) {
    spec.commandLine().getErr().println(line);
    spec.commandLine().getErr().flush();
  }
}
