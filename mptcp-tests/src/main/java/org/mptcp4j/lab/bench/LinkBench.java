package org.mptcp4j.lab.bench;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.mptcp4j.lab.console.LabException;

/** Measures two stacks over {@link MemoryLink}; see {@link LinkReport}. */
final class LinkBench {
  private static final double ROUND_SECONDS = 1;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final double warmUpSeconds;
  private final int rounds;

  /**
   * @param warmUpSeconds how long the compilers get before anything counts
   * @param rounds of a second each, at least 1
   */
  LinkBench(double warmUpSeconds, int rounds) {
    this.warmUpSeconds = warmUpSeconds;
    this.rounds = rounds;
  }

  private record Round(double seconds, double cpuSeconds, long bytes, long allocatedBytes) {
    double gbps() {
      return bytes * 8 / seconds / 1e9;
    }
  }

  /** Runs on a thread of its own, of the kind on which Netty recycles its objects. */
  LinkReport run() {
    FutureTask<LinkReport> task = new FutureTask<>(this::measure);
    new FastThreadLocalThread(task, "bench-link").start();
    try {
      return task.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("bench-link failed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw LabException.failed("interrupted", e);
    }
  }

  private LinkReport measure() {
    List<Round> measured = new ArrayList<>();
    try (MemoryLink link = new MemoryLink(PooledByteBufAllocator.DEFAULT)) {
      link.runUntil(System.nanoTime() + (long) (warmUpSeconds * 1e9));
      for (int i = 0; i < rounds; i++) {
        measured.add(round(link));
      }
      measured.sort(Comparator.comparingDouble(Round::gbps));
      Round best = measured.get(measured.size() - 1);
      return new LinkReport(
          link.subflows(),
          best.seconds(),
          best.bytes(),
          best.gbps(),
          best.bytes() * 8 / best.cpuSeconds() / 1e9,
          measured.get(measured.size() / 2).gbps(),
          best.allocatedBytes() / 1e3 / (best.bytes() / 1e9));
    }
  }

  private Round round(MemoryLink link) {
    long bytes = link.receivedBytes();
    long allocated = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
    long cpuNs = threads.getCurrentThreadCpuTime();
    long startNs = System.nanoTime();
    link.runUntil(startNs + (long) (ROUND_SECONDS * 1e9));
    return new Round(
        (System.nanoTime() - startNs) / 1e9,
        (threads.getCurrentThreadCpuTime() - cpuNs) / 1e9,
        link.receivedBytes() - bytes,
        threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - allocated);
  }
}
