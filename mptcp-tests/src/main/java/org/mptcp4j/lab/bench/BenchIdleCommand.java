package org.mptcp4j.lab.bench;

import java.util.concurrent.Callable;
import org.mptcp4j.lab.console.Json;
import org.mptcp4j.lab.console.LabException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mptcp-lab bench-idle}. */
@Command(
    name = "bench-idle",
    header = "Memory and time of idle connections.",
    description =
        "Open many connections with two subflows each between two stacks over a simulated network,"
            + " exchange a byte each way, and measure what a connection takes of memory at the"
            + " server, what idle ones take of the processor, and whether opening one more takes"
            + " longer when many are open.")
public final class BenchIdleCommand implements Callable<Integer> {
  private static final int FEWEST = 100;

  @Spec private CommandSpec spec;

  @Option(
      names = "--connections",
      defaultValue = "100000",
      paramLabel = "N",
      description = "Connections to hold open, at least 100. Default: 100000.")
  private int connections;

  @Option(names = "--json", description = "Print the figures as JSON.")
  private boolean json;

  BenchIdleCommand() {}

  @Override
  public Integer call() {
    if (connections < FEWEST) {
      throw LabException.usage("--connections must be at least " + FEWEST);
    }
    IdleReport report = new IdleBench(connections).run();
    spec.commandLine().getOut().println(json ? Json.of(report) : String.join("\n", report.lines()));
    spec.commandLine().getOut().flush();
    return 0;
  }
}
