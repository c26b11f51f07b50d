package org.mptcp4j.testkit.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.mptcp4j.link.sim.LinkProfile.millis;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.EngineFilter;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.testkit.SimStack;
import org.mptcp4j.testkit.SimWorld;
import org.mptcp4j.testkit.capture.CaptureFile;

/** Runs test classes that use the extension, some of which fail, and looks at what comes of it. */
class SimWorldExtensionTest {
  private static final List<String> SEEN = new ArrayList<>();

  @TempDir Path captures;

  /** What came of the tests that ran. */
  private record Outcome(Map<String, TestExecutionResult> results, String printed) {
    TestExecutionResult of(String name) {
      return results.get(name);
    }

    Throwable failure(String name) {
      assertThat(results).containsKey(name);
      return of(name).getThrowable().orElseThrow();
    }
  }

  @BeforeEach
  void nothingSeen() {
    SEEN.clear();
    System.setProperty("mptcp.captures", captures.toString());
  }

  @AfterEach
  void propertiesAsBefore() {
    System.clearProperty("mptcp.captures");
    System.clearProperty("mptcp.seed");
  }

  private static Outcome run(Class<?> tests) {
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(selectClass(tests))
            .filters(EngineFilter.includeEngines("junit-jupiter"))
            .build();
    Map<String, TestExecutionResult> results = new LinkedHashMap<>();
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream before = System.err;
    System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      LauncherFactory.create()
          .execute(
              request,
              new TestExecutionListener() {
                @Override
                public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                  if (test.isTest()) {
                    results.put(test.getDisplayName(), result);
                  }
                }
              });
    } finally {
      System.setErr(before);
    }
    return new Outcome(results, printed.toString(StandardCharsets.UTF_8));
  }

  private static void assertAllPassed(Outcome outcome, int tests) {
    assertThat(outcome.results()).hasSize(tests);
    assertThat(outcome.results().values()).allSatisfy(r -> assertThat(r.getThrowable()).isEmpty());
  }

  private static SimStack traffic(SimWorld world) {
    SimStack client = world.stack("client");
    SimStack server = world.stack("server");
    world.path(client, server, LinkProfile.of(0, millis(1)));
    server.listen(80);
    client.connect(server, 80).send(1000);
    world.runFor(millis(100));
    return client;
  }

  // ---- seeds

  @MptcpSimulation
  @Seed(7)
  static class SeedCases {
    private final SimWorld ofConstructor;

    SeedCases(SimWorld world) {
      ofConstructor = world;
    }

    @BeforeEach
    void before(SimWorld world) {
      assertThat(world).isSameAs(ofConstructor);
    }

    @Test
    void ofTheClass(SimWorld world) {
      SEEN.add("class " + world.seed());
    }

    @Test
    @Seed(42)
    void ofTheTest(SimWorld world) {
      assertThat(world).isSameAs(ofConstructor);
      SEEN.add("test " + world.seed());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void withParameters(int n, SimWorld world) {
      SEEN.add("parameter " + n + " " + world.seed());
    }

    @Nested
    class Inside {
      @Test
      void ofTheClassAround(SimWorld world) {
        SEEN.add("inside " + world.seed());
      }
    }
  }

  @Test
  void theSeedOfTheTestGoesBeforeThatOfTheClass() {
    assertAllPassed(run(SeedCases.class), 5);
    assertThat(SEEN)
        .containsExactlyInAnyOrder(
            "class 7", "test 42", "parameter 1 7", "parameter 2 7", "inside 7");
  }

  @Test
  void aSeedFromOutsideGoesBeforeAll() {
    System.setProperty("mptcp.seed", "99");
    assertAllPassed(run(SeedCases.class), 5);
    assertThat(SEEN).allMatch(s -> s.endsWith(" 99"));
  }

  @Test
  void aSeedThatIsNoNumberIsSaidSo() {
    System.setProperty("mptcp.seed", "many");
    assertThat(run(SeedCases.class).results().values())
        .allSatisfy(
            r ->
                assertThat(r.getThrowable().orElseThrow())
                    .hasStackTraceContaining("mptcp.seed is 'many', not a number"));
  }

  static class ManySeeds {
    @Seeds(3)
    void each(SimWorld world) {
      SEEN.add("each " + world.seed());
    }

    @Seeds(value = 2, first = 1000)
    void later(SimWorld world) {
      SEEN.add("later " + world.seed());
    }
  }

  @Test
  void seedsAreTestsOfTheirOwn() {
    Outcome outcome = run(ManySeeds.class);
    assertThat(outcome.results().keySet())
        .containsExactlyInAnyOrder("seed 1", "seed 2", "seed 3", "seed 1000", "seed 1001");
    assertThat(SEEN)
        .containsExactlyInAnyOrder("each 1", "each 2", "each 3", "later 1000", "later 1001");
  }

  @Test
  void oneOfTheSeedsIsRepeatedFromOutside() {
    System.setProperty("mptcp.seed", "2");
    assertThat(run(ManySeeds.class).results()).containsOnlyKeys("seed 2");
    assertThat(SEEN).containsExactlyInAnyOrder("each 2", "later 2");
  }

  // ---- failures

  @MptcpSimulation
  static class Failing {
    @Test
    @Seed(42)
    void fails(SimWorld world) {
      traffic(world);
      throw new IllegalStateException("as it must");
    }

    @Test
    void passes(SimWorld world) {
      traffic(world);
    }

    @Test
    void isLeftOut(SimWorld world) {
      traffic(world);
      Assumptions.abort("not today");
    }

    @Test
    @MptcpSimulation(captureBytes = 1500)
    void hasALittleCapture(SimWorld world) {
      traffic(world);
      throw new IllegalStateException("as it must");
    }

    @Test
    @MptcpSimulation(captureBytes = 0)
    void hasNoCapture(SimWorld world) {
      traffic(world);
      throw new IllegalStateException("as it must");
    }
  }

  @Test
  void aFailureNamesTheSeedAndKeepsTheCaptures() throws Exception {
    Outcome outcome = run(Failing.class);
    Path directory = captures.resolve("Failing.fails-seed-42");
    Path client = directory.resolve("client.pcapng");
    assertThat(CaptureFile.readAll(client)).hasSizeGreaterThan(3);
    assertThat(CaptureFile.readAll(directory.resolve("server.pcapng"))).hasSizeGreaterThan(3);
    String note =
        "simulation with seed 42\n"
            + "  repeat it with @Seed(42) or -Dmptcp.seed=42\n"
            + "  capture: "
            + client.toAbsolutePath()
            + "\n  capture: "
            + directory.resolve("server.pcapng").toAbsolutePath();
    assertThat(outcome.printed())
        .contains(note + "\n  after 0.1 s of virtual time: java.lang.IllegalStateException: as it");
    Throwable failure = outcome.failure("fails(SimWorld)");
    assertThat(failure).isInstanceOf(IllegalStateException.class).hasMessage("as it must");
    assertThat(failure.getSuppressed()).extracting(Object::toString).containsExactly(note);
  }

  @Test
  void whatPassesOrIsLeftOutKeepsNothing() {
    Outcome outcome = run(Failing.class);
    assertThat(outcome.of("passes(SimWorld)").getStatus())
        .isEqualTo(TestExecutionResult.Status.SUCCESSFUL);
    assertThat(outcome.of("isLeftOut(SimWorld)").getStatus())
        .isEqualTo(TestExecutionResult.Status.ABORTED);
    assertThat(captures.toFile().list())
        .containsExactlyInAnyOrder("Failing.fails-seed-42", "Failing.hasALittleCapture-seed-1");
  }

  @Test
  void aFullCaptureIsSaidSo() throws Exception {
    Outcome outcome = run(Failing.class);
    String note = outcome.failure("hasALittleCapture(SimWorld)").getSuppressed()[0].toString();
    assertThat(note).contains("the captures are full; they are without the last ");
    Path file = captures.resolve("Failing.hasALittleCapture-seed-1/client.pcapng");
    assertThat(Files.size(file)).isLessThanOrEqualTo(1500);
    assertThat(outcome.failure("hasNoCapture(SimWorld)").getSuppressed()[0].toString())
        .isEqualTo("simulation with seed 1\n  repeat it with @Seed(1) or -Dmptcp.seed=1");
  }

  @MptcpSimulation
  static class Leaking {
    @Test
    void leaks(SimWorld world) {
      world.allocator().buffer(100);
    }
  }

  @Test
  void aBufferThatLeaksFailsTheTest() {
    Throwable failure = run(Leaking.class).failure("leaks(SimWorld)");
    assertThat(failure).hasMessageStartingWith("seed 1: buffers of ");
    assertThat(failure.getSuppressed()[0].toString()).contains("@Seed(1)");
  }

  @MptcpSimulation
  @TestInstance(TestInstance.Lifecycle.PER_CLASS)
  static class Shared {
    private final long seed;

    Shared(SimWorld world) {
      seed = world.seed();
    }

    @Test
    void never() {
      SEEN.add("never " + seed);
    }
  }

  @Test
  void aWorldForAllTestsIsRefused() {
    Outcome outcome = run(Shared.class);
    assertThat(SEEN).isEmpty();
    assertThat(outcome.results()).isEmpty();
  }
}
