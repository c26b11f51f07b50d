package org.mptcp4j.mutation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.mptcp4j.testkit.packetdrill.IpVersion;
import org.pitest.classinfo.ClassByteArraySource;
import org.pitest.help.PitHelpError;
import org.pitest.testapi.Configuration;
import org.pitest.testapi.TestGroupConfig;
import org.pitest.testapi.TestPluginFactory;
import org.pitest.testapi.TestSuiteFinder;
import org.pitest.testapi.TestUnit;
import org.pitest.testapi.TestUnitExecutionListener;
import org.pitest.testapi.TestUnitFinder;

/**
 * Shows the scripts to PIT, each as a test of its own with the name of its file. They are tests of
 * JUnit too, but to start JUnit for one of them takes many times as long as the script.
 */
public final class ScriptUnits implements TestPluginFactory, Configuration, TestUnitFinder {
  /** The class in whose name the scripts are. */
  public static final class Scripts {
    private Scripts() {}
  }

  private static final Path FOLDER = Path.of("src/test/resources/packetdrill");

  @Override
  public Configuration createTestFrameworkConfiguration(
      TestGroupConfig groups,
      ClassByteArraySource source,
      Collection<String> excludedRunners,
      Collection<String> includedMethods) {
    return this;
  }

  @Override
  public String name() {
    return "scripts";
  }

  @Override
  public String description() {
    return "scripts in the language of packetdrill";
  }

  @Override
  public TestUnitFinder testUnitFinder() {
    return this;
  }

  @Override
  public TestSuiteFinder testSuiteFinder() {
    return suite -> List.of();
  }

  @Override
  public Optional<PitHelpError> verifyEnvironment() {
    return Optional.empty();
  }

  /** PIT learns what a test covers while it is found: each runs once here. */
  @Override
  public List<TestUnit> findTestUnits(Class<?> type, TestUnitExecutionListener coverage) {
    if (type != Scripts.class) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(FOLDER)) {
      List<ScriptUnit> units =
          files.filter(f -> f.toString().endsWith(".pkt")).sorted().map(ScriptUnits::unit).toList();
      units.forEach(unit -> unit.measure(coverage));
      return List.copyOf(units);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ScriptUnit unit(Path file) {
    IpVersion family = file.toString().endsWith("v6.pkt") ? IpVersion.IPV6 : IpVersion.IPV4;
    return new ScriptUnit(FOLDER.relativize(file).toString(), file, family);
  }
}
