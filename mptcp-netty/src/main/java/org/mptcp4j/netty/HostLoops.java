package org.mptcp4j.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import io.netty.util.concurrent.AbstractEventExecutorGroup;
import io.netty.util.concurrent.DefaultPromise;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.concurrent.Promise;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The event loops of one host as a group for bootstraps: new channels take turns, and that of an
 * accepted connection goes to the event loop that its stack runs on.
 */
final class HostLoops extends AbstractEventExecutorGroup implements EventLoopGroup {
  private final List<IoEventLoop> loops;
  private final AtomicInteger turn = new AtomicInteger();
  private final Promise<Void> terminated = new DefaultPromise<>(GlobalEventExecutor.INSTANCE);

  HostLoops(List<IoEventLoop> loops) {
    this.loops = List.copyOf(loops);
    AtomicInteger left = new AtomicInteger(loops.size());
    for (IoEventLoop loop : loops) {
      loop.terminationFuture()
          .addListener(
              ended -> {
                if (left.decrementAndGet() == 0) {
                  terminated.trySuccess(null);
                }
              });
    }
  }

  @Override
  public EventLoop next() {
    return loops.get(Math.floorMod(turn.getAndIncrement(), loops.size()));
  }

  private EventLoop loopFor(Channel channel) {
    return channel instanceof MptcpChannel connection
        ? connection.stackEventLoop().orElseGet(this::next)
        : next();
  }

  @Override
  public ChannelFuture register(Channel channel) {
    return loopFor(channel).register(channel);
  }

  @Override
  public ChannelFuture register(ChannelPromise promise) {
    return loopFor(promise.channel()).register(promise);
  }

  @Deprecated
  @Override
  public ChannelFuture register(Channel channel, ChannelPromise promise) {
    return loopFor(channel).register(channel, promise);
  }

  @Override
  public Iterator<EventExecutor> iterator() {
    return List.<EventExecutor>copyOf(loops).iterator();
  }

  @Override
  public Future<?> shutdownGracefully(long quietPeriod, long timeout, TimeUnit unit) {
    loops.forEach(loop -> loop.shutdownGracefully(quietPeriod, timeout, unit));
    return terminated;
  }

  @Override
  public Future<?> terminationFuture() {
    return terminated;
  }

  @Deprecated
  @Override
  public void shutdown() {
    loops.forEach(EventLoop::shutdown);
  }

  @Override
  public boolean isShuttingDown() {
    return loops.stream().allMatch(EventLoop::isShuttingDown);
  }

  @Override
  public boolean isShutdown() {
    return loops.stream().allMatch(EventLoop::isShutdown);
  }

  @Override
  public boolean isTerminated() {
    return loops.stream().allMatch(EventLoop::isTerminated);
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    return terminated.await(timeout, unit);
  }
}
