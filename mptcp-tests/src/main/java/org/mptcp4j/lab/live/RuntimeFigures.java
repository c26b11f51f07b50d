package org.mptcp4j.lab.live;

import com.sun.management.GarbageCollectionNotificationInfo;
import com.sun.management.ThreadMXBean;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import javax.management.Notification;
import javax.management.NotificationEmitter;
import javax.management.openmbean.CompositeData;
import org.mptcp4j.api.StackUsage;
import org.mptcp4j.lab.traffic.LoadCounters;

/**
 * What the Java runtime of a server did since its start, for a benchmark that asks before and after
 * a run: each line on the input is answered by a line of {@code name=value} pairs.
 */
final class RuntimeFigures {
  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final List<GarbageCollectorMXBean> pausing =
      ManagementFactory.getGarbageCollectorMXBeans().stream()
          .filter(collector -> isPausing(collector.getName()))
          .toList();
  private final AtomicLong longestPauseMs = new AtomicLong();
  private final Supplier<LoadCounters.Snapshot> counters;
  private final Supplier<StackUsage> usage;
  private final PrintWriter out;

  private RuntimeFigures(
      Supplier<LoadCounters.Snapshot> counters, Supplier<StackUsage> usage, PrintWriter out) {
    this.counters = counters;
    this.usage = usage;
    this.out = out;
  }

  /** Starts to answer, on a thread of its own, until the input ends. */
  static void answer(
      InputStream in,
      PrintWriter out,
      Supplier<LoadCounters.Snapshot> counters,
      Supplier<StackUsage> usage) {
    RuntimeFigures figures = new RuntimeFigures(counters, usage, out);
    figures.watchPauses();
    Thread thread = new Thread(() -> figures.answerEach(in), "figures");
    thread.setDaemon(true);
    thread.start();
  }

  // Some collectors have a bean for what they do beside the program, which stops nobody.
  static boolean isPausing(String collector) {
    return !collector.contains("Concurrent") && !collector.contains("Cycles");
  }

  private void watchPauses() {
    for (GarbageCollectorMXBean collector : pausing) {
      if (collector instanceof NotificationEmitter emitter) {
        emitter.addNotificationListener(this::paused, null, null);
      }
    }
  }

  private void paused(Notification notification, Object unused) {
    if (GarbageCollectionNotificationInfo.GARBAGE_COLLECTION_NOTIFICATION.equals(
        notification.getType())) {
      long ms =
          GarbageCollectionNotificationInfo.from((CompositeData) notification.getUserData())
              .getGcInfo()
              .getDuration();
      longestPauseMs.accumulateAndGet(ms, Math::max);
    }
  }

  private void answerEach(InputStream in) {
    BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    try {
      while (lines.readLine() != null) {
        out.println(line());
        out.flush();
      }
    } catch (IOException e) {
      return; // nobody can ask any more
    }
  }

  /** The longest pause is that since the line before; everything else counts from the start. */
  private String line() {
    LoadCounters.Snapshot load = counters.get();
    StackUsage held = usage.get();
    return String.format(
        Locale.ROOT,
        "figures bytes=%d connections=%d held=%d open=%d pinned=%d"
            + " allocated=%d gc_pauses=%d gc_ms=%d gc_longest_ms=%d",
        load.bytesReceived() + load.bytesSent(),
        load.accepted(),
        held.heldBytes(),
        held.flows() + held.halfOpen(),
        PooledByteBufAllocator.DEFAULT.pinnedDirectMemory(),
        allocatedByOthers(),
        pausing.stream().mapToLong(GarbageCollectorMXBean::getCollectionCount).sum(),
        pausing.stream().mapToLong(GarbageCollectorMXBean::getCollectionTime).sum(),
        longestPauseMs.getAndSet(0));
  }

  /** Bytes that all threads but this one have allocated in the heap. */
  private long allocatedByOthers() {
    long own = Thread.currentThread().getId();
    long sum = 0;
    for (long id : threads.getAllThreadIds()) {
      sum += id == own ? 0 : Math.max(0, threads.getThreadAllocatedBytes(id));
    }
    return sum;
  }
}
