package org.mptcp4j.api;

/** What {@link KeepAlive} is made of. */
record KeepAliveValues(long idleNs, long intervalNs, int count) implements KeepAlive {

  /** Checks the values. */
  KeepAliveValues {
    Checks.positive("idle", idleNs);
    Checks.positive("interval", intervalNs);
    Checks.within("count", count, 1, 127);
  }
}
