package org.mptcp4j.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mptcp4j.lab.bench.BenchReport.Better;
import org.mptcp4j.lab.bench.BenchReport.Figure;
import org.mptcp4j.lab.console.Json;
import org.mptcp4j.lab.system.Shell;

class BenchTest {
  @Test
  void ratiosAreThoseOfMedians() {
    Figure figure =
        Figure.of(
            "up_gbps", "up", "Gb/s", Better.HIGHER, List.of(60.0, 10.0, 40.0), List.of(30.0, 10.0));
    assertThat(figure.kernel().median()).isEqualTo(40);
    assertThat(figure.stack().median()).isEqualTo(20);
    assertThat(figure.ratio()).isEqualTo(0.5);
    assertThat(
            new BenchReport(
                    "this stack",
                    "machine",
                    1,
                    3,
                    60,
                    List.of(figure),
                    List.of(),
                    List.of(),
                    List.of())
                .lines())
        .anyMatch(
            line ->
                line.contains("40.0 (10.0..60.0)")
                    && line.contains("20.0 (10.0..30.0)")
                    && line.endsWith("0.50"));
  }

  @Test
  void ofTheKernelsVersionTwoNumbersAreShown() {
    assertThat(Machine.majorAndMinor("6.18.2-cloud-amd64")).isEqualTo("6.18");
  }

  @Test
  void readsWhatTheKernelsClientPrints() {
    assertThat(KernelLoad.parse("mode=up gbps=57.4645 bytes=1\n"))
        .containsEntry("mode", "up")
        .containsEntry("gbps", "57.4645");
  }

  @Test
  void theKernelsClientCompiles(@TempDir Path directory) {
    assertThat(Files.isExecutable(KernelLoad.compile(directory))).isTrue();
  }

  @Test
  void theKernelsClientCountsEveryTime(@TempDir Path directory) throws IOException {
    KernelLoad.compile(directory);
    Path test = directory.resolve("test.c");
    Files.writeString(
        test,
        """
        #define main main_of_kernel_load
        #include "kernel-load.c"
        #undef main
        int main() {
          static struct times t;
          for (int i = 0; i < 9000000; i++) count_time(&t, 1234);
          for (int i = 0; i < 9000000; i++) count_time(&t, 5000000);
          printf("total=%lu below=%.3f above=%.3f", t.total, time_at(&t, 0.499), time_at(&t, 0.501));
          count_time(&t, 7);
          count_time(&t, UINT64_MAX);
          printf(" least=%.3f most=%.0f", time_at(&t, 0), time_at(&t, 1));
          uint64_t worst = 0;
          for (uint64_t ns = 1; ns < 1ull << 40; ns += 1 + ns / 77) {
            struct times *one = calloc(1, sizeof *one);
            count_time(one, ns);
            double error = time_at(one, 0.5) * 1e3 / ns - 1;
            if (error < 0) error = -error;
            if (error * 1e6 > worst) worst = error * 1e6;
            free(one);
          }
          printf(" worst_ppm=%lu\\n", worst);
          return 0;
        }
        """);
    String program = directory.resolve("test").toString();
    Shell.run("gcc", "-O2", "-pthread", "-o", program, test.toString());
    Map<String, String> printed = KernelLoad.parse(Shell.run(program));
    assertThat(printed).containsEntry("total", "18000000").containsEntry("below", "1.234");
    assertThat(Double.parseDouble(printed.get("above"))).isCloseTo(5000, within(2.5));
    assertThat(printed).containsEntry("least", "0.007");
    assertThat(Double.parseDouble(printed.get("most"))).isGreaterThan(1.84e16);
    assertThat(Integer.parseInt(printed.get("worst_ppm"))).isLessThan(500);
  }

  private static Duel.Outcome outcome(
      BenchMode mode, boolean steady, double joinsOfStack, double compilerCores) {
    String joins = "joins_per_connection";
    Map<String, Double> kernel =
        Map.of(mode.rate(), 50.0, joins, mode.isConnecting() ? 0.4 : 1.0, "compiler_cores", 0.0);
    Map<String, Double> stack =
        Map.of(mode.rate(), 60.0, joins, joinsOfStack, "compiler_cores", compilerCores);
    List<Map<String, Double>> printed = new ArrayList<>();
    for (Map<String, Double> side : List.of(kernel, stack)) {
      Map<String, Double> all = new HashMap<>(side);
      mode.measures().forEach(measure -> all.putIfAbsent(measure.key(), 1.0));
      printed.add(all);
    }
    mode.measures().stream()
        .map(Measure::key)
        .filter(key -> key.startsWith("gc_") || key.startsWith("allocated_"))
        .forEach(printed.get(0)::remove);
    return new Duel.Outcome(mode, steady, List.of(printed.get(0)), List.of(printed.get(1)));
  }

  private static BenchReport report(Duel.Outcome... outcomes) {
    return BenchReport.of(Opponent.STACK, "machine", 2, 1, 60, List.of(outcomes), List.of());
  }

  @Test
  void eachMeasureOfAModeIsARow() {
    BenchReport report = report(outcome(BenchMode.UP_CSUM, true, 1, 0));
    assertThat(report.figures())
        .extracting(Figure::name)
        .startsWith("up_csum_gbps", "up_csum_cpu_s_per_gb", "up_csum_allocated_kb_per_gb");
    assertThat(report.figures().get(0).ratio()).isEqualTo(1.2);
    assertThat(report.remarks()).isEmpty();
    assertThat(report.problems()).isEmpty();
  }

  @Test
  void whatOnlyThisStackHasIsNotComparedAndNotDrawn() {
    BenchReport report = report(outcome(BenchMode.DOWN, true, 1, 0));
    Figure allocated = report.figures().get(2);
    assertThat(allocated.kernel()).isNull();
    assertThat(allocated.ratio()).isNaN();
    assertThat(Json.of(report)).contains("\"kernel\": null", "\"ratio\": null");
    assertThat(report.lines()).anyMatch(line -> line.startsWith("down: heap allocated"));
    assertThat(BenchChart.svg(report)).contains("down: rate").doesNotContain("heap allocated");
  }

  @Test
  void aWarmUpThatDidNotEndIsSaid() {
    assertThat(report(outcome(BenchMode.RR, false, 1, 0.2)).remarks())
        .containsExactly(
            "rr: not steady at the end of the warm-up",
            "rr: the compilers of B used 20 % of a CPU while it was measured");
  }

  @Test
  void figuresOfOneSubflowDoNotCount() {
    assertThat(report(outcome(BenchMode.UP, true, 0, 0)).problems())
        .singleElement(STRING)
        .startsWith("up: 1.00 joins per connection in A, 0.00 in B");
  }

  @Test
  void shortConnectionsWithFewerJoinsAreRemarkedOn() {
    assertThat(report(outcome(BenchMode.CRR, true, 0.25, 0)).remarks()).isEmpty();
    BenchReport fewer = report(outcome(BenchMode.CRR, true, 0.15, 0));
    assertThat(fewer.problems()).isEmpty();
    assertThat(fewer.remarks())
        .singleElement(STRING)
        .endsWith("0.15 in B: the sides did not do the same");
  }

  @Test
  void joinsAreCountedFromTheKernelsCounters() {
    String names = "TcpExt: X\nTcpExt: 7\nMPTcpExt: MPCapableSYNACKRX MPJoinSynAckRx\n";
    JoinCount before = JoinCount.parse(names + "MPTcpExt: 10 4\n");
    JoinCount after = JoinCount.parse(names + "MPTcpExt: 20 9\n");
    assertThat(after.perConnectionSince(before)).isEqualTo(0.5);
    assertThat(after.perConnectionSince(after)).isZero();
    assertThat(JoinCount.parse("TcpExt: X\nTcpExt: 7\n")).isEqualTo(new JoinCount(0, 0));
  }

  @Test
  void theLastProcessorIsTheLastOfTheList() {
    assertThat(Machine.lastProcessor("0")).isZero();
    assertThat(Machine.lastProcessor("0-3")).isEqualTo(3);
    assertThat(Machine.lastProcessor("0-3,8,10")).isEqualTo(10);
  }

  @Test
  void onlyCompilerThreadsCount(@TempDir Path tasks) throws IOException {
    task(tasks, "1", "java", 500);
    task(tasks, "2", "C2 CompilerThre", 30);
    task(tasks, "3", "C1 CompilerThre", 20);
    Files.createDirectory(tasks.resolve("4"));
    assertThat(new ProcessCpu(tasks).compilerSeconds()).isCloseTo(0.6, within(1e-9));
    assertThat(new ProcessCpu(tasks.resolve("gone")).compilerSeconds()).isZero();
  }

  private static void task(Path tasks, String id, String name, int userTicks) throws IOException {
    Path directory = Files.createDirectory(tasks.resolve(id));
    Files.writeString(
        directory.resolve("stat"),
        id + " (" + name + ") S 1 1 1 0 -1 4194368 9 0 0 0 " + userTicks + " 5 0 0 20 0 1 0\n");
  }

  @Test
  void aModeIsAlsoTheArgumentsOfTheKernelsClient() {
    assertThat(BenchMode.CRR.client("10.1.0.1", 5001, "2.0"))
        .containsExactly("crr", "10.1.0.1", "5001", "2.0", "16");
    assertThat(BenchMode.RR_PINNED.client("10.1.0.1", 5001, "2.0")).startsWith("rr").hasSize(4);
  }

  @Test
  void kernelTcpHasNoSubflowsToJoin() {
    Duel.Outcome both = outcome(BenchMode.MTU1500_UP, true, 1, 0);
    Map<String, Double> tcp = new HashMap<>(both.a().get(0));
    tcp.put("joins_per_connection", 0.0);
    Duel.Outcome outcome = new Duel.Outcome(both.mode(), true, List.of(tcp), both.b());
    assertThat(report(outcome).problems()).isEmpty();
  }

  @Test
  void bytesThatDifferAreAProblem() {
    String printed = "mode=hash-down bytes=1073741824 seconds=2.0 equal=%s sha256=ab";
    HashCheck right = HashCheck.of(BenchMode.HASH_DOWN, KernelLoad.parse(printed.formatted("1")));
    HashCheck wrong = HashCheck.of(BenchMode.HASH_DOWN, KernelLoad.parse(printed.formatted("0")));
    BenchReport report =
        BenchReport.of(Opponent.STACK, "machine", 2, 1, 60, List.of(), List.of(right, wrong));
    assertThat(right.describe())
        .isEqualTo("hash-down: 1.0 GiB in 2.00 s, SHA-256 equal at both ends");
    assertThat(report.lines()).contains(right.describe(), wrong.describe());
    assertThat(report.problems()).containsExactly(wrong.describe());
  }

  @Test
  void theForwarderCompiles(@TempDir Path directory) {
    assertThat(Files.isExecutable(CProgram.compile("tun-forward", directory))).isTrue();
  }

  @Test
  void aRateBelowWhatIsAskedForIsSaid() {
    BenchReport report = report(outcome(BenchMode.RR, true, 1, 0));
    assertThat(report.below(1.2)).isEmpty();
    assertThat(report.below(1.3)).containsExactly("rr: rate of B is 1.20 of A, less than 1.30");
  }
}
