package org.mptcp4j.netty;

import io.netty.channel.ChannelPromise;
import io.netty.channel.ConnectTimeoutException;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.mptcp4j.api.SocketError;

/** The promise of a {@code connect} that has not been answered yet, and its timeout. */
final class ConnectAttempt {
  private final ChannelPromise promise;
  private final InetSocketAddress remote;
  private Future<?> timeout;

  /**
   * An attempt that has not begun.
   *
   * @param promise to be completed, unless it is cancelled before
   * @param remote for messages
   */
  ConnectAttempt(ChannelPromise promise, InetSocketAddress remote) {
    this.promise = promise;
    this.remote = remote;
    timeout = promise.channel().eventLoop().newSucceededFuture(null); // for none
  }

  /**
   * Starts to wait.
   *
   * @param timeoutMillis 0 for as long as it takes
   * @param whenGivenUp called when the time is over or the promise was cancelled
   */
  void start(int timeoutMillis, Runnable whenGivenUp) {
    if (timeoutMillis > 0) {
      String message = "connection timed out after " + timeoutMillis + " ms: " + remote;
      timeout =
          promise
              .channel()
              .eventLoop()
              .schedule(
                  () -> {
                    if (promise.tryFailure(new ConnectTimeoutException(message))) {
                      whenGivenUp.run();
                    }
                  },
                  timeoutMillis,
                  TimeUnit.MILLISECONDS);
    }
    promise.addListener(
        future -> {
          if (future.isCancelled()) {
            timeout.cancel(false);
            whenGivenUp.run();
          }
        });
  }

  /** The connection is there; {@code false} when it is not wanted any more. */
  boolean succeed() {
    timeout.cancel(false);
    return promise.trySuccess();
  }

  /** There will be no connection. */
  void fail(Throwable cause) {
    timeout.cancel(false);
    promise.tryFailure(cause);
  }

  /** There will be no connection: the network says why. */
  void fail(SocketError error) {
    fail(SocketErrors.connectException(error, remote));
  }
}
