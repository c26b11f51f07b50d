package org.mptcp4j.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * RFC 9293 section 3.7.4 as Minshall modified it (draft-minshall-nagle-01) and Linux has it: a
 * small tail waits while a small one before it is in flight.
 */
class NagleTest {
  private static final int MSS = 1000;
  private final Workbench bench = new Workbench();
  private final MetaSock meta = bench.meta;

  @BeforeEach
  void aSmallOneIsInFlight() {
    meta.setNoDelay(false);
    bench.write(1_200);
    send(1_200);
    bench.write(2_500);
  }

  private void send(int bytes) {
    meta.policy().sending(meta.tx().nxt(), bytes, MSS);
    meta.tx().give(meta.tx().nxt(), bytes, (buf, index, length) -> {});
  }

  @Test
  void theTailWaits() {
    assertThat(Nagle.sendable(meta, meta.tx().nxt(), 2_500, MSS)).isEqualTo(2_000);
  }

  @Test
  void aTailAloneWaits() {
    send(2_000);
    assertThat(Nagle.sendable(meta, meta.tx().nxt(), 500, MSS)).isZero();
  }

  @Test
  void whatIsNotTheTailDoesNotWait() {
    assertThat(Nagle.sendable(meta, meta.tx().nxt(), 1_500, MSS)).isEqualTo(1_500);
  }

  @Test
  void aTailDoesNotWaitForFullOnes() {
    meta.acknowledge(meta.tx().nxt());
    send(2_000);
    assertThat(Nagle.sendable(meta, meta.tx().nxt(), 500, MSS)).isEqualTo(500);
  }

  @Test
  void whatWasFilledUpByLaterBytesWasNotSmall() {
    meta.acknowledge(meta.tx().nxt());
    send(1_500);
    assertThat(Nagle.sendable(meta, meta.tx().nxt(), 1_000, MSS)).isEqualTo(1_000);
    send(500);
    bench.write(10);
    assertThat(Nagle.sendable(meta, meta.tx().nxt(), 510, MSS)).isEqualTo(510);
  }

  @Test
  void nothingWaitsWhenEverythingIsAcknowledged() {
    meta.acknowledge(meta.tx().nxt());
    assertThat(Nagle.sendable(meta, meta.tx().nxt(), 2_500, MSS)).isEqualTo(2_500);
  }

  @Test
  void aCorkHoldsWhatFillsNoSegment() {
    meta.acknowledge(meta.tx().nxt());
    meta.setTcpOptions(meta.tcpOptions().toBuilder().cork(true).build());
    assertThat(Nagle.sendable(meta, meta.tx().nxt(), 2_500, MSS)).isEqualTo(2_000);
    meta.setTcpOptions(meta.tcpOptions().toBuilder().cork(false).build());
    assertThat(Nagle.sendable(meta, meta.tx().nxt(), 2_500, MSS)).isEqualTo(2_500);
  }

  @Test
  void nothingWaitsWithoutDelay() {
    meta.setNoDelay(true);
    assertThat(Nagle.sendable(meta, meta.tx().nxt(), 2_500, MSS)).isEqualTo(2_500);
  }

  // RFC 9293 section 3.9.1.2: what was written last goes out with the end of it.
  @Test
  void nothingWaitsForMoreThatWillNotCome() {
    meta.shutdownOutput();
    assertThat(Nagle.sendable(meta, meta.tx().nxt(), 2_500, MSS)).isEqualTo(2_500);
  }
}
