package org.mptcp4j.sched;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class RedundantTest {
  private final SchedulerSession session = new Redundant().newSession();

  private static PathByHand path(int id, long srttNs) {
    return new PathByHand(id, srttNs);
  }

  @Test
  void everyByteGoesOutOnEverySubflow() {
    ConnectionByHand c = new ConnectionByHand(path(0, 10), path(1, 20), path(2, 5)).written(3000);
    assertThat(c.run(session)).containsExactly("0:0-3000", "1:0-3000", "2:0-3000");
    assertThat(c.written(3500).run(session))
        .containsExactly("0:3000-3500", "1:3000-3500", "2:3000-3500");
    assertThat(c.run(session)).isEmpty();
  }

  @Test
  void eachGoesAsFarAsItsOwnWindow() {
    PathByHand slow = path(1, 90).cwnd(2000);
    ConnectionByHand c = new ConnectionByHand(path(0, 10), slow).written(8000);
    assertThat(c.run(session)).containsExactly("0:0-8000", "1:0-2000");
    // Nothing new is written: the slow one goes on where it was.
    slow.drained();
    assertThat(c.run(session)).containsExactly("1:2000-4000");
  }

  @Test
  void whoFellBehindGoesOnWhereThePeerIs() {
    PathByHand slow = path(1, 90).cwnd(2000);
    ConnectionByHand c = new ConnectionByHand(path(0, 10), slow).written(8000);
    c.run(session);
    slow.drained();
    assertThat(c.acknowledged(7000).run(session)).containsExactly("1:7000-8000");
  }

  @Test
  void aClosedWindowDoesNotStopTheCopies() {
    PathByHand slow = path(1, 90).cwnd(2000);
    ConnectionByHand c = new ConnectionByHand(path(0, 10), slow).written(8000).window(5000);
    assertThat(c.run(session)).containsExactly("0:0-5000", "1:0-2000");
    slow.drained();
    assertThat(c.run(session)).containsExactly("1:2000-4000");
  }

  @Test
  void whatIsNotUsableGetsNothing() {
    ConnectionByHand c =
        new ConnectionByHand(
                path(0, 10), path(1, 1).stale(true), path(2, 1).joining(), path(3, 1).full())
            .written(100);
    assertThat(c.run(session)).containsExactly("0:0-100");
  }

  // RFC 8684 section 3.3.8: a backup path only when no regular one is usable.
  @Test
  void backupsOnlyWhenNoRegularOneIsUsable() {
    PathByHand regular = path(0, 10);
    ConnectionByHand c =
        new ConnectionByHand(regular, path(1, 1).asBackup(), path(2, 1).asBackup()).written(100);
    assertThat(c.run(session)).containsExactly("0:0-100");
    regular.stale(true);
    assertThat(c.run(session)).containsExactly("1:0-100", "2:0-100");
  }

  // RFC 8684 section 3.3.6: what the peer's TCP acknowledged but its data level did not.
  @Test
  void whatIsDueAgainGoesOutAgain() {
    PathByHand one = path(0, 10).carrying(0, 5000).drained();
    PathByHand other = path(1, 20).carrying(0, 3000);
    ConnectionByHand c = new ConnectionByHand(one, other).written(5000).granted(5000);
    List<String> again = c.again(0, 5000).run(session);
    assertThat(again).containsExactly("0:0-5000", "1:3000-5000");
  }
}
