package org.mptcp4j.sched;

/**
 * The subflow with the lowest smoothed round-trip time among those with room in their congestion
 * window. Backup subflows are used only when no regular one is usable.
 *
 * <p>The tail of what was written, one segment, goes where an acknowledgement is owed when that
 * path is not slower by more than {@link #DETOUR_NS}: an answer then is one packet, not an answer
 * and an acknowledgement on two paths, which the peer would be woken for twice.
 */
public final class LowestRtt implements Scheduler {
  /** What saving a packet may cost: little against a path, much against two wake-ups. */
  private static final long DETOUR_NS = 200_000;

  private static final SchedulerSession SESSION = LowestRtt::schedule;

  @Override
  public String name() {
    return "lowest-rtt";
  }

  @Override
  public SchedulerSession newSession() {
    return SESSION;
  }

  private static void schedule(long nowNs, SchedulerContext c) {
    if (c.dueStart() == c.dueEnd()) {
      return;
    }
    int best = -1;
    int owing = -1;
    boolean regularUsable = false;
    for (int i = 0; i < c.subflows(); i++) {
      SubflowView s = c.subflow(i);
      if (!usable(c, s) || s.backup() && regularUsable) {
        continue;
      }
      if (!s.backup() && !regularUsable) {
        // RFC 8684 section 3.3.8: a backup path is used only when no other path is available.
        regularUsable = true;
        best = -1;
        owing = -1;
      }
      if (!s.hasRoom()) {
        continue;
      }
      best = faster(c, i, best);
      if (s.owesAck() && c.unsentBytes() <= s.payloadMss()) {
        owing = faster(c, i, owing);
      }
    }
    if (best >= 0) {
      boolean detour = owing >= 0 && srttNs(c, owing) - srttNs(c, best) <= DETOUR_NS;
      c.grant(detour ? owing : best, c.dueStart(), c.dueEnd());
    }
  }

  private static int faster(SchedulerContext c, int one, int best) {
    return best < 0 || srttNs(c, one) < srttNs(c, best) ? one : best;
  }

  private static long srttNs(SchedulerContext c, int index) {
    return c.subflow(index).srttNs();
  }

  private static boolean usable(SchedulerContext c, SubflowView s) {
    return s.usable() && !s.carries(c.dueStart());
  }
}
