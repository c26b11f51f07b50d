package org.mptcp4j.testkit.packetdrill;

import java.util.Optional;

/** A call that was begun. */
@FunctionalInterface
interface PendingCall {
  /** Its answer, or empty as long as it has to wait. */
  Optional<Answer> attempt();

  /** When it has an answer whatever happens, in the time of the stack. */
  default long deadlineNs() {
    return Long.MAX_VALUE;
  }

  /** A call that has its answer at once. */
  static PendingCall done(Answer answer) {
    return () -> Optional.of(answer);
  }

  /** A call that succeeds at once with 0. */
  static PendingCall ok() {
    return done(Answer.of(0));
  }
}
