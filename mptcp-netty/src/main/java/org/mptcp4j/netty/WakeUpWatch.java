package org.mptcp4j.netty;

import io.netty.channel.EventLoop;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.mptcp4j.link.LinkDevice;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The watch of a device that has a thread of its own and says itself when it has packets: by {@link
 * #run}.
 */
final class WakeUpWatch implements DeviceWatch, Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(WakeUpWatch.class);

  private final EventLoop loop;
  private final AtomicBoolean due = new AtomicBoolean();
  private volatile Listener listener = NOBODY;

  WakeUpWatch(EventLoop loop) {
    this.loop = loop;
  }

  /** The device has packets; from any thread. */
  @Override
  public void run() {
    if (!due.compareAndSet(false, true)) {
      return;
    }
    try {
      loop.execute(this::receive);
    } catch (RejectedExecutionException e) {
      LOG.debug("the event loop has ended", e);
    }
  }

  private void receive() {
    due.set(false);
    if (listener.readable() && due.compareAndSet(false, true)) {
      Rounds.next(loop, this::receive);
    }
  }

  @Override
  public void start(LinkDevice device, Listener toBeTold) {
    listener = toBeTold;
    run();
  }

  @Override
  public boolean tellsAgain() {
    return false;
  }

  @Override
  public void awaitRoom() {
    loop.execute(() -> listener.writable());
  }

  @Override
  public void ignoreRoom() {}

  /** It is not told of packets again before it has taken those there are. */
  @Override
  public void ignorePackets() {}

  @Override
  public void awaitPackets() {
    run();
  }

  @Override
  public void stop() {
    listener = NOBODY;
  }
}
