package org.mptcp4j.lab.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.mptcp4j.lab.console.LabException;

/** What a flood consists of. */
enum FloodKind {
  /** SYNs from addresses where nobody is. */
  SYN("SYN"),
  /** SYNs with MP_CAPABLE from addresses where nobody is. */
  CAPABLE("SYN with MP_CAPABLE"),
  /** SYNs with MP_JOIN and the token of a connection, from addresses where nobody is. */
  JOIN("MP_JOIN, right token"),
  /** Acknowledgements of nothing. */
  ACK("ACK"),
  /** Resets of nothing. */
  RST("RST"),
  /** Single bytes beyond a hole, on connections of the attacker's own. */
  TINY("single bytes beyond a hole", 32),
  /**
   * Acknowledgements of single bytes in the middle of what is in flight, on connections as these.
   */
  SACK("SACK of single bytes", 8),
  /** Connections that ask for a stream and read none of it. */
  SLOW("readers that do not read", 1000);

  private final String title;
  private final int connections;

  FloodKind(String title) {
    this(title, 0);
  }

  FloodKind(String title, int connections) {
    this.title = title;
    this.connections = connections;
  }

  /** What it is, in words. */
  String title() {
    return title;
  }

  /** Connections that the attacker opens for it. */
  int connections() {
    return this == JOIN ? 1 : connections;
  }

  /**
   * Those with these names, all when there are none.
   *
   * @throws LabException when one is no flood
   */
  static List<FloodKind> named(List<String> names) {
    List<FloodKind> kinds = new ArrayList<>();
    for (String name : names) {
      kinds.add(
          Arrays.stream(values())
              .filter(kind -> kind.option().equals(name.toLowerCase(Locale.ROOT)))
              .findFirst()
              .orElseThrow(
                  () -> LabException.usage("'" + name + "' is no flood: choose of " + options())));
    }
    return kinds.isEmpty() ? List.of(values()) : kinds;
  }

  private static String options() {
    return Arrays.stream(values()).map(FloodKind::option).collect(Collectors.joining(", "));
  }

  /** What {@code --only} calls it. */
  String option() {
    return name().toLowerCase(Locale.ROOT);
  }
}
