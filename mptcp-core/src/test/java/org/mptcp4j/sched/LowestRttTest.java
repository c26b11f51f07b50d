package org.mptcp4j.sched;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class LowestRttTest {
  private static List<String> grants(long written, PathByHand... paths) {
    return new ConnectionByHand(paths).written(written).run(new LowestRtt().newSession());
  }

  private static PathByHand path(int id, long srttNs) {
    return new PathByHand(id, srttNs);
  }

  @Test
  void lowestRttWithRoom() {
    assertThat(grants(500, path(0, 20), path(1, 10))).containsExactly("1:0-500");
    assertThat(grants(500, path(0, 20), path(1, 10).full())).containsExactly("0:0-500");
    assertThat(grants(500, path(0, 20), path(1, 10).queued(1000))).containsExactly("0:0-500");
    assertThat(grants(500, path(0, 20), path(1, 10).joining())).containsExactly("0:0-500");
    assertThat(grants(500, path(0, 20).full())).isEmpty();
    assertThat(grants(500)).isEmpty();
    assertThat(grants(0, path(0, 20))).isEmpty();
  }

  @Test
  void whatTheFastestHasNoRoomForGoesToTheNext() {
    assertThat(grants(15_000, path(0, 20), path(1, 10)))
        .containsExactly("1:0-10000", "0:10000-15000");
  }

  // RFC 8684 section 3.3.8: a backup path only when no regular one is usable.
  @Test
  void backupOnlyWhenNoRegularOneIsUsable() {
    assertThat(grants(1, path(0, 1).asBackup(), path(1, 9))).containsExactly("1:0-1");
    assertThat(grants(1, path(0, 1).asBackup(), path(1, 9).full())).isEmpty();
    assertThat(grants(1, path(0, 1).asBackup(), path(1, 9).stale(true))).containsExactly("0:0-1");
    assertThat(grants(1, path(0, 1).asBackup())).containsExactly("0:0-1");
  }

  @Test
  void anAnswerGoesWhereAnAcknowledgementIsOwed() {
    PathByHand owing = path(1, 150_000).owing();
    assertThat(grants(1, path(0, 10_000), owing)).containsExactly("1:0-1");
    assertThat(grants(1, path(0, 10_000), owing, path(2, 50_000).owing())).containsExactly("2:0-1");
  }

  @Test
  void unlessThatIsAMuchSlowerPathOrMoreThanOneSegmentWaits() {
    assertThat(grants(1, path(0, 10_000), path(1, 300_000).owing())).containsExactly("0:0-1");
    assertThat(grants(1001, path(0, 10_000), path(1, 50_000).owing())).containsExactly("0:0-1001");
    assertThat(grants(1, path(0, 10_000), path(1, 50_000).owing().full())).containsExactly("0:0-1");
    assertThat(grants(1, path(0, 10_000), path(1, 50_000).owing().asBackup()))
        .containsExactly("0:0-1");
  }

  // RFC 8684 section 3.3.6: data goes out again on another subflow.
  @Test
  void whatWasCarriedInVainGoesToAnother() {
    PathByHand source = path(0, 10).carrying(0, 2000);
    assertThat(
            new ConnectionByHand(source, path(1, 20))
                .written(2000)
                .granted(2000)
                .again(0, 2000)
                .run(new LowestRtt().newSession()))
        .containsExactly("1:0-2000");
  }

  @Test
  void aBackupTakesItWhenNoOtherRegularSubflowCan() {
    PathByHand source = path(0, 10).carrying(0, 2000);
    assertThat(
            new ConnectionByHand(source, path(1, 20).asBackup())
                .written(2000)
                .granted(2000)
                .again(0, 2000)
                .run(new LowestRtt().newSession()))
        .containsExactly("1:0-2000");
  }

  @Test
  void oneSessionServesAllConnections() {
    LowestRtt scheduler = new LowestRtt();
    assertThat(scheduler.newSession()).isSameAs(scheduler.newSession());
    assertThat(scheduler.name()).isEqualTo(Schedulers.DEFAULT);
  }
}
