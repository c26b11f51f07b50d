package org.mptcp4j.examples.plugins;

import org.mptcp4j.sched.Scheduler;
import org.mptcp4j.sched.SchedulerContext;
import org.mptcp4j.sched.SchedulerSession;
import org.mptcp4j.sched.SubflowView;

/** Each subflow that works and has room, in its turn. */
public final class RoundRobin implements Scheduler {
  @Override
  public String name() {
    return "round-robin";
  }

  @Override
  public SchedulerSession newSession() {
    return new Turns();
  }

  /** What it remembers of one connection: whose turn it was. */
  private static final class Turns implements SchedulerSession {
    private int last;

    @Override
    public void schedule(long nowNs, SchedulerContext c) {
      for (int i = 1; i <= c.subflows(); i++) {
        int next = (last + i) % c.subflows();
        SubflowView s = c.subflow(next);
        if (s.usable() && s.hasRoom() && c.grant(next, c.dueStart(), c.dueEnd()) > 0) {
          last = next;
          return;
        }
      }
    }
  }
}
