package org.mptcp4j.netty;

import io.netty.channel.IoEventLoop;
import io.netty.util.concurrent.Ticker;

/**
 * Keeps an event loop awake for a while after a packet, so that the next one does not wait for a
 * sleeping thread and a processor in an idle state. It asks the devices again and again, and lets
 * the event loop see to everything else in between.
 */
final class Spin {
  /** How often the devices are asked in a row. */
  private static final int POLLS = 16;

  private final IoEventLoop loop;
  private final Ticker ticker;
  private final SpinPolicy policy;
  private final Runnable pollDevices;
  private final Runnable task = this::stayAwake;
  private boolean packetsCame;

  /**
   * For the packets of one drive.
   *
   * @param durationNs how long to stay awake after a packet; 0 means never to spin
   * @param pollDevices takes what the devices have, and calls {@link #packet} when that was
   *     something
   */
  Spin(IoEventLoop loop, long durationNs, Runnable pollDevices) {
    this.loop = loop;
    this.pollDevices = pollDevices;
    ticker = loop.ticker();
    policy = new SpinPolicy(durationNs);
  }

  /** Packets came, at that time. On the event loop. */
  void packet(long nowNs) {
    packetsCame = true;
    if (policy.packet(nowNs)) {
      goRound();
    }
  }

  private void goRound() {
    Rounds.next(loop, task);
  }

  private void stayAwake() {
    boolean goesOn = true;
    try {
      goesOn = poll();
    } finally {
      if (goesOn) {
        goRound();
      }
    }
  }

  private boolean poll() {
    packetsCame = false;
    for (int i = 0; i < POLLS && !packetsCame; i++) {
      if (!policy.goesOn(ticker.nanoTime()) || loop.isShuttingDown()) {
        return false;
      }
      Thread.yield(); // to the peer, when it has no other processor
      pollDevices.run();
    }
    return true;
  }
}
