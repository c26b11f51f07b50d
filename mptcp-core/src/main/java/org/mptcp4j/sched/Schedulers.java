package org.mptcp4j.sched;

import java.util.List;
import org.mptcp4j.spi.Registry;

/** Schedulers by name: those of this library, and those that jars on the class path add. */
public final class Schedulers {
  /** The scheduler of a connection for which none was chosen. */
  public static final String DEFAULT = "lowest-rtt";

  private static final Registry<Scheduler> KNOWN =
      new Registry<>("scheduler", Scheduler.class, List.of(new LowestRtt(), new Redundant()));

  private Schedulers() {}

  /**
   * All names, those of this library first.
   *
   * @throws IllegalStateException when two schedulers have one name, or one has no proper name
   */
  public static List<String> names() {
    return KNOWN.names();
  }

  /**
   * Finds a scheduler.
   *
   * @param name a name of {@link #names()}
   * @return the scheduler, the same one at each call
   * @throws IllegalArgumentException when there is none of that name; the message lists those there
   *     are
   * @throws IllegalStateException when two schedulers have one name, or one has no proper name
   */
  public static Scheduler byName(String name) {
    return KNOWN.byName(name);
  }
}
