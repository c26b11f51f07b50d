package org.mptcp4j.testkit.junit;

import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.mptcp4j.testkit.packetdrill.IpVersion;
import org.mptcp4j.testkit.packetdrill.Outcome;
import org.mptcp4j.testkit.packetdrill.PacketdrillResult;
import org.mptcp4j.testkit.packetdrill.PacketdrillScript;

/**
 * Makes JUnit tests of a folder of scripts: a test for each script and address family, in
 * containers that have the names of the folders.
 *
 * <pre>{@code
 * @TestFactory
 * Stream<DynamicNode> scripts() {
 *   return PacketdrillTests.inFolder(Path.of("src/test/resources/packetdrill"));
 * }
 * }</pre>
 *
 * <p>A script whose name ends in {@code v4} or {@code v6} runs in that family only, others in both.
 */
public final class PacketdrillTests {
  private static final String SUFFIX = ".pkt";

  private PacketdrillTests() {}

  /**
   * Tests that pass when their scripts pass.
   *
   * @param folder with scripts, in folders of any depth
   * @return containers and tests in the order of their names
   * @throws IllegalArgumentException when there is no script
   */
  public static Stream<DynamicNode> inFolder(Path folder) {
    return nodes(folder, PacketdrillTests::requirePassed).stream();
  }

  /**
   * Tests that pass as long as their scripts do not: what is not done yet is known, and whoever
   * does it is told so.
   *
   * @param folder with scripts, in folders of any depth
   * @return containers and tests in the order of their names
   * @throws IllegalArgumentException when there is no script
   */
  public static Stream<DynamicNode> notYetInFolder(Path folder) {
    return nodes(folder, PacketdrillTests::requireNotPassed).stream();
  }

  private static List<DynamicNode> nodes(Path folder, Consumer<PacketdrillResult> check) {
    try (Stream<Path> entries = Files.list(folder)) {
      List<DynamicNode> nodes =
          entries
              .sorted()
              .filter(e -> Files.isDirectory(e) || e.toString().endsWith(SUFFIX))
              .flatMap(e -> node(e, check))
              .toList();
      if (nodes.isEmpty()) {
        throw new IllegalArgumentException("there is no script in " + folder);
      }
      return nodes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<DynamicNode> node(Path entry, Consumer<PacketdrillResult> check) {
    if (Files.isDirectory(entry)) {
      String name = entry.getFileName().toString();
      return Stream.of(dynamicContainer(name, nodes(entry, check)));
    }
    return families(entry).map(family -> test(entry, family, check));
  }

  /** The address families in which a script runs. */
  static Stream<IpVersion> families(Path script) {
    return IpVersion.ofName(script)
        .map(Stream::of)
        .orElseGet(() -> Stream.of(IpVersion.IPV4, IpVersion.IPV6));
  }

  private static DynamicNode test(Path file, IpVersion family, Consumer<PacketdrillResult> check) {
    return dynamicTest(
        file.getFileName() + " " + family,
        file.toUri(),
        () -> check.accept(PacketdrillScript.of(file).ipVersion(family).run()));
  }

  private static void requirePassed(PacketdrillResult result) {
    if (!result.passed()) {
      throw new AssertionError(result.toString());
    }
  }

  private static void requireNotPassed(PacketdrillResult result) {
    if (result.passed()) {
      throw new AssertionError(
          result.script() + " passes now: move it to the scripts that have to");
    }
    if (result.outcome() == Outcome.MALFORMED) {
      throw new AssertionError(result.toString());
    }
  }
}
