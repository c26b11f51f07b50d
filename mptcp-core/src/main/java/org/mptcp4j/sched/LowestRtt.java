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

  /** Makes one; it keeps no state. */
  public LowestRtt() {}

  @Override
  public String name() {
    return "lowest-rtt";
  }

  @Override
  public int next(SchedulerView view) {
    int best = -1;
    int owing = -1;
    // RFC 8684 section 3.3.8: a backup path is used only when no other path is available.
    boolean regularUsable = anyRegularUsable(view);
    for (int i = 0; i < view.subflows(); i++) {
      SubflowView s = view.subflow(i);
      if (!usable(s) || (s.backup() && regularUsable) || !hasRoom(s)) {
        continue;
      }
      best = faster(view, i, best);
      if (s.owesAck() && view.unsentBytes() <= s.payloadMss()) {
        owing = faster(view, i, owing);
      }
    }
    boolean detour =
        owing >= 0 && view.subflow(owing).srttNs() - view.subflow(best).srttNs() <= DETOUR_NS;
    return detour ? owing : best;
  }

  private static int faster(SchedulerView view, int one, int best) {
    return best < 0 || view.subflow(one).srttNs() < view.subflow(best).srttNs() ? one : best;
  }

  private static boolean anyRegularUsable(SchedulerView view) {
    for (int i = 0; i < view.subflows(); i++) {
      SubflowView s = view.subflow(i);
      if (usable(s) && !s.backup()) {
        return true;
      }
    }
    return false;
  }

  private static boolean usable(SubflowView s) {
    return s.established() && !s.stale();
  }

  private static boolean hasRoom(SubflowView s) {
    return s.sendRoomBytes() > 0 && s.unsentBytes() < s.payloadMss();
  }
}
