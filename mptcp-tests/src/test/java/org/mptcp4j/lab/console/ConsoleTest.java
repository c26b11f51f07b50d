package org.mptcp4j.lab.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class ConsoleTest {
  @ParameterizedTest
  @CsvSource({"0,0", "4096,4096", "64k,65536", "32M,33554432", "1.5 KiB,1536", "2gb,2147483648"})
  void readsSizes(String text, long bytes) {
    assertThat(new SizeConverter().convert(text)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "x", "1Q", "9999999T"})
  void refusesWhatIsNoSize(String text) {
    assertThatThrownBy(() -> new SizeConverter().convert(text))
        .isInstanceOf(TypeConversionException.class);
  }

  @ParameterizedTest
  @CsvSource({"999,999 B", "1536,1.5 KiB", "33554432,32.0 MiB"})
  void writesSizes(long bytes, String text) {
    assertThat(Units.bytes(bytes)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({"140000000,140.0 Mb/s", "999,999 b/s", "57460000000,57.5 Gb/s"})
  void writesRates(double bitsPerSecond, String text) {
    assertThat(Units.rate(bitsPerSecond)).isEqualTo(text);
  }

  private record Inner(String quotedText, List<Integer> numbers, double notANumber) {}

  @Test
  void writesRecordsAndMapsAsJson() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("inner", new Inner("a \"b\"\n\u0001", List.of(1, 2), Double.NaN));
    map.put("empty", List.of());
    map.put("none", null);
    assertThat(Json.of(map).replaceAll("\\n *", ""))
        .isEqualTo(
            "{\"inner\": {\"quoted_text\": \"a \\\"b\\\"\\n\\u0001\",\"numbers\": [1,2],\"not_a_number\": null},"
                + "\"empty\": [],\"none\": null}");
  }

  @Test
  void alignsFiguresToTheRight() {
    assertThat(new TextTable("path", "rate").row("a", "1 Mb/s").row("longer", "100 Mb/s").lines())
        .containsExactly("path        rate", "a         1 Mb/s", "longer  100 Mb/s");
  }

  @Test
  void drawsOverItselfOnlyOnATerminal() {
    assertThat(shown(out -> LiveBlock.redrawn(out, 80)))
        .isEqualTo("\033[2Ka\n\033[2Kb\n\033[2A\033[2Kc\n\033[2K\n");
    assertThat(shown(LiveBlock::appended)).isEqualTo("a\nb\nc\n");
  }

  private static String shown(java.util.function.Function<PrintStream, LiveBlock> kind) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    LiveBlock block = kind.apply(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    block.show(List.of("a", "b"));
    block.show(List.of("c"));
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aLineTooLongForTheTerminalIsCutOff() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    LiveBlock block = LiveBlock.redrawn(new PrintStream(bytes, true, StandardCharsets.UTF_8), 4);
    block.show(List.of("abcd", "abcde"));
    assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo("\033[2Kabcd\n\033[2Kabcd\n");
  }

  @ParameterizedTest
  @CsvSource({"'24 80\n',80", "'12 40',40", "'24 39',", "'11 80',", "'0 0\n',", "'',", "what?,"})
  void onlyATerminalThatIsLargeEnoughIsDrawnOn(String sizeOfTerminal, Integer columns) {
    LiveBlock block = LiveBlock.on(System.out, Terminal.parse(sizeOfTerminal));
    assertThat(block.isTerminal()).isEqualTo(columns != null);
    assertThat(block.columns()).isEqualTo(columns == null ? Integer.MAX_VALUE : columns);
  }

  @Test
  void aTableLeavesOutColumnsInOrderUntilItFits() {
    TextTable table = new TextTable("a", "bb", "ccc", "dddd").row("1", "2", "3", "4");
    assertThat(table.linesWithin(16, 2, 0, 3)).containsExactlyElementsOf(table.lines());
    assertThat(table.linesWithin(15, 2, 0, 3)).containsExactly("a  bb  dddd", "1   2     4");
    assertThat(table.linesWithin(10, 2, 0, 3)).containsExactly("bb  dddd", "2      4");
    assertThat(table.linesWithin(1, 2, 0, 3)).containsExactly("bb", "2");
  }
}
