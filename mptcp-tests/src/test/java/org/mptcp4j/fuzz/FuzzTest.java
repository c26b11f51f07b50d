package org.mptcp4j.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The corpus of each fuzz target as a test of regressions, and a short run of the fuzzer. */
class FuzzTest {
  private static final Path FOUND = Fuzz.CORPUS.resolveSibling("found");

  @TempDir Path work;

  @TestFactory
  Stream<DynamicContainer> everyInputThatIsKeptIsHarmless() {
    return Fuzz.TARGETS.keySet().stream()
        .sorted()
        .map(target -> DynamicContainer.dynamicContainer(target, tests(target)));
  }

  private static Stream<DynamicTest> tests(String target) {
    MethodHandle run = run(target);
    return Stream.of(Fuzz.CORPUS, FOUND)
        .map(folder -> folder.resolve(target))
        .filter(Files::isDirectory)
        .flatMap(FuzzTest::files)
        .map(
            file ->
                DynamicTest.dynamicTest(
                    file.getFileName().toString(), () -> run.invoke(Files.readAllBytes(file))));
  }

  private static Stream<Path> files(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static MethodHandle run(String target) {
    try {
      return MethodHandles.publicLookup()
          .findStatic(
              Fuzz.TARGETS.get(target),
              "fuzzerTestOneInput",
              MethodType.methodType(void.class, byte[].class));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  @Tag("fuzz")
  @ParameterizedTest
  @CsvSource({"stack, 1500", "wire, 20000", "decoder, 5000"})
  void aShortRunFindsNothing(String target, int runs) throws Exception {
    Path log = work.resolve("log");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-ea", "-Xmx1g", "-classpath", classPath(), Fuzz.class.getName()));
    command.addAll(List.of(target, work.toString(), "-runs=" + runs, "-seed=1"));
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    int code = process.waitFor();
    String said = Files.readString(log);
    assertThat(code).as(said).isZero();
    assertThat(said).contains("stat::number_of_executed_units: ");
  }

  /** Surefire has the class path in a jar of its own. */
  private static String classPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }
}
