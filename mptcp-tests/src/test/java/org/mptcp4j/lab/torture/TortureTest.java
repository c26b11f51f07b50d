package org.mptcp4j.lab.torture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.mptcp4j.lab.Main;
import picocli.CommandLine;

/**
 * Every box, on either path or both, in either direction or both, from the SYN or later: what TCP
 * survives must be survived, byte for byte, in the state that the table of {@code
 * docs/middleboxes.md} says. With little data, one seed, no loss; {@code mptcp-lab torture} has the
 * rest.
 */
class TortureTest {
  private static final int BYTES = 200_000;
  private static final Path PAGE = Path.of("../docs/middleboxes.md");

  private final TortureTable table;

  TortureTest() throws IOException {
    table = new TortureTable(PAGE);
  }

  @TestFactory
  Stream<DynamicTest> boxes() {
    return Stream.of(BoxKind.values())
        .map(box -> DynamicTest.dynamicTest(box.toString(), () -> torture(box)));
  }

  @Test
  void theTableHasEveryCaseAndNoOther() {
    assertThat(table.names())
        .containsExactlyInAnyOrderElementsOf(
            Cell.all().stream().map(Cell::row).distinct().toList());
  }

  private void torture(BoxKind box) {
    List<String> wrong = new ArrayList<>();
    for (Cell cell : Cell.all()) {
      if (cell.box() == box && cell.lossPercent() == 0) {
        table.wrongIn(cell, 1, BYTES).ifPresent(why -> wrong.add(cell + ": " + why));
      }
    }
    assertThat(wrong).isEmpty();
  }

  private static int command(StringWriter out, String... arguments) {
    CommandLine line = Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(out));
    return line.execute(arguments);
  }

  @Test
  void theCommandRunsAllCasesOfABoxAndSumsUp() {
    StringWriter out = new StringWriter();
    String[] arguments = {
      "torture", "--box=strips_syn", "--bytes=200000", "--seeds=1", "--table=" + PAGE
    };
    assertThat(command(out, arguments)).as(out.toString()).isZero();
    assertThat(out.toString()).contains("STRIPS_SYN", "36 of 36 runs in ", "0 wrong");
  }

  @Test
  void theCommandSaysWhatIsNotAsTheTableHasIt(@TempDir Path folder) throws IOException {
    Path other = folder.resolve("page.md");
    Files.writeString(
        other,
        Files.readString(PAGE)
            .replace(
                "| strips syn | first | forward | TCP | MPTCP |",
                "| strips syn | first | forward | FALLBACK | MPTCP |"));
    StringWriter out = new StringWriter();
    String[] arguments = {
      "torture", "--box=strips_syn", "--bytes=200000", "--seeds=1", "--table=" + other
    };
    assertThat(command(out, arguments)).isOne();
    assertThat(out.toString())
        .contains(
            "wrong: strips syn on first forward from syn, loss 0 %, seed 1: it ends as TCP, not as"
                + " one of [FALLBACK]",
            "36 of 36 runs in ", "2 wrong");
  }
}
