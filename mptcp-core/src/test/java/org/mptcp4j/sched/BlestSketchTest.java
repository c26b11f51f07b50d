package org.mptcp4j.sched;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** That a published scheduler which holds data back is short against the interface. */
class BlestSketchTest {
  /**
   * BLEST (Ferlin, Alay, Mehani, Boreli: "BLEST: Blocking estimation-based MPTCP scheduler for
   * heterogeneous networks", IFIP Networking 2016): a slower subflow gets data only if the window
   * then still has room for what the fastest could send meanwhile.
   */
  private static final class Blest implements Scheduler {
    @Override
    public String name() {
      return "blest";
    }

    @Override
    public SchedulerSession newSession() {
      return new Session();
    }

    private static final class Session implements SchedulerSession {
      private static final double STEP = 0.1;
      private double lambda = 1.2;
      private long judgedNs;
      private boolean blocked;

      @Override
      public void schedule(long nowNs, SchedulerContext c) {
        blocked |= c.unsentBytes() > 0 && c.windowBytes() == 0;
        int fastest = fastest(c, false);
        int chosen = fastest(c, true);
        if (chosen < 0) {
          return;
        }
        SubflowView fast = c.subflow(fastest);
        if (nowNs - judgedNs > fast.srttNs()) {
          lambda = Math.max(1, lambda + (blocked ? STEP : -STEP));
          judgedNs = nowNs;
          blocked = false;
        }
        if (chosen == fastest || !wouldBlock(c, fast, c.subflow(chosen))) {
          c.grant(chosen, c.dueStart(), c.dueEnd());
        }
      }

      private boolean wouldBlock(SchedulerContext c, SubflowView fast, SubflowView slow) {
        double rounds = (double) slow.srttNs() / Math.max(1, fast.srttNs());
        double fastBytes = (fast.cwndBytes() + fast.payloadMss() * (rounds - 1) / 2) * rounds;
        long left = c.windowEnd() - c.una() - slow.inFlightBytes() - slow.payloadMss();
        return lambda * fastBytes > left;
      }

      private static int fastest(SchedulerContext c, boolean withRoom) {
        int best = -1;
        for (int i = 0; i < c.subflows(); i++) {
          SubflowView s = c.subflow(i);
          if (s.usable()
              && (s.hasRoom() || !withRoom)
              && (best < 0 || s.srttNs() < c.subflow(best).srttNs())) {
            best = i;
          }
        }
        return best;
      }
    }
  }

  private static ConnectionByHand connection() {
    PathByHand fast = new PathByHand(0, 10).full();
    return new ConnectionByHand(fast, new PathByHand(1, 100)).written(5000);
  }

  @Test
  void holdsDataBackForTheFastPathWhenTheSlowOneWouldFillTheWindow() {
    assertThat(connection().window(50_000).run(new Blest().newSession())).isEmpty();
  }

  @Test
  void usesTheSlowPathWhenTheWindowIsLargeEnough() {
    assertThat(connection().window(10_000_000).run(new Blest().newSession()))
        .containsExactly("1:0-5000");
  }

  /** The oldest range goes out again on the fast path when it is what blocks the window. */
  @Test
  void opportunisticRetransmissionIsAFewLines() {
    SchedulerSession opportunistic =
        (nowNs, c) -> {
          boolean blocked = c.unsentBytes() > 0 && c.windowBytes() == 0;
          for (int i = 0; blocked && i < c.subflows(); i++) {
            if (c.subflow(i).usable() && !c.subflow(i).carries(c.una())) {
              c.grant(i, c.una(), c.nxt());
            }
          }
        };
    PathByHand slow = new PathByHand(0, 100).carrying(0, 4000);
    ConnectionByHand c = new ConnectionByHand(slow, new PathByHand(1, 10)).written(9000);
    assertThat(c.granted(4000).window(8000).run(opportunistic)).isEmpty();
    assertThat(c.granted(4000).window(4000).run(opportunistic)).containsExactly("1:0-4000");
  }
}
