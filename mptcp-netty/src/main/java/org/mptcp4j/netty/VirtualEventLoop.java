package org.mptcp4j.netty;

import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.local.LocalIoHandler;
import io.netty.util.concurrent.Ticker;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * An event loop in virtual time: its clock is that of a simulated network and it runs when told to,
 * on the thread that made it. Scheduled tasks, and with them Netty's timeout handlers, see virtual
 * time only.
 */
final class VirtualEventLoop extends ManualIoEventLoop {

  VirtualEventLoop(LongSupplier clockNs) {
    super(null, Thread.currentThread(), LocalIoHandler.newFactory(), new VirtualTicker(clockNs));
  }

  /** Runs what is due, and what that gives rise to; whether there was anything. */
  boolean runDue() {
    boolean any = false;
    while (runNow() > 0) {
      any = true;
    }
    return any;
  }

  /** When the next scheduled task is due, {@link Long#MAX_VALUE} when there is none. */
  long nextDeadlineNs() {
    long deadline = nextScheduledTaskDeadlineNanos();
    return deadline < 0 ? Long.MAX_VALUE : deadline;
  }

  private record VirtualTicker(LongSupplier clockNs) implements Ticker {
    @Override
    public long initialNanoTime() {
      return 0;
    }

    @Override
    public long nanoTime() {
      return clockNs.getAsLong();
    }

    @Override
    public void sleep(long delay, TimeUnit unit) {
      throw new IllegalStateException("nothing may block in virtual time");
    }
  }
}
