package org.mptcp4j.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class TimerWheelTest {

  private static final class Named extends TimerWheel.Timer {
    long wantedNs = Long.MAX_VALUE;
    boolean moved;
  }

  /** Against the obvious model: a list of deadlines, searched each time. */
  @Property(tries = 300)
  void behavesLikeAList(@ForAll long seed) {
    Random random = new Random(seed);
    TimerWheel wheel = new TimerWheel();
    Named[] timers = new Named[40];
    for (int i = 0; i < timers.length; i++) {
      timers[i] = new Named();
    }
    long now = random.nextLong() >> 2;
    for (int step = 0; step < 400; step++) {
      Named t = timers[random.nextInt(timers.length)];
      switch (random.nextInt(4)) {
        case 0, 1 -> {
          long wanted = now + (random.nextLong() >>> (4 + random.nextInt(58)));
          wheel.schedule(t, wanted);
          t.wantedNs = Math.min(t.wantedNs, wanted);
        }
        case 2 -> {
          wheel.cancel(t);
          t.wantedNs = Long.MAX_VALUE;
        }
        default -> {
          now = advanceTo(random, wheel, now);
          expectExactlyTheDue(wheel, timers, now);
        }
      }
      long earliest = earliest(timers);
      assertThat(wheel.nextTimeoutNs()).isLessThanOrEqualTo(earliest);
    }
  }

  private static long advanceTo(Random random, TimerWheel wheel, long now) {
    long next = wheel.nextTimeoutNs();
    if (random.nextBoolean() && next != Long.MAX_VALUE) {
      return Math.max(now, next);
    }
    return now + (random.nextLong() >>> (20 + random.nextInt(40)));
  }

  private static void expectExactlyTheDue(TimerWheel wheel, Named[] timers, long now) {
    Set<Named> due = new HashSet<>();
    for (Named t : timers) {
      if (t.wantedNs <= now) {
        due.add(t);
        t.wantedNs = Long.MAX_VALUE;
      }
    }
    for (TimerWheel.Timer t = wheel.expire(now); t != null; t = wheel.expire(now)) {
      assertThat(due.remove((Named) t)).isTrue();
      assertThat(t.isScheduled()).isFalse();
    }
    assertThat(due).isEmpty();
    assertThat(wheel.nextTimeoutNs()).isGreaterThan(now);
  }

  private static long earliest(Named[] timers) {
    long earliest = Long.MAX_VALUE;
    for (Named t : timers) {
      earliest = Math.min(earliest, t.wantedNs);
    }
    return earliest;
  }

  @Test
  void nextTimeoutIsExactWhateverTheDistance() {
    for (long distance : new long[] {0, 1, 131_071, 131_073, 1_000_000_007L, 86_400_000_000_123L}) {
      TimerWheel wheel = new TimerWheel();
      wheel.expire(77);
      wheel.schedule(new TimerWheel.Timer(), 77 + distance);
      assertThat(wheel.nextTimeoutNs()).isEqualTo(77 + distance);
    }
  }

  @Test
  void aLaterDeadlineTouchesNothing() {
    TimerWheel wheel = new TimerWheel();
    TimerWheel.Timer timer = new TimerWheel.Timer();
    wheel.schedule(timer, 1000);
    wheel.schedule(timer, 5000);
    assertThat(wheel.nextTimeoutNs()).isEqualTo(1000);
    assertThat(wheel.expire(999)).isNull();
    assertThat(wheel.expire(1000)).isSameAs(timer);
    wheel.schedule(timer, 5000);
    assertThat(wheel.nextTimeoutNs()).isEqualTo(5000);
  }
}
