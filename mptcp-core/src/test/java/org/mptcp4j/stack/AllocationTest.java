package org.mptcp4j.stack;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.lang.management.ManagementFactory;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mptcp4j.api.MptcpMode;
import org.mptcp4j.api.SocketOptions;
import org.mptcp4j.api.StackConfig;

/**
 * The steady state of a bulk transfer allocates nothing on the heap: neither the sender and the
 * acknowledgements it gets, nor the receiver and those it sends. Netty's pooled buffers and slices
 * of them are recycled.
 */
class AllocationTest {
  private static final int PACKETS = 20_000;
  private static final int ROUNDS = 6;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private ResourceLeakDetector.Level level;

  /** Netty's leak detection allocates for each buffer that it follows. */
  @BeforeEach
  void withoutLeakDetection() {
    level = ResourceLeakDetector.getLevel();
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
  }

  @AfterEach
  void withLeakDetection() {
    ResourceLeakDetector.setLevel(level);
  }

  @ParameterizedTest
  @CsvSource({
    "DISABLED, false, 1, SUPER_SEGMENTS",
    "DISABLED, false, 1, WIRE_SEGMENTS",
    "ENABLED, false, 1, SUPER_SEGMENTS",
    "ENABLED, false, 2, SUPER_SEGMENTS",
    "ENABLED, false, 2, WIRE_SEGMENTS",
    "ENABLED, true, 1, SUPER_SEGMENTS",
    "ENABLED, true, 2, WIRE_SEGMENTS",
  })
  void aSegmentAllocatesNothing(
      MptcpMode mode, boolean checksum, int paths, BulkTransfer.Arrival arrival) throws Exception {
    StackConfig config =
        StackConfig.builder()
            .mptcp(mode)
            .mptcp(m -> m.checksumRequired(checksum))
            .sockets(SocketOptions.builder().receiveBufferBytes(arrival.windowBytes()).build())
            .build();
    FutureTask<Void> task =
        new FutureTask<>(
            () -> {
              measure(config, arrival, paths);
              return null;
            });
    // Netty recycles without queues on its own kind of thread, which event loops are.
    new FastThreadLocalThread(task).start();
    task.get();
  }

  /** What grows while it is new, in the stack and in Netty's pools, grows in the first rounds. */
  private void measure(StackConfig config, BulkTransfer.Arrival arrival, int paths)
      throws Exception {
    try (BulkTransfer transfer = new BulkTransfer(config, arrival, paths)) {
      transfer.run(PACKETS);
      assertThat(transfer.flows()).isEqualTo(paths);
      long least = Long.MAX_VALUE;
      for (int round = 0; round < ROUNDS && least > 0; round++) {
        long bytes = transfer.receivedBytes();
        long before = threads.getCurrentThreadAllocatedBytes();
        transfer.run(PACKETS);
        least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        assertThat(transfer.receivedBytes() - bytes).isGreaterThan(500L * PACKETS);
      }
      assertThat(least).as("bytes allocated for %d packets", PACKETS).isLessThan(PACKETS / 100);
    }
  }
}
