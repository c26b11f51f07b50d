package org.mptcp4j.lab.console;

/** The lines that stacks log of what they do. */
public final class ActivityLog {
  private ActivityLog() {}

  /**
   * Leaves them out, for a command whose links fail on purpose. To be called before the first stack
   * is made.
   */
  public static void silence() {
    System.setProperty("org.slf4j.simpleLogger.log.org.mptcp4j.activity", "off");
  }
}
