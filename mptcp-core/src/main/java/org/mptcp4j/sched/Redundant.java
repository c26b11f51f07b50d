package org.mptcp4j.sched;

/**
 * Every byte goes out on every subflow that works, so that the fastest copy counts and the loss of
 * a path costs nothing but what the others need anyway: the shortest delay for the price of as many
 * times the traffic. A subflow that falls behind the peer's acknowledgements goes on from there.
 * Backup subflows are used only when no regular one is usable.
 */
public final class Redundant implements Scheduler {
  private static final SchedulerSession SESSION = Redundant::schedule;

  @Override
  public String name() {
    return "redundant";
  }

  @Override
  public SchedulerSession newSession() {
    return SESSION;
  }

  private static void schedule(long nowNs, SchedulerContext c) {
    boolean regularUsable = anyRegularUsable(c);
    long due = c.dueStart();
    for (int i = 0; i < c.subflows(); i++) {
      SubflowView s = c.subflow(i);
      // RFC 8684 section 3.3.8: a backup path is used only when no other path is available.
      if (s.usable() && s.hasRoom() && !(s.backup() && regularUsable)) {
        long next = Math.max(c.una(), s.carriedEnd());
        c.grant(i, s.carries(due) ? next : Math.min(next, due), c.end());
      }
    }
  }

  private static boolean anyRegularUsable(SchedulerContext c) {
    for (int i = 0; i < c.subflows(); i++) {
      if (c.subflow(i).usable() && !c.subflow(i).backup()) {
        return true;
      }
    }
    return false;
  }
}
