package org.mptcp4j.lab.system;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * SIGINT and SIGTERM as an event: the command that waits for them ends in its own way, within a few
 * seconds, and the process then exits with code 0. To be closed when the command has said all it
 * had to say.
 */
public final class Interruption implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 10;

  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch finished = new CountDownLatch(1);
  private final Thread hook = new Thread(this::interrupted, "interruption");

  private Interruption() {}

  /** Begins to watch. */
  public static Interruption watch() {
    Interruption interruption = new Interruption();
    Runtime.getRuntime().addShutdownHook(interruption.hook);
    return interruption;
  }

  /** Waits for the signal at most that long; whether it came. */
  public boolean await(long time, TimeUnit unit) throws InterruptedException {
    return asked.await(time, unit);
  }

  private void interrupted() {
    asked.countDown();
    try {
      if (finished.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        Runtime.getRuntime().halt(0);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    if (asked.getCount() > 0) {
      Runtime.getRuntime().removeShutdownHook(hook);
    }
    finished.countDown();
  }
}
