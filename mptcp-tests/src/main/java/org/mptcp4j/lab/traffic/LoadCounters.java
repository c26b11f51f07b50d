package org.mptcp4j.lab.traffic;

import java.util.concurrent.atomic.AtomicLong;

/** What a load server did, over all its connections of one event loop. Read from any thread. */
public final class LoadCounters {
  private final AtomicLong accepted = new AtomicLong();
  private final AtomicLong open = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final AtomicLong received = new AtomicLong();
  private final AtomicLong sent = new AtomicLong();

  /** All zero. */
  public LoadCounters() {}

  /** A moment's values; bytes are those of the application. */
  public record Snapshot(
      long accepted, long open, long failed, long bytesReceived, long bytesSent) {
    /** The sum of two. */
    public Snapshot plus(Snapshot other) {
      return new Snapshot(
          accepted + other.accepted,
          open + other.open,
          failed + other.failed,
          bytesReceived + other.bytesReceived,
          bytesSent + other.bytesSent);
    }
  }

  /** The values now. */
  public Snapshot snapshot() {
    return new Snapshot(accepted.get(), open.get(), failed.get(), received.get(), sent.get());
  }

  void opened() {
    accepted.incrementAndGet();
    open.incrementAndGet();
  }

  void closed() {
    open.decrementAndGet();
  }

  void failure() {
    failed.incrementAndGet();
  }

  // One writer per loop, many readers: lazy publication keeps a locked instruction off the data
  // path.
  void received(int bytes) {
    received.setRelease(received.getPlain() + bytes);
  }

  void sent(long bytes) {
    sent.setRelease(sent.getPlain() + bytes);
  }
}
