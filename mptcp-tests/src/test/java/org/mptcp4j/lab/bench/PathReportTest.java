package org.mptcp4j.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mptcp4j.link.sim.LinkProfile;

class PathReportTest {
  private static List<PathDuel.Measured> rates(double sent, double... megabits) {
    return DoubleStream.of(megabits)
        .mapToObj(rate -> new PathDuel.Measured(rate, sent, 0.01, 1))
        .toList();
  }

  private static PathReport.Row row(
      List<PathDuel.Measured> kernel, List<PathDuel.Measured> thisStack) {
    return PathReport.Row.of(
        PathCell.LOSS_10,
        Map.of(PathDuel.Sender.KERNEL, kernel, PathDuel.Sender.THIS_STACK, thisStack));
  }

  @Test
  void ratiosAreThoseOfPairs() {
    // The path is twice as good in every other pair, for both.
    PathReport.Row row =
        row(rates(1.1, 4, 8, 4, 8, 4, 8), rates(1.21, 4.4, 8.8, 4.4, 8.8, 4.4, 8.8));
    assertThat(row.kernelMegabits()).isEqualTo(6);
    assertThat(row.ratio()).isCloseTo(1.1, within(1e-9));
    assertThat(row.bound()).isCloseTo(1.1, within(1e-9));
    assertThat(row.sentRatio()).isCloseTo(1.1, within(1e-9));
    assertThat(row.notRead()).isEqualTo(12);
  }

  @Test
  void fewPairsHaveNoBound() {
    PathReport.Row row = row(rates(1, 4, 5, 6), rates(1, 4, 10, 3));
    assertThat(row.ratio()).isEqualTo(1);
    assertThat(row.bound()).isNull();
    PathReport report = new PathReport("a machine", 3, 8, List.of(row, row));
    assertThat(report.geometricMean()).isCloseTo(1, within(1e-9));
    assertThat(String.join("\n", report.lines()))
        .contains("loss-10", "10 Mb/s, 50 ms, 1.0 % lost", "geometric mean of the ratios: 1.00");
  }

  @ParameterizedTest
  @EnumSource(PathCell.class)
  void theQueueHoldsARoundTripAndAHundredPackets(PathCell cell) {
    LinkProfile data = cell.data();
    assertThat(data.queueBytes())
        .isGreaterThanOrEqualTo(150_000)
        .isGreaterThanOrEqualTo(
            data.rateBitsPerSecond() / 8 * cell.roundTrip().toNanos() / 1_000_000_000);
    assertThat(cell.acknowledgements().loss()).isZero();
    assertThat(cell.acknowledgements().reorder()).isZero();
  }
}
