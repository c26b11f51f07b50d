package org.mptcp4j.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mptcp4j.lab.bench.BenchReport.Better;
import org.mptcp4j.lab.bench.BenchReport.Figure;

class BenchTest {
  @Test
  void ratiosAreThoseOfMedians() {
    Figure figure =
        Figure.of(
            "up_gbps", "up", "Gb/s", Better.HIGHER, List.of(60.0, 10.0, 40.0), List.of(30.0, 10.0));
    assertThat(figure.kernel().median()).isEqualTo(40);
    assertThat(figure.stack().median()).isEqualTo(20);
    assertThat(figure.ratio()).isEqualTo(0.5);
    assertThat(new BenchReport("machine", 1, 3, List.of(figure)).lines())
        .anyMatch(
            line ->
                line.contains("40.0 (10.0..60.0)")
                    && line.contains("20.0 (10.0..30.0)")
                    && line.endsWith("0.50"));
  }

  @Test
  void ofTheKernelsVersionTwoNumbersAreShown() {
    assertThat(BenchCommand.majorAndMinor("6.18.2-cloud-amd64")).isEqualTo("6.18");
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
}
