package org.mptcp4j.lab.demo;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.mptcp4j.api.MptcpException;
import org.mptcp4j.lab.console.ActivityLog;
import org.mptcp4j.lab.console.Json;
import org.mptcp4j.lab.console.LabException;
import org.mptcp4j.lab.console.LiveBlock;
import org.mptcp4j.lab.console.OutputFile;
import org.mptcp4j.lab.console.SizeConverter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mptcp-lab demo}. */
@Command(
    name = "demo",
    header = "A file over two simulated paths, one of which fails and comes back.",
    description =
        "Send a file between two simulated hosts over two unequal paths, one of which fails"
            + " half-way and comes back. Needs no root and no network. Writes demo.pcap and"
            + " demo.svg.")
public final class DemoCommand implements Callable<Integer> {
  private static final long MOST_BYTES = 64L << 30;

  private static final long TERMINAL_STEP_NS = 50_000_000;
  private static final long LINE_STEP_NS = 250_000_000;

  @Spec private CommandSpec spec;

  @Option(
      names = "--seed",
      defaultValue = "1",
      paramLabel = "N",
      description = "Of all randomness. The same seed gives the same packets. Default: 1.")
  private long seed;

  @Option(
      names = "--size",
      defaultValue = "100M",
      paramLabel = "BYTES",
      converter = SizeConverter.class,
      description = "Of the file, such as 500000 or 32M. Default: 100M.")
  private long size;

  @Option(
      names = "--out",
      defaultValue = "mptcp-demo",
      paramLabel = "DIR",
      description = "Directory for the files, created when missing. Default: mptcp-demo.")
  private Path directory;

  @Option(names = "--json", description = "Print the report as JSON and nothing else.")
  private boolean json;

  DemoCommand() {}

  @Override
  public Integer call() {
    ActivityLog.silence();
    if (size < 1) {
      throw LabException.usage("--size must be at least 1 byte");
    }
    if (size > MOST_BYTES) {
      throw LabException.usage("--size must be at most 64G: every byte is sent and compared");
    }
    try (Demo demo = new Demo(seed, size)) {
      DemoReport report = run(demo);
      spec.commandLine()
          .getOut()
          .println(json ? Json.of(report) : String.join("\n", report.lines()));
      spec.commandLine().getOut().flush();
      return report.equal() ? 0 : LabException.FAILED;
    } catch (MptcpException e) {
      throw LabException.failed(e.getMessage(), e);
    } catch (IOException e) {
      throw OutputFile.failed(directory, e);
    }
  }

  private DemoReport run(Demo demo) throws IOException {
    if (json) {
      return demo.run(directory, LINE_STEP_NS, snapshot -> {});
    }
    LiveBlock block = LiveBlock.onStandardOutput();
    DemoScreen screen = new DemoScreen();
    if (!block.isTerminal()) {
      return demo.run(directory, LINE_STEP_NS, snapshot -> block.show(screen.line(snapshot)));
    }
    long startedNs = System.nanoTime();
    Consumer<DemoScreen.Snapshot> watcher =
        snapshot -> {
          block.show(screen.table(snapshot, block.columns()));
          keepPace(startedNs, snapshot.seconds());
        };
    DemoReport report = demo.run(directory, TERMINAL_STEP_NS, watcher);
    System.out.println();
    return report;
  }

  // Where somebody watches, virtual time does not run ahead of the clock on the wall.
  private static void keepPace(long startedNs, double virtualSeconds) {
    LockSupport.parkNanos((long) (virtualSeconds * 1e9) - (System.nanoTime() - startedNs));
  }
}
