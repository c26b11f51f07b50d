package org.mptcp4j.testkit.byhand;

import java.util.EnumMap;
import java.util.Map;
import org.mptcp4j.mib.Counters;
import org.mptcp4j.mib.Mib;

/** Counters that can be asked. */
final class MibCounts implements Counters {
  private final Map<Mib, Long> counts = new EnumMap<>(Mib.class);

  @Override
  public void add(Mib counter, long count) {
    counts.merge(counter, count, Long::sum);
  }

  long get(Mib counter) {
    return counts.getOrDefault(counter, 0L);
  }
}
