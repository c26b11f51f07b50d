package org.mptcp4j.testkit.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The code of the page about testing is what the build compiles and runs. */
class TestingPageTest {
  private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
  private static final Path TESTS = Path.of("src/test/java/org/mptcp4j/testkit");

  @Test
  void itsCodeIsCompiled() throws IOException {
    String compiled =
        Files.readString(TESTS.resolve("example/FirstSimulationTest.java"))
            + Files.readString(TESTS.resolve("peer/HandDrivenPeerExampleTest.java"))
            + Files.readString(TESTS.resolve("example/OwnPartsTest.java"))
            + Files.readString(TESTS.resolve("example/ReplayExampleTest.java"));
    Matcher code = JAVA.matcher(Files.readString(Path.of("../../docs/testing.md")));
    int blocks = 0;
    while (code.find()) {
      assertThat(withoutIndentation(compiled)).contains(withoutIndentation(code.group(1)));
      blocks++;
    }
    assertThat(blocks).isEqualTo(5);
  }

  private static String withoutIndentation(String text) {
    return text.replaceAll("(?m)^\\s+", "").strip();
  }
}
