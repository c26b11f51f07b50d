package org.mptcp4j.netty;

import io.netty.channel.ChannelPromise;
import io.netty.channel.ConnectTimeoutException;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/** The promise of a {@code connect} that has not been answered yet, and its timeout. */
final class ConnectAttempt {
  private final ChannelPromise promise;
  private final Future<?> timeout;

  /**
   * Starts to wait.
   *
   * @param promise to be completed, unless it is cancelled before
   * @param remote for the message
   * @param timeoutMillis 0 for none
   * @param whenGivenUp called when the time is over or the promise was cancelled
   */
  ConnectAttempt(
      ChannelPromise promise, InetSocketAddress remote, int timeoutMillis, Runnable whenGivenUp) {
    this.promise = promise;
    this.timeout =
        timeoutMillis <= 0
            ? null
            : promise
                .channel()
                .eventLoop()
                .schedule(
                    () -> {
                      String message =
                          "connection timed out after " + timeoutMillis + " ms: " + remote;
                      if (promise.tryFailure(new ConnectTimeoutException(message))) {
                        whenGivenUp.run();
                      }
                    },
                    timeoutMillis,
                    TimeUnit.MILLISECONDS);
    promise.addListener(
        future -> {
          if (future.isCancelled()) {
            cancelTimeout();
            whenGivenUp.run();
          }
        });
  }

  /** The connection is there; {@code false} when it is not wanted any more. */
  boolean succeed() {
    cancelTimeout();
    return promise.trySuccess();
  }

  /** There will be no connection. */
  void fail(Throwable cause) {
    cancelTimeout();
    promise.tryFailure(cause);
  }

  private void cancelTimeout() {
    if (timeout != null) {
      timeout.cancel(false);
    }
  }
}
