package org.mptcp4j.lab.bench;

import io.netty.util.concurrent.FastThreadLocalThread;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.mptcp4j.lab.console.LabException;
import org.mptcp4j.lab.console.TextTable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mptcp-lab bench-floods}. */
@Command(
    name = "bench-floods",
    header = "What one packet of a flood costs the stack.",
    description =
        "Give a stack in memory the packets of mptcp-lab flood, in virtual time, until it is in the"
            + " state to which that flood brings it (tables full, cookies sent, thousands of pieces"
            + " behind a hole), and measure for each packet the time of the processor, the bytes"
            + " that are allocated on the heap, and the answers that leave.")
public final class BenchFloodsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--packets",
      defaultValue = "200000",
      paramLabel = "N",
      description = "Packets of each flood; as many come before measuring. Default: 200000.")
  private int packets;

  @Option(
      names = "--rate",
      defaultValue = "60000",
      paramLabel = "N",
      description = "Packets per second of virtual time. Default: 60000.")
  private int rate;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "KIND",
      description = "Only these: syn, capable, join, ack, rst, tiny, sack, slow.")
  private List<String> only = List.of();

  BenchFloodsCommand() {}

  @Override
  public Integer call() {
    LabException.requireRange("--packets", packets, 1, Integer.MAX_VALUE);
    LabException.requireRange("--rate", rate, 1, Integer.MAX_VALUE);
    List<FloodKind> kinds = FloodKind.named(only);
    TextTable table = new TextTable("flood", "ns", "heap bytes", "answers");
    // As the threads of event loops: the allocator has caches for them.
    Thread thread = new FastThreadLocalThread(() -> kinds.forEach(kind -> measure(kind, table)));
    thread.start();
    try {
      thread.join();
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
    }
    PrintWriter out = spec.commandLine().getOut();
    table.lines().forEach(out::println);
    out.flush();
    return 0;
  }

  private void measure(FloodKind kind, TextTable table) {
    try (FloodCost flood = new FloodCost(kind, rate)) {
      FloodCost.Cost cost = flood.measure(packets, packets);
      table.row(
          kind.title(), figure(cost.ns()), figure(cost.allocatedBytes()), figure(cost.answers()));
    }
  }

  private static String figure(double value) {
    return String.format(Locale.ROOT, value < 10 ? "%.2f" : "%.0f", value);
  }
}
