package org.mptcp4j.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** RFC 9293 section 3.7.4: a small tail waits while something is in flight. */
class NagleTest {
  private static final int MSS = 1000;
  private MetaSock meta;

  @BeforeEach
  void somethingIsInFlight() {
    Workbench bench = new Workbench();
    meta = bench.meta;
    meta.setNoDelay(false);
    bench.write(3_500);
    meta.tx().give(meta.tx().nxt(), 1_000, bench.subflows.master());
  }

  @Test
  void theTailWaits() {
    assertThat(Nagle.sendable(meta, meta.tx().nxt(), 2_500, MSS)).isEqualTo(2_000);
  }

  @Test
  void aTailAloneWaits() {
    meta.tx().give(meta.tx().nxt(), 2_000, (buf, index, length) -> {});
    assertThat(Nagle.sendable(meta, meta.tx().nxt(), 500, MSS)).isZero();
  }

  @Test
  void whatIsNotTheTailDoesNotWait() {
    assertThat(Nagle.sendable(meta, meta.tx().nxt(), 1_500, MSS)).isEqualTo(1_500);
  }

  @Test
  void nothingWaitsWhenEverythingIsAcknowledged() {
    meta.acknowledge(meta.tx().nxt());
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
