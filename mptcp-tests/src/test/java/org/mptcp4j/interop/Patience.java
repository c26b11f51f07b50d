package org.mptcp4j.interop;

import java.util.concurrent.TimeUnit;

/**
 * How long a test waits before it takes something for hanging. Tests assert no speed: they say how
 * long something takes on a quiet machine, and wait much longer on one that is not.
 */
final class Patience {
  private static final int FACTOR = Integer.getInteger("mptcp4j.patience", 10);

  private Patience() {}

  /** How many seconds to wait for what takes so many at most on a quiet machine. */
  static int seconds(int onAQuietMachine) {
    return FACTOR * onAQuietMachine;
  }

  /** Until when, by {@link System#nanoTime}. */
  static long deadlineNs(int onAQuietMachine) {
    return System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds(onAQuietMachine));
  }
}
