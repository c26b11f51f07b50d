package org.mptcp4j.testkit.example;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;
import org.mptcp4j.testkit.junit.PacketdrillTests;

/** The tests of the page about scripts, as a user writes them. */
class ScriptFolderTest {

  @TestFactory
  Stream<DynamicNode> scripts() {
    return PacketdrillTests.inFolder(Path.of("src/test/resources/packetdrill"));
  }
}
