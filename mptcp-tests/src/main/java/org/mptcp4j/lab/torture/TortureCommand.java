package org.mptcp4j.lab.torture;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.mptcp4j.lab.console.ActivityLog;
import org.mptcp4j.lab.console.LabException;
import org.mptcp4j.lab.console.SizeConverter;
import org.mptcp4j.lab.console.Units;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mptcp-lab torture}. */
@Command(
    name = "torture",
    header = "Send data through middleboxes of every kind.",
    description =
        "Transfer data both ways over two simulated paths, with a box on either or both that strips,"
            + " rewrites, splits, joins, drops, replays or resets, in either direction or both, from"
            + " the SYN on or later, without loss and with 1 %%. Every byte is compared; each case"
            + " must end in the state that the table of docs/middleboxes.md says, and must not fail"
            + " where plain TCP survives. All cases with the first seed come first. The exit code is"
            + " 0 when all were right.")
public final class TortureCommand implements Callable<Integer> {
  private static final long PROGRESS_NS = 10_000_000_000L;
  private static final long MOST_BYTES = 1L << 30;

  private record Job(Cell cell, long seed) {}

  private static final class Tally {
    private int runs;
    private int wrong;

    void add(boolean right) {
      runs++;
      wrong += right ? 0 : 1;
    }
  }

  @Spec private CommandSpec spec;

  @Option(
      names = "--bytes",
      defaultValue = "10000000",
      converter = SizeConverter.class,
      paramLabel = "SIZE",
      description = "Sent each way; default: ${DEFAULT-VALUE}.")
  private long bytes;

  @Option(
      names = "--seeds",
      defaultValue = "20",
      paramLabel = "COUNT",
      description = "Runs of each case; default: ${DEFAULT-VALUE}.")
  private int seeds;

  @Option(
      names = "--seed",
      defaultValue = "1",
      paramLabel = "SEED",
      description = "The first seed; default: ${DEFAULT-VALUE}.")
  private long firstSeed;

  @Option(
      names = "--box",
      paramLabel = "BOX",
      description = "Only these boxes: ${COMPLETION-CANDIDATES}.")
  private List<BoxKind> boxes = new ArrayList<>();

  @Option(
      names = "--seconds",
      paramLabel = "SECONDS",
      description = "Begin no further run after that time; default: run all.")
  private Integer seconds;

  @Option(
      names = "--table",
      defaultValue = "docs/middleboxes.md",
      paramLabel = "PAGE",
      description = "The page with the table; default: ${DEFAULT-VALUE}.")
  private Path page;

  private final Map<BoxKind, Tally> tallies = new EnumMap<>(BoxKind.class);

  TortureCommand() {}

  @Override
  public Integer call() throws IOException {
    ActivityLog.silence();
    LabException.requireRange("--bytes", bytes, 1, MOST_BYTES);
    LabException.requireRange("--seeds", seeds, 1, Integer.MAX_VALUE);
    if (seconds != null) {
      LabException.requireRange("--seconds", seconds, 1, Integer.MAX_VALUE);
    }
    if (!Files.isReadable(page)) {
      throw LabException.usage("there is no " + page + ": name the page with --table");
    }
    TortureTable table = new TortureTable(page);
    List<Job> jobs = jobs();
    long beganNs = System.nanoTime();
    int done = run(table, jobs, beganNs);
    return summary(done, jobs.size(), System.nanoTime() - beganNs);
  }

  private List<Job> jobs() {
    Set<BoxKind> meant = boxes.isEmpty() ? EnumSet.allOf(BoxKind.class) : EnumSet.copyOf(boxes);
    List<Job> jobs = new ArrayList<>();
    for (long seed = firstSeed; seed < firstSeed + seeds; seed++) {
      for (Cell cell : Cell.all()) {
        if (meant.contains(cell.box())) {
          jobs.add(new Job(cell, seed));
        }
      }
    }
    return jobs;
  }

  /** Runs them until the time is over; how many. */
  private int run(TortureTable table, List<Job> jobs, long beganNs) {
    PrintWriter out = spec.commandLine().getOut();
    long endNs = seconds == null ? Long.MAX_VALUE : seconds * 1_000_000_000L;
    long tellNs = PROGRESS_NS;
    int done = 0;
    for (Job job : jobs) {
      long elapsedNs = System.nanoTime() - beganNs;
      if (elapsedNs >= endNs) {
        return done;
      }
      if (elapsedNs >= tellNs) {
        tellNs = elapsedNs + PROGRESS_NS;
        out.println(progress(done, jobs.size(), elapsedNs) + ", next: " + job.cell());
        out.flush();
      }
      Optional<String> wrong = table.wrongIn(job.cell(), job.seed(), (int) bytes);
      wrong.ifPresent(
          why -> out.println("wrong: " + job.cell() + ", seed " + job.seed() + ": " + why));
      tallies.computeIfAbsent(job.cell().box(), box -> new Tally()).add(wrong.isEmpty());
      done++;
    }
    return done;
  }

  private static String progress(int done, int all, long elapsedNs) {
    double left = done == 0 ? 0 : elapsedNs / 1e9 * (all - done) / done;
    return Units.count(done)
        + " of "
        + Units.count(all, "run")
        + ", "
        + Units.seconds(elapsedNs / 1e9)
        + ", "
        + Units.seconds(left)
        + " left";
  }

  private int summary(int done, int all, long elapsedNs) {
    PrintWriter out = spec.commandLine().getOut();
    int wrong = 0;
    for (Map.Entry<BoxKind, Tally> entry : tallies.entrySet()) {
      Tally tally = entry.getValue();
      wrong += tally.wrong;
      out.println(
          String.format(
              "%-26s %s, %s wrong",
              entry.getKey(), Units.count(tally.runs, "run"), Units.count(tally.wrong)));
    }
    out.println(
        Units.count(done)
            + " of "
            + Units.count(all, "run")
            + " in "
            + Units.seconds(elapsedNs / 1e9)
            + ", "
            + Units.count(wrong)
            + " wrong");
    out.flush();
    return wrong == 0 ? 0 : LabException.FAILED;
  }
}
