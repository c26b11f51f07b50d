package org.mptcp4j.netty;

import io.netty.channel.IoEventLoop;
import io.netty.util.concurrent.Ticker;

/**
 * Keeps an event loop awake for a while after a packet, so that the next one does not wait for a
 * sleeping thread and a processor in an idle state. The loop does not block as long as it has a
 * task, so it gets one that does nothing, again and again: everything else it serves goes on.
 */
final class Spin {
  private final IoEventLoop loop;
  private final Ticker ticker;
  private final SpinPolicy policy;
  private final Runnable task = this::stayAwake;

  /** For the packets of one drive; {@code durationNs} 0 means never to spin. */
  Spin(IoEventLoop loop, long durationNs) {
    this.loop = loop;
    ticker = loop.ticker();
    policy = new SpinPolicy(durationNs);
  }

  /** Packets came, at that time. On the event loop. */
  void packet(long nowNs) {
    if (policy.packet(nowNs)) {
      loop.execute(task);
    }
  }

  private void stayAwake() {
    if (policy.goesOn(ticker.nanoTime()) && !loop.isShuttingDown()) {
      Thread.yield(); // to the peer, when it has no other processor
      loop.execute(task);
    }
  }
}
