package org.mptcp4j.testkit.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.mptcp4j.testkit.packetdrill.PacketdrillResult;
import org.mptcp4j.testkit.packetdrill.PacketdrillScript;

/** The scripts, the messages and the code of the page about scripts are what really happens. */
class PacketdrillPageTest {
  private static final Pattern BLOCK = Pattern.compile("```\\w*\n(.*?)```", Pattern.DOTALL);
  private static final Path TESTS = Path.of("src/test");

  private static List<String> blocks() throws IOException {
    String page = Files.readString(Path.of("../../docs/packetdrill.md"));
    List<String> blocks = BLOCK.matcher(page).results().map(PacketdrillPageTest::inside).toList();
    assertThat(blocks).hasSize(4);
    return blocks;
  }

  private static String inside(MatchResult block) {
    return block.group(1);
  }

  @Test
  void theFirstScriptPassesInTheTimeThatThePageSays() throws IOException {
    String script = blocks().get(0);
    PacketdrillResult result = PacketdrillScript.of("hello.pkt", script).run();
    assertThat(result).hasToString("hello.pkt: passed");
    assertThat(result.virtualNs()).isEqualTo(300_000_000L);
    assertThat(Files.readString(TESTS.resolve("resources/packetdrill/hello.pkt")))
        .isEqualTo(script);
  }

  @Test
  void itsMistakeIsShownAsThePageSays() throws IOException {
    String script = blocks().get(0).replace("P. 2001:2501(500)", "P. 2001:2601(600)");
    PacketdrillResult result = PacketdrillScript.of("hello.pkt", script).run();
    assertThat(result.toString()).isEqualTo(blocks().get(1).stripTrailing());
  }

  @Test
  void theScriptAboutJoinsPasses() throws IOException {
    String script = blocks().get(3);
    assertThat(PacketdrillScript.of("join.pkt", script).run()).hasToString("join.pkt: passed");
    assertThat(Files.readString(TESTS.resolve("resources/packetdrill/join.pkt"))).isEqualTo(script);
  }

  @Test
  void itsCodeIsCompiled() throws IOException {
    String compiled =
        Files.readString(TESTS.resolve("java/org/mptcp4j/testkit/example/ScriptFolderTest.java"));
    assertThat(withoutIndentation(compiled)).contains(withoutIndentation(blocks().get(2)));
  }

  private static String withoutIndentation(String text) {
    return text.replaceAll("(?m)^\\s+", "").strip();
  }
}
