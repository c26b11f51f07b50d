package org.mptcp4j.stack;

import java.util.concurrent.atomic.AtomicLong;

/** One half of a {@link MemoryAccount}: what is held of it, and how near that is to its end. */
final class MemorySide {
  /** What a stack keeps to itself before it tells its group. */
  private static final int STEPS = 4096;

  private final long budgetBytes;
  private final AtomicLong total;
  private final Runnable onScarce;
  private long ownBytes;
  private long untoldBytes;
  private boolean scarce;
  private boolean critical;

  /**
   * Begins with nothing.
   *
   * @param total what all stacks of the group hold
   * @param onScarce called when it becomes scarce
   */
  MemorySide(long budgetBytes, AtomicLong total, Runnable onScarce) {
    this.budgetBytes = budgetBytes;
    this.total = total;
    this.onScarce = onScarce;
  }

  long budgetBytes() {
    return budgetBytes;
  }

  /** What the connections of this stack hold. */
  long ownBytes() {
    return ownBytes;
  }

  /** What all stacks of the group hold, as far as this one knows. */
  long heldBytes() {
    return total.get() + untoldBytes;
  }

  /** A connection holds more, or less. */
  void change(long bytes) {
    ownBytes += bytes;
    untoldBytes += bytes;
    if (Math.abs(untoldBytes) >= budgetBytes / STEPS) {
      tell();
    }
    long held = heldBytes();
    if (!scarce && held >= budgetBytes - budgetBytes / 3) {
      scarce = true;
      onScarce.run();
    } else if (scarce && held < budgetBytes / 2) {
      scarce = false;
    }
    critical = held >= budgetBytes - budgetBytes / (critical ? 4 : 8);
  }

  private void tell() {
    total.addAndGet(untoldBytes);
    untoldBytes = 0;
  }

  /** Whether it has to stop growing. */
  boolean isScarce() {
    return scarce;
  }

  /** Whether what may be dropped has to be dropped. */
  boolean isCritical() {
    return critical;
  }

  /** Whether it is scarce or critical. */
  boolean isAtAMark() {
    return scarce || critical;
  }

  /** Whether enough was dropped. */
  boolean isRelieved() {
    return heldBytes() < budgetBytes - budgetBytes / 3;
  }

  /** The stack is closed: it holds nothing any more. */
  void close() {
    untoldBytes -= ownBytes;
    ownBytes = 0;
    tell();
  }
}
