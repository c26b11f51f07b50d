package org.mptcp4j.lab.traffic;

import io.netty.bootstrap.Bootstrap;
import io.netty.util.concurrent.Future;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * The client's side of the load protocol, see {@link LoadMode}. The futures fail with the exception
 * of the connection that could not be opened or broke.
 */
public final class LoadClient {
  private static final double MOST_WARM_UP = 0.5;

  private final Bootstrap bootstrap;
  private final LongSupplier clock;

  /**
   * @param bootstrap with its group set to one event loop, its channels and its remote address,
   *     without handler
   * @param clock the time of that event loop, nanoseconds
   */
  public LoadClient(Bootstrap bootstrap, LongSupplier clock) {
    this.bootstrap = bootstrap;
    this.clock = clock;
  }

  /** Sends on {@code connections} for {@code seconds}. */
  public Future<LoadResult> up(int connections, double seconds) {
    return start(new BulkRun(bootstrap, clock, BulkRun.Direction.UP), connections, seconds);
  }

  /** Receives on {@code connections} for {@code seconds}. */
  public Future<LoadResult> down(int connections, double seconds) {
    return start(new BulkRun(bootstrap, clock, BulkRun.Direction.DOWN), connections, seconds);
  }

  /** Sends {@code size} bytes and waits for them, over and over, on each of {@code connections}. */
  public Future<LoadResult> requestResponse(int connections, int size, double seconds) {
    return start(new EchoRun(bootstrap, clock, connections, size), connections, seconds);
  }

  /** Opens and closes connections, {@code parallel} of them at any time. */
  public Future<LoadResult> connectRate(int parallel, double seconds) {
    return start(new ConnectRun(bootstrap, clock, parallel), parallel, seconds);
  }

  /** Sends {@code bytes} that {@code random} gives and compares hashes. */
  public Future<LoadResult> hash(RandomGenerator random, long bytes) {
    return new HashRun(bootstrap, clock, random, bytes).startOne();
  }

  private static Future<LoadResult> start(LoadRun run, int connections, double seconds) {
    return run.start(connections, Math.min(MOST_WARM_UP, seconds / 4), seconds);
  }
}
