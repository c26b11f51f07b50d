package org.mptcp4j.sched;

/**
 * What a scheduler may know of a connection. Read-only; valid only during the call that shows it.
 */
public interface SchedulerView {
  /** Number of subflows in the connection list, in whatever state. */
  int subflows();

  /**
   * One subflow.
   *
   * @param index 0 to {@link #subflows()} - 1, in order of creation
   */
  SubflowView subflow(int index);

  /** Bytes written by the application and not yet given to any subflow. */
  long unsentBytes();

  /** Bytes the peer's data-level window still admits. */
  long windowBytes();
}
