package org.mptcp4j.api;

import java.util.Objects;

/** What {@link Buffers} is made of. */
record BufferValues(BufferRange send, BufferRange receive) implements Buffers {
  /** Checks the values. */
  BufferValues {
    Objects.requireNonNull(send, "send");
    Objects.requireNonNull(receive, "receive");
  }
}
