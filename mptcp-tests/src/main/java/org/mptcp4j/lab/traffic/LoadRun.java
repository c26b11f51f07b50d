package org.mptcp4j.lab.traffic;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * One run of a load client: its connections, its warm-up, its end. Everything happens on the one
 * event loop that carries the connections. Subclasses say what a connection does and what is
 * counted.
 */
abstract class LoadRun {
  private final Bootstrap bootstrap;
  private final EventLoop loop;
  private final LongSupplier clock;
  private final Promise<LoadResult> result;
  private final List<Channel> channels = new ArrayList<>();
  private long measuredFromNs;
  private double busyBefore;
  private boolean ended;
  private int awaited;
  private Runnable allOpen = () -> {};

  /**
   * @param bootstrap knows the event loop, the channels and the remote address
   * @param clock of the same kind of time as the loop's timers, nanoseconds
   */
  LoadRun(Bootstrap bootstrap, LongSupplier clock) {
    this.bootstrap = bootstrap.clone();
    this.loop = (EventLoop) bootstrap.config().group();
    this.clock = clock;
    this.result = loop.newPromise();
  }

  /** A fresh handler of one connection. */
  abstract ChannelHandler handler();

  /** Forgets what was counted during the warm-up. */
  abstract void reset();

  /**
   * The result of what was counted in {@code seconds} during which the machine was {@code busy} CPU
   * seconds busy.
   */
  abstract LoadResult result(double seconds, double busy);

  /**
   * Opens {@code connections}, measures for {@code seconds} after {@code warmUp} seconds, and
   * closes them.
   */
  Future<LoadResult> start(int connections, double warmUp, double seconds) {
    awaited = connections;
    allOpen =
        () -> {
          after(warmUp, this::measure);
          after(warmUp + seconds, this::finish);
        };
    loop.execute(
        () -> {
          for (int i = 0; i < connections; i++) {
            open();
          }
        });
    return result;
  }

  /** Opens one connection and ends when the subclass says so. */
  Future<LoadResult> startOne() {
    loop.execute(
        () -> {
          measure();
          open();
        });
    return result;
  }

  /** Opens one more connection, unless the run has ended. */
  final void open() {
    if (ended) {
      return;
    }
    bootstrap
        .clone()
        .handler(handler())
        .connect()
        .addListener(
            done -> {
              if (!done.isSuccess()) {
                fail(done.cause());
              }
            });
  }

  final void opened(Channel channel) {
    channels.add(channel);
    if (ended) {
      channel.close();
    } else if (--awaited == 0) {
      allOpen.run();
    }
  }

  final void gone(Channel channel) {
    channels.remove(channel);
  }

  final boolean ended() {
    return ended;
  }

  final long nowNs() {
    return clock.getAsLong();
  }

  final void measure() {
    measuredFromNs = nowNs();
    busyBefore = MachineCpu.busySeconds();
    reset();
  }

  /** Ends the run with its result. */
  final void finish() {
    if (ended) {
      return;
    }
    LoadResult measured =
        result((nowNs() - measuredFromNs) / 1e9, MachineCpu.busySeconds() - busyBefore);
    ended = true;
    closeAll();
    result.trySuccess(measured);
  }

  /** Ends the run without one. */
  final void fail(Throwable cause) {
    if (!ended) {
      ended = true;
      closeAll();
      result.tryFailure(cause);
    }
  }

  private void closeAll() {
    List.copyOf(channels).forEach(Channel::close);
  }

  private void after(double seconds, Runnable action) {
    loop.schedule(action, (long) (seconds * 1e9), TimeUnit.NANOSECONDS);
  }
}
