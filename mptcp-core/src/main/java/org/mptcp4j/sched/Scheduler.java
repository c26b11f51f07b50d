package org.mptcp4j.sched;

/**
 * Decides which subflow carries the next quantum of data: RFC 8684 section 3.3.5 leaves that to the
 * implementation. One instance serves one connection and may keep state. Called on the stack's
 * thread.
 */
public interface Scheduler {
  /** Short lower-case name, as shown to users. */
  String name();

  /**
   * Chooses the subflow for the next quantum.
   *
   * @return index into the view, or -1 to wait until an acknowledgement or a timer changes
   *     something
   */
  int next(SchedulerView view);
}
