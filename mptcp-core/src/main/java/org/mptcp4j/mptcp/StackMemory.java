package org.mptcp4j.mptcp;

/**
 * What the memory of a stack allows its connections at the moment, all of them together: what the
 * three marks of Linux's {@code tcp_mem} say.
 */
public interface StackMemory {
  /** Where memory has no end. */
  StackMemory UNLIMITED = new StackMemory() {};

  /** Whether windows and buffers have to stop growing. */
  default boolean isScarce() {
    return false;
  }

  /**
   * What a connection may hold unread and take more, in order: the largest number as long as there
   * is memory for everybody, and then data beyond a hole is taken too.
   */
  default long shareBytes() {
    return Long.MAX_VALUE;
  }

  /** What a connection may have written and not acknowledged until it reports no room. */
  default long sendBytes() {
    return Long.MAX_VALUE;
  }
}
