package org.mptcp4j.testkit.packetdrill;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Calls of a script: when they return, and what they answer. */
class CallScriptTest {
  private static final String ESTABLISHED =
      """
         0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
        +0 bind(3, ..., ...) = 0
        +0 listen(3, 1) = 0
       +.1 < S 0:0(0) win 65535 <mss 1000>
        +0 > S. 0:0(0) ack 1 <mss 1460>
       +.1 < . 1:1(0) ack 1 win 65535
        +0 accept(3, ..., ...) = 4
      """;

  private static PacketdrillResult run(String text) {
    return PacketdrillScript.of("c.pkt", text).run();
  }

  private static PacketdrillResult established(String text) {
    return run(ESTABLISHED + text);
  }

  private static void assertPasses(PacketdrillResult result) {
    assertThat(result.passed()).as(result.toString()).isTrue();
  }

  private static void assertEnds(PacketdrillResult result, Outcome outcome, String message) {
    assertThat(result.outcome()).as(result.toString()).isEqualTo(outcome);
    assertThat(result.message()).contains(message);
  }

  // ---- beside a call that waits

  @Test
  void otherCallsAreMadeBesideOneThatWaits() {
    assertPasses(
        established(
            """
            +0...1 read(4, ..., 100) = 0
            +.1 write(4, ..., 10) = 10
            +0 > P. 1:11(10) ack 1
            +.1 < . 1:1(0) ack 11 win 65535
            +.8 < F. 1:1(0) ack 11 win 65535
            +0 > . 11:11(0) ack 2
            """));
  }

  @Test
  void anotherCallMayEndTheOneThatWaits() {
    assertPasses(established("+0...0.1 read(4, ..., 100) = 0\n+.1 shutdown(4, SHUT_RD) = 0\n"));
    assertEnds(
        established("+0...1 read(4, ..., 100) = 0\n+.1 shutdown(4, SHUT_RD) = 0\n"),
        Outcome.FAILED,
        "read returned at 0.300000 s, expected to return at 1.200000 s");
  }

  @Test
  void anotherCallThatWaitsBeginsWhenTheFirstIsOver() {
    assertPasses(
        established(
            """
            +0...0.1 read(4, ..., 100) = 10
            +.1 < P. 1:11(10) ack 1 win 65535
            +0 > . 1:1(0) ack 11
            +0...0.2 read(4, ..., 100) = 5
            +.2 < P. 11:16(5) ack 1 win 65535
            +0 > . 1:1(0) ack 16
            """));
    assertEnds(
        established("+0...0.1 read(4, ..., 9) = 0\n+0...1 read(4, ..., 9) = 0\n"),
        Outcome.FAILED,
        "read still waits when read is to begin");
  }

  @Test
  void aCallThatWaitsMayBeOffByAShareOfItsTime() {
    String text = ESTABLISHED + "+0...1 read(4, ..., 9) = 5\n+.95 < P. 1:6(5) ack 1 win 65535\n";
    assertPasses(run("--tolerance_percent=10\n" + text));
    assertEnds(run("--tolerance_percent=3\n" + text), Outcome.FAILED, "read returned at 1.150000");
  }
}
