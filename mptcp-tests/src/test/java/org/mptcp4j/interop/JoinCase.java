package org.mptcp4j.interop;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * A case of the kernel's own join tests, as facts: the server S has the addresses 10.0.N.1 and
 * dead:beef:N::1, the client C 10.0.N.2 and dead:beef:N::2, N from 1 to 4. Each is run twice, with
 * this stack as S and as C; the other end is the host's kernel.
 *
 * @param setup what is configured before the connection
 * @param run where it goes to, and what changes while it lives
 * @param expected counters of both ends; what begins with {@code @S} or {@code @C} holds only when
 *     this stack is that end
 */
record JoinCase(String name, String setup, String run, String expected) {
  /** Which end this stack is. */
  enum Ours {
    S,
    C
  }

  /** A value that a counter of one end must have. */
  record Check(Ours at, String counter, Predicate<Long> right, String wanted) {}

  /** The tests of a group: of {@code join-cases.txt}, one row a line, columns between bars. */
  static Stream<DynamicTest> tests(String group) {
    String only = System.getProperty("mptcp4j.join", "");
    return text()
        .lines()
        .dropWhile(line -> !line.equals("[" + group + "]"))
        .skip(1)
        .takeWhile(line -> !line.startsWith("["))
        .filter(line -> !line.isBlank() && !line.startsWith("#"))
        .map(JoinCase::parse)
        .filter(row -> row.name.contains(only))
        .flatMap(row -> Stream.of(Ours.values()).filter(row::isFor).map(row::test));
  }

  /** Whether it is run with this stack as that end: both, unless the set-up says "only". */
  private boolean isFor(Ours ours) {
    return !setup.contains("only ") || setup.contains("only " + ours);
  }

  private static String text() {
    try (InputStream in = JoinCase.class.getResourceAsStream("join-cases.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JoinCase parse(String line) {
    String[] columns = line.split("\\|", -1);
    return new JoinCase(columns[0].trim(), columns[1].trim(), columns[2].trim(), columns[3].trim());
  }

  private DynamicTest test(Ours ours) {
    return DynamicTest.dynamicTest(name + ", this stack as " + ours, () -> run(ours));
  }

  private void run(Ours ours) throws Exception {
    try (JoinRun run = new JoinRun(this, ours)) {
      run.run();
    }
  }

  /** The statements of a column. */
  static List<String[]> statements(String column) {
    return Stream.of(column.split(";"))
        .map(String::trim)
        .filter(s -> !s.isEmpty() && !s.equals("-"))
        .map(s -> s.split("\\s+"))
        .toList();
  }

  /** What the counters must be. */
  List<Check> checks(Ours ours) {
    List<Check> checks = new ArrayList<>();
    for (String[] words : statements(expected)) {
      if (!words[0].startsWith("@")) {
        add(checks, words, 0);
      } else if (words[0].equals("@" + ours)) {
        add(checks, words, 1);
      }
    }
    return checks;
  }

  private static void add(List<Check> checks, String[] words, int at) {
    List<String> all = List.of(words).subList(at, words.length);
    boolean invert = all.contains("invert");
    Ours near = invert ? Ours.C : Ours.S;
    Ours far = invert ? Ours.S : Ours.C;
    List<String> n = all.subList(1, all.size());
    switch (all.get(0)) {
      case "join" -> {
        checks.add(exactly(Ours.S, "MPJoinSynRx", n.get(0)));
        checks.add(exactly(Ours.C, "MPJoinSynAckRx", n.get(1)));
        checks.add(exactly(Ours.S, "MPJoinAckRx", n.get(2)));
      }
      case "add" -> {
        checks.add(exactly(far, "AddAddr", n.get(0)));
        checks.add(exactly(near, "EchoAdd", n.get(1)));
        if (n.size() > 2 && !n.get(2).equals("invert")) {
          checks.add(exactly(far, "PortAdd", n.get(2)));
        }
      }
      case "add_tx" -> {
        checks.add(exactly(near, "AddAddrTx", n.get(0)));
        checks.add(exactly(far, "EchoAddTx", n.get(1)));
      }
      case "rm" -> {
        checks.add(exactly(near, "RmAddr", n.get(0)));
        if (!all.contains("simult")) {
          checks.add(exactly(far, "RmSubflow", n.get(1)));
        }
      }
      case "rm_tx" -> checks.add(exactly(Ours.C, "RmAddrTx", n.get(0)));
      case "prio" -> {
        checks.add(exactly(Ours.S, "MPPrioTx", n.get(0)));
        checks.add(exactly(Ours.S, "MPPrioRx", n.get(1)));
        checks.add(exactly(Ours.S, "MPJoinSynBackupRx", n.get(2)));
        checks.add(exactly(Ours.C, "MPJoinSynAckBackupRx", n.get(3)));
      }
      case "rst" -> {
        checks.add(atLeast(near, "MPRstTx", n.get(0)));
        checks.add(atLeast(far, "MPRstRx", n.get(1)));
      }
      case "fclose" -> {
        checks.add(exactly(near, "MPFastcloseTx", n.get(0)));
        checks.add(exactly(far, "MPFastcloseRx", n.get(1)));
      }
      case "stale" -> checks.add(atLeast(Ours.C, "SubflowStale", n.get(0)));
      case "idle", "busy" -> {
        // Of a link.
      }
      case "fail" -> checks.add(exactly(near, "MPFailTx", n.get(0)));
      case "count" -> checks.add(exactly(Ours.valueOf(n.get(0)), n.get(1), n.get(2)));
      default -> throw new IllegalArgumentException("no such check: " + all);
    }
  }

  private static Check exactly(Ours at, String counter, String value) {
    long wanted = Long.parseLong(value);
    return new Check(at, "MPTcpExt" + counter, v -> v == wanted, value);
  }

  /** More resets than expected are none of the case's business, unless none is. */
  private static Check atLeast(Ours at, String counter, String value) {
    long wanted = Long.parseLong(value);
    return wanted == 0
        ? exactly(at, counter, value)
        : new Check(at, "MPTcpExt" + counter, v -> v >= wanted, "at least " + value);
  }
}
