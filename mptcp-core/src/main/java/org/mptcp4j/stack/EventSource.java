package org.mptcp4j.stack;

/** Something the application gets events from: a connection or a listener. */
interface EventSource {

  /**
   * Reports one event.
   *
   * @param into filled when there was one
   * @return {@code false} when nothing is left to report
   */
  boolean nextEvent(PolledEvent into);

  /** Whether it stands in the {@link EventQueue}. */
  boolean queued();

  /** Called by the queue only: keeps what {@link #queued()} answers. */
  void queued(boolean inQueue);
}
