package org.mptcp4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class PathsByHandTest {
  @Test
  void theApplicationDecidesAndBothEndsHear() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
      PathsByHand.run(out);
    }
    List<String> lines = bytes.toString(StandardCharsets.UTF_8).lines().toList();
    assertThat(lines.get(0)).contains("opened subflow 1 10.2.0.1:", "> 10.1.0.2:80 ESTABLISHED");
    assertThat(lines.get(1)).contains("ESTABLISHED backup");
    assertThat(typesOf("client", lines))
        .containsSubsequence("CONNECTED", "ESTABLISHED", "SUB_ESTABLISHED", "SUB_CLOSED", "CLOSED");
    assertThat(typesOf("server", lines))
        .containsSubsequence("ESTABLISHED", "SUB_ESTABLISHED")
        .contains("SUB_PRIORITY", "ANNOUNCED", "REMOVED", "SUB_CLOSED", "CLOSED");
  }

  /** From lines like {@code client 0.04 s StackEvent[CONNECTED socket 1]}. */
  private static List<String> typesOf(String end, List<String> lines) {
    return lines.stream()
        .filter(line -> line.startsWith(end + " "))
        .map(line -> line.replaceAll(".*StackEvent\\[(\\w+).*", "$1"))
        .toList();
  }
}
