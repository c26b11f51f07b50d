package org.mptcp4j.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TooBigReportsTest {
  private final TooBigReports reports = new TooBigReports();

  @Test
  void theFirstPacketsComeFirstInWhateverOrderTheyAreReported() {
    reports.add(3_000, 1300);
    reports.add(1_000, 1100);
    reports.add(2_000, 1200);
    for (int size : new int[] {1100, 1200, 1300}) {
      assertThat(reports.first()).isEqualTo(size);
      reports.forgetArrived(size * 10 - 9_999, Scoreboard.CLEAN);
    }
    assertThat(reports.isEmpty()).isTrue();
    assertThat(reports.first()).isZero();
  }

  @Test
  void theNewestReportAboutAPacketCounts() {
    reports.add(1_000, 1100);
    reports.add(1_000, 1200);
    assertThat(reports.first()).isEqualTo(1200);
    reports.forgetArrived(1_001, Scoreboard.CLEAN);
    assertThat(reports.isEmpty()).isTrue();
  }

  @Test
  void thereIsRoomForAFewOfWhichTheLastGivesWay() {
    for (int i = 0; i < 3 * TooBigReports.MOST; i++) {
      reports.add(10_000 + i, 1000 + i);
    }
    reports.add(5_000, 900);
    assertThat(reports.first()).isEqualTo(900);
    reports.forgetArrived(5_001, Scoreboard.CLEAN);
    for (int i = 0; i < TooBigReports.MOST - 1; i++) {
      assertThat(reports.first()).isEqualTo(1000 + i);
      reports.forgetArrived(10_001 + i, Scoreboard.CLEAN);
    }
    assertThat(reports.isEmpty()).isTrue();
  }

  @Test
  void nothingIsLostWhileTheBoardIsClean() {
    reports.add(1_000, 1100);
    assertThat(reports.lost(Scoreboard.CLEAN)).isZero();
    reports.clear();
    assertThat(reports.isEmpty()).isTrue();
  }
}
