package org.mptcp4j.packetdrill;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;
import org.mptcp4j.testkit.junit.PacketdrillTests;

/** The scripts of this project. */
class ScriptsTest {
  private static final Path RESOURCES = Path.of("src/test/resources");

  @TestFactory
  Stream<DynamicNode> scripts() {
    return PacketdrillTests.inFolder(RESOURCES.resolve("packetdrill"));
  }
}
