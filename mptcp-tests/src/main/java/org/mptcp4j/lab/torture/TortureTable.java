package org.mptcp4j.lab.torture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.mptcp4j.api.MptcpMode;

/** The table of {@code docs/middleboxes.md}, and whether what becomes of a case is in it. */
final class TortureTable {
  private static final Pattern ROW =
      Pattern.compile(
          "^\\| ([a-z ]+) \\| (first|second|both) \\| (forward|reverse|both)"
              + " \\| ([^|]+) \\| ([^|]+) \\|$",
          Pattern.MULTILINE);

  /**
   * What may become of a case.
   *
   * @param states that are right
   * @param fails whether both ends get an error although TCP would survive: where several subflows
   *     lose their options for good, nobody can say any more where their bytes belong (RFC 8684
   *     section 3.7)
   */
  private record Row(Set<State> states, boolean fails) {}

  private static final Row NONE = new Row(Set.of(), false);

  private final Map<String, Row> rows = new HashMap<>();

  /** Reads it from a page. */
  TortureTable(Path page) throws IOException {
    ROW.matcher(Files.readString(page)).results().forEach(this::add);
  }

  private void add(MatchResult line) {
    String name = line.group(1) + " on " + line.group(2) + " " + line.group(3) + " from ";
    rows.put(name + "syn", row(List.of(line.group(4).split(" "))));
    rows.put(name + "later", row(List.of(line.group(5).split(" "))));
  }

  private static Row row(List<String> words) {
    Set<State> states = EnumSet.noneOf(State.class);
    words.stream()
        .filter(w -> !w.equals("fails") && !w.equals("-"))
        .map(State::valueOf)
        .forEach(states::add);
    return new Row(states, words.contains("fails"));
  }

  /** The cases that it has: {@link Cell#row()} of each. */
  Set<String> names() {
    return rows.keySet();
  }

  /**
   * Runs a case once.
   *
   * @param bytes each way
   * @return what is wrong; empty when it ended as the table says, and as TCP does where it fails
   */
  Optional<String> wrongIn(Cell cell, long seed, int bytes) {
    Row row = rows.getOrDefault(cell.row(), NONE);
    TortureRun.Outcome mptcp = run(cell, MptcpMode.ENABLED, seed, bytes);
    if (mptcp.state().isPresent()) {
      State state = mptcp.state().get();
      return row.states().contains(state)
          ? Optional.empty()
          : Optional.of("it ends as " + state + ", not as one of " + row.states());
    }
    if (!row.fails() && run(cell, MptcpMode.DISABLED, seed, bytes).complete()) {
      return Optional.of("TCP survives this\n" + mptcp.text());
    }
    return mptcp.errors()
        ? Optional.empty()
        : Optional.of("no error at both ends\n" + mptcp.text());
  }

  private static TortureRun.Outcome run(Cell cell, MptcpMode mode, long seed, int bytes) {
    try (TortureRun run = new TortureRun(cell, mode, seed, bytes)) {
      return run.run();
    }
  }
}
