package org.mptcp4j.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mptcp4j.lab.bench.AgainstReport.Figure;
import org.mptcp4j.lab.bench.BenchReport.Better;
import org.mptcp4j.lab.console.Json;
import org.mptcp4j.lab.console.LabException;

class AgainstReportTest {
  private static final Versions VERSIONS =
      new Versions(
          new LabBuild("old.jar", "lib/old.jar, SHA-256 00", "old.jar"),
          new LabBuild("this build", "class path", "."));

  private static List<Map<String, Double>> runs(BenchMode mode, double joins, double... rates) {
    List<Map<String, Double>> runs = new ArrayList<>();
    for (double rate : rates) {
      Map<String, Double> run = new HashMap<>();
      mode.measures().forEach(measure -> run.put(measure.key(), 1.0));
      run.put(mode.rate(), rate);
      run.put(Measure.JOINS, joins);
      run.put("compiler_cores", 0.0);
      runs.add(run);
    }
    return runs;
  }

  private static AgainstReport report(
      BenchMode mode, List<Map<String, Double>> a, List<Map<String, Double>> b) {
    return AgainstReport.of(
        VERSIONS, "machine", 2, a.size(), 8, 60, List.of(new Duel.Outcome(mode, true, a, b)));
  }

  @Test
  void aboveOneTheNewerBuildIsBetterWhateverTheFigure() {
    assertThat(Better.HIGHER.ratio(40, 50)).isEqualTo(1.25);
    assertThat(Better.LOWER.ratio(50, 40)).isEqualTo(1.25);
    assertThat(Better.HIGHER.ratio(0, 0)).isEqualTo(1);
    assertThat(Better.LOWER.ratio(0, 3)).isZero();
  }

  @Test
  void ratiosAreThoseOfThePairs() {
    // The machine became twice as fast during the last three pairs, for both builds.
    BenchMode mode = BenchMode.UP;
    AgainstReport report =
        report(mode, runs(mode, 1, 10, 10, 20, 20, 20), runs(mode, 1, 11, 9, 22, 24, 22));
    Figure rate = report.figures().get(0);
    assertThat(rate.name()).isEqualTo("up_gbps");
    assertThat(rate.ratios()).containsExactly(1.1, 0.9, 1.1, 1.2, 1.1);
    assertThat(rate.ratio()).isEqualTo(1.1);
    assertThat(rate.atLeast()).isEqualTo(0.9); // of five, the smallest is the bound
    assertThat(report.problems()).isEmpty();
    assertThat(report.lines())
        .contains("A: lib/old.jar, SHA-256 00", "B: class path")
        .anyMatch(line -> line.contains("rank 1 from below of 5 (one-sided, 96.9 %)"))
        .anyMatch(line -> line.startsWith("up: rate ") && line.endsWith("1.100     0.900"));
    assertThat(Json.of(report)).contains("\"at_least\": 0.9", "\"rank\": 1", "\"starts\": 1");
  }

  @Test
  void whatABuildIsNotJudgedByHasNoRatio() {
    BenchMode mode = BenchMode.DOWN;
    List<Map<String, Double>> a = runs(mode, 1, 10, 10, 10, 10, 10);
    List<Map<String, Double>> b = runs(mode, 1, 10, 10, 10, 10, 10);
    b.forEach(run -> run.put("gc_pauses", 7.0));
    AgainstReport report = report(mode, a, b);
    assertThat(report.figures())
        .filteredOn(figure -> figure.name().equals("down_gc_pauses"))
        .singleElement()
        .satisfies(figure -> assertThat(figure.ratio()).isNaN())
        .satisfies(figure -> assertThat(figure.b().median()).isEqualTo(7));
    assertThat(report.below(0.99)).isEmpty();
    assertThat(BenchChart.svg(report)).contains("down: rate").doesNotContain("GC pauses");
  }

  @Test
  void oneBoundBelowIsEnough() {
    BenchMode mode = BenchMode.RR;
    List<Map<String, Double>> a = runs(mode, 1, 10, 10, 10, 10, 10);
    List<Map<String, Double>> b = runs(mode, 1, 10, 10, 10, 10, 10);
    b.get(3).put("p99_us", 1.25);
    AgainstReport report = report(mode, a, b);
    assertThat(report.below(0.75)).isEmpty();
    assertThat(report.below(0.95))
        .singleElement(STRING)
        .isEqualTo(
            "rr: 99th percentile: at least 0.800 times as good as A, which is less than 0.950");
  }

  @Test
  void fewPairsHaveNoBound() {
    AgainstReport report = report(BenchMode.RR, runs(BenchMode.RR, 1, 9), runs(BenchMode.RR, 1, 9));
    assertThat(report.bound()).isNull();
    assertThat(report.figures()).allMatch(figure -> Double.isNaN(figure.atLeast()));
    assertThat(report.lines())
        .anyMatch(line -> line.equals("no lower bound of the median ratio: that takes 5 pairs"));
    assertThat(Json.of(report)).contains("\"bound\": null", "\"at_least\": null");
  }

  @Test
  void bothBuildsMustHaveTheirSubflows() {
    double[] rates = DoubleStream.of(1, 1, 1, 1, 1).toArray();
    BenchMode mode = BenchMode.MTU1500_UP;
    assertThat(report(mode, runs(mode, 0, rates), runs(mode, 1, rates)).problems())
        .singleElement(STRING)
        .startsWith("mtu1500-up: 0.00 joins per connection in A, 1.00 in B");
  }

  @Test
  void aBuildIsToldByItsJar(@TempDir Path directory) throws IOException {
    Path jar = jar(directory.resolve("lab.jar"), LabBuild.MAIN_CLASS);
    LabBuild build = LabBuild.of(jar);
    assertThat(build.name()).isEqualTo("lab.jar");
    assertThat(build.classPath()).isEqualTo(jar.toString());
    assertThat(build.description()).matches(".*lab.jar, SHA-256 [0-9a-f]{12}");
  }

  @Test
  void aJarOfAnotherProgramIsRefused(@TempDir Path directory) throws IOException {
    Path jar = jar(directory.resolve("other.jar"), "org.example.Main");
    assertThatThrownBy(() -> LabBuild.of(jar))
        .isInstanceOf(LabException.class)
        .hasMessageContaining("other.jar is no jar of mptcp-lab");
  }

  private static Path jar(Path file, String mainClass) throws IOException {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, mainClass);
    try (OutputStream out = Files.newOutputStream(file);
        JarOutputStream jar = new JarOutputStream(out, manifest)) {
      jar.finish();
    }
    return file;
  }
}
