package org.mptcp4j.torture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.mptcp4j.api.MptcpMode;

/**
 * Every box, on either path or both, in either direction or both, from the SYN or later, without
 * loss and with: what TCP survives must be survived, byte for byte, in the state that the table of
 * {@code docs/middleboxes.md} says. By itself it is short: little data, one seed, no loss. {@code
 * -Dtorture.full=true} is the long form, with 10 MB each way, 20 seeds for each case, and loss;
 * {@code -Dtorture.bytes=N} and {@code -Dtorture.seeds=COUNT} change either; {@code
 * -Dtorture.box=NAME} is for one box only.
 */
class TortureTest {
  private static final boolean FULL = Boolean.getBoolean("torture.full");
  private static final int BYTES = Integer.getInteger("torture.bytes", FULL ? 10_000_000 : 200_000);
  private static final String ONLY = System.getProperty("torture.box", "");
  private static final int SEEDS = Integer.getInteger("torture.seeds", FULL ? 20 : 1);
  private static final Path PAGE = Path.of("../docs/middleboxes.md");
  private static final Pattern TABLE =
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

  private final Map<String, Row> table = table();

  private static Map<String, Row> table() {
    Map<String, Row> rows = new HashMap<>();
    try {
      TABLE.matcher(Files.readString(PAGE)).results().forEach(line -> add(line, rows));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return rows;
  }

  private static void add(MatchResult line, Map<String, Row> rows) {
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

  @TestFactory
  Stream<DynamicTest> boxes() {
    return Stream.of(BoxKind.values())
        .filter(box -> ONLY.isEmpty() || box.name().equals(ONLY))
        .map(box -> DynamicTest.dynamicTest(box.toString(), () -> torture(box)));
  }

  @Test
  void theTableHasEveryCaseAndNoOther() {
    assertThat(table.keySet())
        .containsExactlyInAnyOrderElementsOf(
            Cell.all().stream().map(Cell::row).distinct().toList());
  }

  private void torture(BoxKind box) {
    List<String> wrong = new ArrayList<>();
    Map<String, Set<State>> seen = new TreeMap<>();
    for (Cell cell : Cell.all()) {
      boolean meant = cell.box() == box && (FULL || cell.lossPercent() == 0);
      for (int seed = 1; seed <= SEEDS && meant; seed++) {
        torture(cell, seed, wrong, seen);
      }
    }
    seen.forEach(
        (row, states) -> {
          if (!table.getOrDefault(row, NONE).states().containsAll(states)) {
            wrong.add("in the table: " + table.get(row) + ", seen: " + row + ": " + states);
          }
        });
    assertThat(wrong).isEmpty();
  }

  private void torture(Cell cell, int seed, List<String> wrong, Map<String, Set<State>> seen) {
    Run.Outcome mptcp = run(cell, MptcpMode.ENABLED, seed);
    Set<State> states = seen.computeIfAbsent(cell.row(), row -> EnumSet.noneOf(State.class));
    mptcp.state().ifPresent(states::add);
    if (mptcp.complete()) {
      return;
    }
    boolean fails = table.getOrDefault(cell.row(), NONE).fails();
    boolean tcpSurvives = !fails && run(cell, MptcpMode.DISABLED, seed).complete();
    if (tcpSurvives || !mptcp.errors()) {
      String why = tcpSurvives ? "TCP survives this" : "no error at both ends";
      wrong.add(cell + ", seed " + seed + ": " + why + "\n" + mptcp.text());
    }
  }

  private static Run.Outcome run(Cell cell, MptcpMode mode, int seed) {
    try (Run run = new Run(cell, mode, seed, BYTES)) {
      return run.run();
    }
  }
}
