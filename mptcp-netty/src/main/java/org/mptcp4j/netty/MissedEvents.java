package org.mptcp4j.netty;

import java.util.ArrayList;
import java.util.List;
import org.mptcp4j.api.StackEvent;

/**
 * What the stack reported to a channel that is registered with no event loop. What only says how
 * the socket stands is not kept: who comes back looks at the socket.
 */
final class MissedEvents {
  /** News of paths that are kept at most, as the stack keeps them. */
  private static final int PATHS_LIMIT = 64;

  private final List<StackEvent> kept = new ArrayList<>();
  private int paths;
  private boolean urgent;

  /** One more. */
  void add(StackEvent event) {
    switch (event.type()) {
      case READABLE, WRITABLE, END_OF_STREAM, ACCEPTABLE -> {
        // The socket says so itself.
      }
      case URGENT -> {
        if (!urgent) {
          urgent = true;
          kept.add(event.copy());
        }
      }
      case ESTABLISHED, CONNECTED, CONNECT_FAILED, CLOSED -> kept.add(event.copy());
      case SUB_ESTABLISHED, SUB_CLOSED, SUB_PRIORITY, ANNOUNCED, REMOVED -> {
        if (paths < PATHS_LIMIT) {
          paths++;
          kept.add(event.copy());
        }
      }
    }
  }

  /** Those that were kept, in their order. */
  List<StackEvent> kept() {
    return kept;
  }
}
