package org.mptcp4j.lab.bench;

import io.netty.buffer.PooledByteBufAllocator;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.time.Duration;
import java.util.Arrays;
import org.mptcp4j.api.MptcpStack;

/** Measures what idle connections cost; see {@link IdleReport}. */
final class IdleBench {
  private static final int FEW = 10;
  private static final int WARM_UP = 6000;
  private static final int SAMPLES = 1001;
  private static final int COLLECTIONS_WITHOUT_GAIN = 4;
  private static final int MOST_COLLECTIONS = 40;
  private static final long SECOND_NS = 1_000_000_000L;
  private static final long IDLE_NS = 3600 * SECOND_NS;

  private final PooledByteBufAllocator allocator = new PooledByteBufAllocator(true);
  private final int connections;
  private MptcpStack server;
  private double directBytes;
  private double idleCpu;
  private double wakeUpsPerSecond;
  private long setUpFewNs;
  private long setUpManyNs;

  /**
   * Prepares a measurement.
   *
   * @param connections how many to hold open, at least 10
   */
  IdleBench(int connections) {
    this.connections = connections;
  }

  /** Opens the connections and measures; takes some minutes for 100,000. */
  IdleReport run() {
    open();
    setUpWithFewOpen();
    long withServer = usedHeap();
    Reference.reachabilityFence(server);
    server.close();
    server = null;
    double heapBytes = (double) (withServer - usedHeap()) / connections;
    return new IdleReport(
        connections,
        heapBytes,
        directBytes,
        idleCpu,
        wakeUpsPerSecond,
        setUpFewNs / 1e3,
        setUpManyNs / 1e3,
        (double) setUpManyNs / setUpFewNs);
  }

  /** What was used to open the connections is garbage afterwards; the server's stack is left. */
  private void open() {
    try (IdlePeers peers = new IdlePeers(connections + 1, allocator)) {
      peers.open(FEW);
      for (int i = 0; i < WARM_UP; i++) {
        peers.openAndAbort();
      }
      peers.open(connections - FEW);
      setUpManyNs = medianSetUpNs(peers);
      peers.runFor(Duration.ofMinutes(1));
      directBytes = (double) allocator.pinnedDirectMemory() / connections;
      server = peers.server();
      idle(server, peers.nowNs());
    }
  }

  /** Afterwards, so that the code is compiled no less than it was for the many. */
  private void setUpWithFewOpen() {
    try (IdlePeers peers = new IdlePeers(FEW + 1, allocator)) {
      peers.open(FEW);
      setUpFewNs = medianSetUpNs(peers);
      peers.server().close();
    }
  }

  private static long medianSetUpNs(IdlePeers peers) {
    long[] samples = new long[SAMPLES];
    for (int i = 0; i < SAMPLES; i++) {
      samples[i] = peers.openAndAbort();
    }
    Arrays.sort(samples);
    return samples[SAMPLES / 2];
  }

  private void idle(MptcpStack stack, long startNs) {
    long cpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    int wakeUps = 0;
    long nowNs = stack.nextTimeoutNs();
    while (nowNs < startNs + IDLE_NS) {
      stack.onTimeout(nowNs);
      wakeUps++;
      nowNs = stack.nextTimeoutNs();
    }
    cpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - cpu;
    idleCpu = (double) cpu / IDLE_NS;
    wakeUpsPerSecond = wakeUps * (double) SECOND_NS / IDLE_NS;
  }

  /**
   * Bytes of live objects. One collection is not enough: what cleaners and reference queues of this
   * JVM still hold is let go between collections, and would count as the server's.
   */
  private static long usedHeap() {
    long least = Long.MAX_VALUE;
    int withoutGain = 0;
    for (int i = 0; i < MOST_COLLECTIONS && withoutGain < COLLECTIONS_WITHOUT_GAIN; i++) {
      System.gc();
      long used = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
      withoutGain = used < least ? 0 : withoutGain + 1;
      least = Math.min(least, used);
    }
    return least;
  }
}
