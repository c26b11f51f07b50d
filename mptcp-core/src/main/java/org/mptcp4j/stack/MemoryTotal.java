package org.mptcp4j.stack;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What the stacks of a group hold together; each of them adds what it holds.
 *
 * @param received what received data keeps alive, in bytes
 * @param sent what written data keeps alive, in bytes
 */
record MemoryTotal(AtomicLong received, AtomicLong sent) {
  /** Nothing. */
  MemoryTotal() {
    this(new AtomicLong(), new AtomicLong());
  }
}
