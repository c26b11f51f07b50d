package org.mptcp4j.sched;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class LowestRttTest {
  private record Path(
      long srttNs, int sendRoomBytes, boolean backup, boolean stale, boolean owesAck)
      implements SubflowView {

    Path(long srttNs, int sendRoomBytes, boolean backup, boolean stale) {
      this(srttNs, sendRoomBytes, backup, stale, false);
    }

    @Override
    public int id() {
      return 0;
    }

    @Override
    public long rttVarNs() {
      return 0;
    }

    @Override
    public int cwndBytes() {
      return 14_000;
    }

    @Override
    public int inFlightBytes() {
      return 0;
    }

    @Override
    public int unsentBytes() {
      return 0;
    }

    @Override
    public int payloadMss() {
      return 1400;
    }

    @Override
    public boolean established() {
      return true;
    }

    @Override
    public boolean inLossRecovery() {
      return false;
    }
  }

  private static int choose(Path... paths) {
    return choose(1, paths);
  }

  private static int choose(int unsentBytes, Path... paths) {
    List<Path> list = List.of(paths);
    return new LowestRtt()
        .next(
            new SchedulerView() {
              @Override
              public int subflows() {
                return list.size();
              }

              @Override
              public SubflowView subflow(int index) {
                return list.get(index);
              }

              @Override
              public long unsentBytes() {
                return unsentBytes;
              }

              @Override
              public long windowBytes() {
                return 1;
              }
            });
  }

  @Test
  void lowestRttWithRoom() {
    assertThat(choose(new Path(20, 1, false, false), new Path(10, 1, false, false))).isEqualTo(1);
    assertThat(choose(new Path(20, 1, false, false), new Path(10, 0, false, false))).isZero();
    assertThat(choose(new Path(20, 0, false, false))).isEqualTo(-1);
    assertThat(choose()).isEqualTo(-1);
  }

  // RFC 8684 section 3.3.8: a backup path only when no regular one is usable.
  @Test
  void backupOnlyWhenNoRegularOneIsUsable() {
    Path backup = new Path(1, 1, true, false);
    assertThat(choose(backup, new Path(9, 1, false, false))).isEqualTo(1);
    assertThat(choose(backup, new Path(9, 0, false, false))).isEqualTo(-1);
    assertThat(choose(backup, new Path(9, 1, false, true))).isZero();
    assertThat(choose(backup)).isZero();
  }

  @Test
  void anAnswerGoesWhereAnAcknowledgementIsOwed() {
    Path fast = new Path(10_000, 1, false, false, false);
    Path owing = new Path(150_000, 1, false, false, true);
    assertThat(choose(fast, owing)).isEqualTo(1);
    assertThat(choose(owing, fast)).isZero();
    assertThat(choose(fast, owing, new Path(50_000, 1, false, false, true))).isEqualTo(2);
  }

  @Test
  void unlessThatIsAMuchSlowerPathOrMoreThanOneSegmentWaits() {
    Path fast = new Path(10_000, 1, false, false, false);
    assertThat(choose(fast, new Path(300_000, 1, false, false, true))).isZero();
    assertThat(choose(1401, fast, new Path(50_000, 1, false, false, true))).isZero();
    assertThat(choose(fast, new Path(50_000, 0, false, false, true))).isZero();
    assertThat(choose(fast, new Path(50_000, 1, true, false, true))).isZero();
  }
}
