package org.mptcp4j.testkit.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** A folder of scripts as JUnit tests. */
class PacketdrillTestsTest {
  private static final String PASSES = "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n";
  private static final String FAILS = PASSES + "+0 close(3) = 1\n";
  private static final String REFUSED = "0 fork() = 1\n";
  private static final String MALFORMED = "0 close\n";

  @TempDir private Path folder;

  private void write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private static Executable test(DynamicNode node) {
    return ((DynamicTest) node).getExecutable();
  }

  @Test
  void aTestForEachScriptAndFamilyInItsFolder() throws IOException {
    write("close/a.pkt", PASSES);
    write("close/b-v4.pkt", PASSES);
    write("close/c-v6.pkt", PASSES);
    write("close/readme.txt", "no script");
    List<DynamicNode> nodes = PacketdrillTests.inFolder(folder).toList();
    assertThat(nodes).extracting(DynamicNode::getDisplayName).containsExactly("close");
    assertThat(((DynamicContainer) nodes.get(0)).getChildren())
        .extracting(DynamicNode::getDisplayName)
        .containsExactly("a.pkt ipv4", "a.pkt ipv6", "b-v4.pkt ipv4", "c-v6.pkt ipv6");
  }

  @Test
  void aScriptThatDoesNotPassFails() throws IOException {
    write("a-v4.pkt", FAILS);
    write("b-v4.pkt", PASSES);
    write("c-v4.pkt", REFUSED);
    List<DynamicNode> nodes = PacketdrillTests.inFolder(folder).toList();
    assertThatThrownBy(test(nodes.get(0))::execute)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("a-v4.pkt:2:4: failed: close returned 0, expected 1");
    assertThatCode(test(nodes.get(1))::execute).doesNotThrowAnyException();
    assertThatThrownBy(test(nodes.get(2))::execute).hasMessageContaining("refused: call fork()");
  }

  @Test
  void whatIsNotDoneYetMustNotPass() throws IOException {
    write("a-v4.pkt", FAILS);
    write("b-v4.pkt", PASSES);
    write("c-v4.pkt", REFUSED);
    write("d-v4.pkt", MALFORMED);
    List<DynamicNode> nodes = PacketdrillTests.notYetInFolder(folder).toList();
    assertThatCode(test(nodes.get(0))::execute).doesNotThrowAnyException();
    assertThatThrownBy(test(nodes.get(1))::execute).hasMessageContaining("passes now");
    assertThatCode(test(nodes.get(2))::execute).doesNotThrowAnyException();
    assertThatThrownBy(test(nodes.get(3))::execute).hasMessageContaining("malformed");
  }

  @Test
  void aFolderWithoutScriptsIsAMistake() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PacketdrillTests.inFolder(folder))
        .withMessageContaining("no script");
  }
}
