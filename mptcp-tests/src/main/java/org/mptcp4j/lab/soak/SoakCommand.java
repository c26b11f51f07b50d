package org.mptcp4j.lab.soak;

import io.netty.util.ResourceLeakDetector;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.mptcp4j.lab.console.ActivityLog;
import org.mptcp4j.lab.console.LabException;
import org.mptcp4j.lab.console.Units;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mptcp-lab soak}. */
@Command(
    name = "soak",
    header = "Use the stack for long and see that nothing is left.",
    description =
        "Open and close connections between two stacks in memory, over two paths that fail again and"
            + " again, in rounds of virtual time, with Netty's paranoid leak detection: every byte"
            + " is compared, and after each round no connection and no buffer may be left. In the"
            + " end the heap must be what it was after the first rounds. The exit code is 0 when all"
            + " of that is so.")
public final class SoakCommand implements Callable<Integer> {
  /** What classes and caches take is there after so many rounds. */
  private static final int WARM_UP_ROUNDS = 3;

  /** What the heap may have grown by. */
  private static final long HEAP_SLACK_BYTES = 16 << 20;

  private static final long PROGRESS_NS = 10_000_000_000L;

  @Spec private CommandSpec spec;

  @Option(
      names = "--seconds",
      defaultValue = "600",
      paramLabel = "SECONDS",
      description = "How long; default: ${DEFAULT-VALUE}.")
  private int seconds;

  @Option(
      names = "--seed",
      defaultValue = "1",
      paramLabel = "SEED",
      description = "Of the first round, each further one has the next; default: ${DEFAULT-VALUE}.")
  private long seed;

  SoakCommand() {}

  @Override
  public Integer call() {
    ActivityLog.silence();
    if (seconds < 1) {
      throw LabException.usage("--seconds must be at least 1, not " + seconds);
    }
    ResourceLeakDetector.Level level = ResourceLeakDetector.getLevel();
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
    try {
      return soak();
    } finally {
      ResourceLeakDetector.setLevel(level);
    }
  }

  private int soak() {
    PrintWriter out = spec.commandLine().getOut();
    long beganNs = System.nanoTime();
    long endNs = beganNs + seconds * 1_000_000_000L;
    long tellNs = beganNs + PROGRESS_NS;
    long heapBefore = 0;
    int rounds = 0;
    SoakRound.Result all = new SoakRound.Result(0, 0, 0, 0, 0);
    while (rounds <= WARM_UP_ROUNDS || System.nanoTime() < endNs) {
      all = all.plus(round(seed + rounds));
      rounds++;
      if (rounds == WARM_UP_ROUNDS) {
        heapBefore = heapBytes();
      }
      if (System.nanoTime() >= tellNs) {
        tellNs += PROGRESS_NS;
        out.println(line(rounds, all, System.nanoTime() - beganNs));
        out.flush();
      }
    }
    long heapAfter = heapBytes();
    out.println(line(rounds, all, System.nanoTime() - beganNs));
    out.println(
        String.format(
            "heap %s, after the first rounds %s; held at most %s, now 0 B",
            Units.bytes(heapAfter), Units.bytes(heapBefore), Units.bytes(all.mostHeldBytes())));
    out.flush();
    if (heapAfter > heapBefore + HEAP_SLACK_BYTES) {
      throw LabException.failed(
          "the heap grew by " + Units.bytes(heapAfter - heapBefore) + ": something is kept");
    }
    return 0;
  }

  private static SoakRound.Result round(long seed) {
    try {
      return SoakRound.run(seed);
    } catch (AssertionError e) {
      throw LabException.failed(e.getMessage(), e);
    }
  }

  private static String line(int rounds, SoakRound.Result all, long elapsedNs) {
    return String.format(
        Locale.ROOT,
        "%s: %s, %s (%s aborted), %s, %s",
        Units.seconds(elapsedNs / 1e9),
        Units.count(rounds, "round"),
        Units.count(all.connections(), "connection"),
        Units.count(all.aborted()),
        Units.bytes(all.bytes()),
        Units.count(all.flaps(), "link flap"));
  }

  private static long heapBytes() {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      System.gc();
      Runtime runtime = Runtime.getRuntime();
      least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
    }
    return least;
  }
}
