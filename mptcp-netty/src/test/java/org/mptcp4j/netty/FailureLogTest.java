package org.mptcp4j.netty;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class FailureLogTest {
  @RegisterExtension private final CapturedLog logged = new CapturedLog();
  private long nowNs;
  private final FailureLog log = new FailureLog(new VirtualEventLoop(() -> nowNs).ticker());

  @Test
  void whatHappensWithEveryPacketIsSaidNowAndThen() {
    int said = 0;
    for (int i = 0; i < 100_000; i++) {
      said += log.report("reading", new OutOfMemoryError("made by a test")) ? 1 : 0;
      nowNs += FailureLog.PAUSE_NS / 10_000;
    }
    assertThat(said).isEqualTo(10);
    assertThat(logged.take())
        .hasSize(10)
        .last()
        .asString()
        .contains("reading failed, 90001 times so far");
  }

  @Test
  void anotherKindOfFailureIsSaidAtOnce() {
    assertThat(log.report("reading", new IllegalStateException("made by a test"))).isTrue();
    assertThat(log.report("reading", new IllegalStateException("made by a test"))).isFalse();
    assertThat(log.report("reading", new OutOfMemoryError("made by a test"))).isTrue();
    assertThat(log.report("sending", new IllegalStateException("made by a test"))).isTrue();
    assertThat(logged.take()).hasSize(3);
  }
}
