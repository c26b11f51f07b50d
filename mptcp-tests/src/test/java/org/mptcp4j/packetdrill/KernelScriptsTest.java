package org.mptcp4j.packetdrill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.mptcp4j.testkit.packetdrill.IpVersion;
import org.mptcp4j.testkit.packetdrill.Outcome;
import org.mptcp4j.testkit.packetdrill.PacketdrillResult;
import org.mptcp4j.testkit.packetdrill.PacketdrillScript;

/**
 * The kernel's own packetdrill scripts, unpacked from the Debian package {@code linux-source-6.12}
 * where that is installed, run unchanged.
 */
class KernelScriptsTest {
  private static final Path SOURCES = Path.of("/usr/src/linux-source-6.12.tar.xz");
  private static final String FOLDER = "tools/testing/selftests/net/packetdrill";

  /** What is refused, with the line and what it needs that there is not. */
  private static final Map<String, String> REFUSED =
      Map.of(
          "tcp_zerocopy_maxfrags.pkt",
          ":44:17: MSG_ZEROCOPY with more parts than a packet of Linux has fragments",
          "tcp_zerocopy_fastopen-client.pkt",
          ":34:7: sysctl net.ipv4.tcp_timestamps=0");

  @TempDir static Path unpacked;

  @TestFactory
  Stream<DynamicTest> scripts() throws IOException, InterruptedException {
    Optional<Path> folder = folder();
    assumeTrue(folder.isPresent(), "the package linux-source-6.12 is not installed");
    List<DynamicTest> tests = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder.get())) {
      List<Path> scripts = files.filter(f -> f.toString().endsWith(".pkt")).sorted().toList();
      assertThat(scripts).hasSizeGreaterThan(20);
      for (Path script : scripts) {
        for (IpVersion family : IpVersion.values()) {
          String name = script.getFileName() + " " + family;
          tests.add(dynamicTest(name, () -> passesOrIsRefusedByName(script, family)));
        }
      }
    }
    return tests.stream();
  }

  private static void passesOrIsRefusedByName(Path script, IpVersion family) throws IOException {
    PacketdrillResult result = PacketdrillScript.of(script).ipVersion(family).run();
    String refused = REFUSED.get(script.getFileName().toString());
    if (refused == null) {
      assertThat(result.passed()).as(result.toString()).isTrue();
      return;
    }
    assertThat(result.outcome()).as(result.toString()).isEqualTo(Outcome.REFUSED);
    String[] where = refused.split(": ", 2);
    assertThat(result.toString()).contains(where[0] + ":").contains(where[1]);
  }

  /** The package has one archive; packetdrill's scripts are a small part of it. */
  private static Optional<Path> folder() throws IOException, InterruptedException {
    String elsewhere = System.getProperty("kernel.scripts");
    if (elsewhere != null) {
      return Optional.of(Path.of(elsewhere));
    }
    if (!Files.exists(SOURCES)) {
      return Optional.empty();
    }
    Process tar =
        new ProcessBuilder("tar", "-xJf", SOURCES.toString(), "--wildcards", "*/" + FOLDER + "/*")
            .directory(unpacked.toFile())
            .inheritIO()
            .start();
    assertThat(tar.waitFor()).as("tar").isZero();
    return Optional.of(unpacked.resolve("linux-source-6.12").resolve(FOLDER));
  }
}
