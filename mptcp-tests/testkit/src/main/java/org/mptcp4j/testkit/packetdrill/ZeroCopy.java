package org.mptcp4j.testkit.packetdrill;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Calls with MSG_ZEROCOPY, which are counted from 0: each is over when the stack has given back its
 * buffer, and is then told through the error queue.
 */
final class ZeroCopy {
  private boolean on;
  private final Deque<ByteBuf> lent = new ArrayDeque<>();
  private long completed;
  private long told;

  /** SO_ZEROCOPY. */
  void on(boolean wanted) {
    on = wanted;
  }

  boolean isOn() {
    return on;
  }

  /** The stack has this buffer now. */
  void lend(ByteBuf buffer) {
    lent.add(buffer);
  }

  /** How many calls are over; a call is not over before the ones before it. */
  long completed() {
    while (!lent.isEmpty() && lent.element().refCnt() == 0) {
      lent.remove();
      completed++;
    }
    return completed;
  }

  /** Whether the error queue has something. */
  boolean hasNews() {
    return completed() > told;
  }

  /** The first and the last call that are told as one, and are news no more. */
  long[] takeNews() {
    long[] range = {told, completed() - 1};
    told = completed();
    return range;
  }
}
