package org.mptcp4j.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.UnpooledByteBufAllocator;
import org.junit.jupiter.api.Test;

class LinkBenchTest {
  private static final long SECOND_NS = 1_000_000_000L;

  @Test
  void bytesGoOverTwoSubflowsAndNothingIsLeft() {
    UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
    try (MemoryLink link = new MemoryLink(allocator)) {
      while ((link.receivedBytes() < 10_000_000 || link.subflows() < 2)
          && !Thread.currentThread().isInterrupted()) {
        link.runUntil(System.nanoTime() + SECOND_NS / 100);
      }
      assertThat(link.receivedBytes()).isGreaterThanOrEqualTo(10_000_000);
      assertThat(link.subflows()).isEqualTo(2);
    }
    assertThat(allocator.metric().usedDirectMemory()).isZero();
  }

  @Test
  void theReportHasRatesByRealAndByCpuTime() {
    assertThat(new LinkReport(2, 1, 3_000_000_000L, 24, 25, 23, 0.5).lines())
        .anyMatch(line -> line.endsWith("23.0 Gb/s"))
        .anyMatch(line -> line.contains("CPU time") && line.endsWith("25.0 Gb/s"))
        .anyMatch(line -> line.endsWith("0.5 KB/GB"));
  }
}
