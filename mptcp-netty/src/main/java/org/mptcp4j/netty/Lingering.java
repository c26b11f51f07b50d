package org.mptcp4j.netty;

import io.netty.util.concurrent.Future;

/**
 * The attachment of a socket whose channel is closed, and which is reset after a while.
 *
 * @param reset the task that does so; as long as it waits it keeps the connection in memory
 */
record Lingering(Future<?> reset) {
  /** The connection is over before that. */
  void over() {
    reset.cancel(false);
  }
}
