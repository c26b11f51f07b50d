package org.mptcp4j.stack;

import org.mptcp4j.mib.Mib;
import org.mptcp4j.mptcp.StackMemory;

/**
 * What the connections of a stack hold together, and those of the stacks of its group, against a
 * budget: a half for received data, by what it keeps alive, and a half for what was written and is
 * not acknowledged, so that who does not read cannot keep others from sending, nor the other way
 * round. The marks are those of Linux's {@code tcp_mem}: from two thirds of a half it is scarce,
 * until it is half of it again. From seven eighths, until it is three quarters again, what may be
 * dropped is dropped, and what comes is taken only by who holds little.
 */
final class MemoryAccount implements StackMemory {
  /** In the last eighth, connections may still take so small a part of all, together. */
  private static final int SHARES = 16;

  /** The least that a connection may take then: a segment. */
  private static final int LEAST_SHARE_BYTES = 2048;

  /** What a connection may have written as long as memory is scarce, and when it is critical. */
  private static final int SCARCE_SEND_BYTES = 1 << 16;

  private static final int CRITICAL_SEND_BYTES = 4096;

  private final MemorySide received;
  private final MemorySide sent;
  private long shareBytes = Long.MAX_VALUE;

  /**
   * Begins with nothing.
   *
   * @param total what the group holds, or the stack alone
   */
  MemoryAccount(long budgetBytes, MemoryTotal total, StackCounters counters) {
    Runnable scarce = () -> counters.increment(Mib.TCP_MEMORY_PRESSURES);
    received = new MemorySide(budgetBytes / 2, total.received(), scarce);
    sent = new MemorySide(budgetBytes / 2, total.sent(), scarce);
  }

  /** What the connections of this stack hold. */
  long ownBytes() {
    return received.ownBytes() + sent.ownBytes();
  }

  /**
   * A connection holds more, or less, of both.
   *
   * @param connections that the stack has
   */
  void change(long receivedBytes, long sentBytes, int connections) {
    received.change(receivedBytes);
    sent.change(sentBytes);
    shareBytes = share(connections);
  }

  /** Whether something is withheld, which other stacks of the group may end at any time. */
  boolean isAtAMark() {
    return received.isAtAMark() || sent.isAtAMark();
  }

  private long share(int connections) {
    if (!received.isCritical()) {
      return Long.MAX_VALUE;
    }
    long budget = received.budgetBytes();
    long held = received.heldBytes();
    if (held < budget) {
      return Math.max(LEAST_SHARE_BYTES, budget / SHARES / Math.max(1, connections));
    }
    // Who holds nothing has an application that reads at once.
    return held < budget + budget / SHARES ? 1 : 0;
  }

  /** Received data. */
  MemorySide received() {
    return received;
  }

  /** Written data. */
  MemorySide sent() {
    return sent;
  }

  @Override
  public boolean isScarce() {
    return received.isScarce();
  }

  @Override
  public long shareBytes() {
    return shareBytes;
  }

  @Override
  public long sendBytes() {
    if (!sent.isScarce()) {
      return Long.MAX_VALUE;
    }
    return sent.isCritical() ? CRITICAL_SEND_BYTES : SCARCE_SEND_BYTES;
  }

  /** The stack is closed: it holds nothing any more. */
  void close() {
    received.close();
    sent.close();
  }
}
