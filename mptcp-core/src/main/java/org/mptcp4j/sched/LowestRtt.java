package org.mptcp4j.sched;

/**
 * The subflow with the lowest smoothed round-trip time among those with room in their congestion
 * window. Backup subflows are used only when no regular one is usable.
 */
public final class LowestRtt implements Scheduler {
  /** Makes one; it keeps no state. */
  public LowestRtt() {}

  @Override
  public String name() {
    return "lowest-rtt";
  }

  @Override
  public int next(SchedulerView view) {
    int best = -1;
    long bestRtt = Long.MAX_VALUE;
    // RFC 8684 section 3.3.8: a backup path is used only when no other path is available.
    boolean regularUsable = anyRegularUsable(view);
    for (int i = 0; i < view.subflows(); i++) {
      SubflowView s = view.subflow(i);
      if (!usable(s) || (s.backup() && regularUsable) || !hasRoom(s)) {
        continue;
      }
      if (best < 0 || s.srttNs() < bestRtt) {
        best = i;
        bestRtt = s.srttNs();
      }
    }
    return best;
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
