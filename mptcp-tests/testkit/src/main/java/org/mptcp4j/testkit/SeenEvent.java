package org.mptcp4j.testkit;

import org.mptcp4j.api.StackEvent;

/**
 * An event of a socket, with its time.
 *
 * @param timeNs virtual time at which the application got it, nanoseconds
 * @param event a copy, not to be changed
 */
public record SeenEvent(long timeNs, StackEvent event) {
  /** What happened. */
  public StackEvent.Type type() {
    return event.type();
  }

  @Override
  public String toString() {
    return timeNs / 1e9 + " s " + event;
  }
}
