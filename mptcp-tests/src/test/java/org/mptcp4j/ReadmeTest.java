package org.mptcp4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the README shows is what the build compiles. */
class ReadmeTest {

  private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  @Test
  void theServerOfTheReadmeIsTheExample() throws IOException {
    String readme = Files.readString(Path.of("../README.md"));
    String example =
        Files.readString(Path.of("src/main/java/org/mptcp4j/examples/EchoServer.java"));
    Matcher code = JAVA.matcher(readme);
    assertThat(code.find()).as("a block of Java in the README").isTrue();
    assertThat(withoutIndentation(example)).contains(withoutIndentation(code.group(1)));
    assertThat(code.group(1).lines().count()).isLessThanOrEqualTo(15);
  }

  @Test
  void theServerWithoutNettyIsTheExample() throws IOException {
    String page = Files.readString(Path.of("../docs/embedding.md"));
    String example =
        Files.readString(Path.of("src/main/java/org/mptcp4j/examples/PlainEchoServer.java"));
    Matcher code = JAVA.matcher(page);
    int blocks = 0;
    while (code.find()) {
      assertThat(withoutIndentation(example)).contains(withoutIndentation(code.group(1)));
      blocks++;
    }
    assertThat(blocks).isEqualTo(2);
  }

  @Test
  void theCodeOfTheNettyPageIsCompiled() throws IOException {
    Matcher code = JAVA.matcher(Files.readString(Path.of("../docs/netty.md")));
    String compiled =
        withoutIndentation(
            Files.readString(Path.of("src/main/java/org/mptcp4j/examples/EchoServer.java"))
                + Files.readString(
                    Path.of("src/test/java/org/mptcp4j/examples/TwoPathsTest.java")));
    int blocks = 0;
    while (code.find()) {
      assertThat(compiled).contains(withoutIndentation(code.group(1)));
      blocks++;
    }
    assertThat(blocks).isEqualTo(2);
  }

  @Test
  void everyPageThatIsNamedExists() throws IOException {
    Matcher link =
        Pattern.compile("]\\(([^)#:]+)\\)").matcher(Files.readString(Path.of("../README.md")));
    int links = 0;
    while (link.find()) {
      assertThat(Path.of("..", link.group(1))).exists();
      links++;
    }
    assertThat(links).isGreaterThan(5);
  }

  private static String withoutIndentation(String text) {
    return text.replaceAll("(?m)^\\s+", "").strip();
  }
}
