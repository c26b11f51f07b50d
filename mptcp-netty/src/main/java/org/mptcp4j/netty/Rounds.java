package org.mptcp4j.netty;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * The rounds of an event loop: events of its devices, timers that are due, tasks. A task that is
 * not finished goes on in the next round. Put into the queue again it would be run in the same one,
 * and as long as there is always a task, nobody looks at the devices: a packet that came in,
 * perhaps for the stack of another event loop, then waits for up to a second.
 */
final class Rounds {
  private Rounds() {}

  /**
   * Has the task run once the event loop has looked at its devices; it does not block before. On
   * the event loop.
   */
  static void next(EventExecutor loop, Runnable task) {
    loop.schedule(task, 0, TimeUnit.NANOSECONDS).addListener(done -> ifCancelled(done, loop, task));
  }

  /** An event loop that shuts down cancels what is scheduled, and runs what is in its queue. */
  private static void ifCancelled(Future<?> done, EventExecutor loop, Runnable task) {
    if (done.isCancelled()) {
      loop.execute(task);
    }
  }
}
