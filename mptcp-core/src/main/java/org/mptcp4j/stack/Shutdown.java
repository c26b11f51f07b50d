package org.mptcp4j.stack;

import org.mptcp4j.mptcp.Connection;
import org.mptcp4j.mptcp.Flow;
import org.mptcp4j.tcp.TcpSock;

/** The times of a stack's end: until when connections may finish, and what follows. */
final class Shutdown {
  /** The longest that a stack waits for answers to its last resets. */
  private static final long LONGEST_QUIET_NS = 1_000_000_000L;

  private boolean begun;
  private long resetNs = Long.MAX_VALUE;
  private long quietNs = Long.MAX_VALUE;

  /** Begins it, or brings its end nearer. */
  void begin(long deadlineNs) {
    begun = true;
    resetNs = Math.min(resetNs, deadlineNs);
  }

  boolean begun() {
    return begun;
  }

  /** Whether nothing of the end itself is to be waited for once every connection is over. */
  boolean quiet() {
    return begun && quietNs == Long.MAX_VALUE;
  }

  /** When {@link #takeReset} or {@link #onTimeout} has something to do. */
  long nextTimeoutNs() {
    return Math.min(resetNs, quietNs);
  }

  /** Whether everything that is left has to be reset now; says so once. */
  boolean takeReset(long nowNs) {
    boolean due = begun && nowNs >= resetNs;
    if (due) {
      resetNs = Long.MAX_VALUE;
    }
    return due;
  }

  /** A connection is about to be reset. */
  void resetting(long nowNs, Connection connection) {
    for (Flow flow : connection.flows()) {
      TcpSock tcp = flow.tcp();
      if (tcp.state().isSynchronized() && tcp.sndUna() != tcp.sndNxt()) {
        // RFC 5961 section 3.2: when what is in flight is lost the reset is not where the peer
        // expects it, and the peer asks back.
        long until = nowNs + Math.min(LONGEST_QUIET_NS, tcp.rtoNs());
        quietNs = quietNs == Long.MAX_VALUE ? until : Math.max(quietNs, until);
      }
    }
  }

  void onTimeout(long nowNs) {
    if (nowNs >= quietNs) {
      quietNs = Long.MAX_VALUE;
    }
  }
}
