package org.mptcp4j.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FallbackOptionsTest {
  private final Workbench bench = new Workbench();
  private final FallbackOptions options =
      new FallbackOptions(
          FallbackCause.UNMAPPED,
          bench.subflows.master(),
          bench.meta.tx().nxt(),
          bench.keys,
          bench.meta);

  @Test
  void takesWhatThereIsMemoryFor() {
    assertThat(options.takesInOrder()).isTrue();
    assertThat(options.takesOutOfOrder()).isTrue();
  }

  // What a connection may hold does not grow by its fallback.
  @Test
  void takesNothingBeyondWhatTheConnectionMayHold() {
    bench.meta.window().held(0, false);
    assertThat(options.takesInOrder()).isFalse();
    assertThat(options.takesOutOfOrder()).isFalse();
  }
}
