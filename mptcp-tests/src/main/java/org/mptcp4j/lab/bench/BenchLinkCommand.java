package org.mptcp4j.lab.bench;

import java.util.concurrent.Callable;
import org.mptcp4j.lab.console.Json;
import org.mptcp4j.lab.console.LabException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mptcp-lab bench-link}. */
@Command(
    name = "bench-link",
    header = "Two stacks in this process over links in memory.",
    description =
        "Send as much as goes from one stack to another over two links in memory, both on one"
            + " thread: what the stack itself takes, without a device and without the kernel.")
public final class BenchLinkCommand implements Callable<Integer> {
  private static final double WARM_UP_SECONDS = 5;

  @Spec private CommandSpec spec;

  @Option(
      names = "--rounds",
      defaultValue = "5",
      paramLabel = "N",
      description = "Measurements of one second each, after 5 seconds of warm-up. Default: 5.")
  private int rounds;

  @Option(names = "--json", description = "Print the figures as JSON.")
  private boolean json;

  BenchLinkCommand() {}

  @Override
  public Integer call() {
    if (rounds < 1) {
      throw LabException.usage("--rounds must be at least 1");
    }
    LinkReport report = new LinkBench(WARM_UP_SECONDS, rounds).run();
    spec.commandLine().getOut().println(json ? Json.of(report) : String.join("\n", report.lines()));
    spec.commandLine().getOut().flush();
    return 0;
  }
}
