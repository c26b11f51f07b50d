package org.mptcp4j.testkit.packetdrill;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Our timestamps: those that the script writes, and those that the stack sent in their place. The
 * peer of the script echoes the former, the stack must get the latter.
 */
final class TimestampMap {
  private final long tickNs;
  private final long toleranceNs;
  private final Map<Integer, Integer> sent = new HashMap<>();
  private final Set<Integer> received = new HashSet<>();
  private boolean any;
  private int offset;

  /**
   * Makes one.
   *
   * @param tickNs unit of the values in the script, 0 when they are names without a meaning
   * @param toleranceNs how far a value may be off that has one
   */
  TimestampMap(long tickNs, long toleranceNs) {
    this.tickNs = tickNs;
    this.toleranceNs = toleranceNs;
  }

  /** A segment left: the script has this value where the stack wrote another. */
  void learn(long scripted, int live) {
    if (!any) {
      any = true;
      offset = live - (int) scripted;
    }
    sent.put((int) scripted, live);
  }

  /** The peer sent this value, which the stack may echo. */
  void received(long val) {
    received.add((int) val);
  }

  /**
   * Whether the stack echoed what the script says. A value that the peer of the script never sent
   * cannot be meant, and any will do.
   */
  boolean echoes(long scripted, int live) {
    return live == (int) scripted || scripted != 0 && !received.contains((int) scripted);
  }

  /** What the stack must get when the script echoes this value. */
  int live(long scripted) {
    int value = (int) scripted;
    if (value == 0) {
      return sent.getOrDefault(0, 0);
    }
    return sent.getOrDefault(value, any ? value + offset : value);
  }

  /** What the script could have in the place of a value that the stack sent. */
  long scripted(int live) {
    return Integer.toUnsignedLong(live - offset);
  }

  /** Whether the value of the stack is as far from its first one as the script says. */
  boolean agrees(long scripted, int live) {
    if (tickNs == 0 || !any) {
      return true;
    }
    long ticks = Math.max(1, toleranceNs / tickNs);
    return Math.abs((live - offset) - (int) scripted) <= ticks;
  }
}
