package org.mptcp4j.cc;

import java.util.List;
import java.util.function.Supplier;

/** The algorithms this library comes with, by the names Linux uses. */
public final class CongestionControls {

  private CongestionControls() {}

  /** The names {@link #byName} knows, in the order to show them. */
  public static List<String> names() {
    return List.of("cubic", "reno");
  }

  /**
   * Finds an algorithm.
   *
   * @param name a name of {@link #names()}
   * @return a factory of fresh instances, one for each socket
   * @throws IllegalArgumentException when there is no algorithm of that name; the message lists
   *     those there are
   */
  public static Supplier<CongestionControl> byName(String name) {
    return switch (name) {
      case "cubic" -> Cubic::new;
      case "reno" -> NewReno::new;
      default ->
          throw new IllegalArgumentException(
              "unknown congestion control '" + name + "': choose one of " + names());
    };
  }
}
