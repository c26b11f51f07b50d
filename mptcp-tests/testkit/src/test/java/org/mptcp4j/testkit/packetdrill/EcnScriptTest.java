package org.mptcp4j.testkit.packetdrill;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Accurate ECN in scripts: its counter in flags, its sysctls, its variables. */
class EcnScriptTest {
  private static PacketdrillResult run(String sysctls, String line) {
    String text =
        "`sysctl -q net.ipv4.tcp_ecn=3 "
            + sysctls
            + """
            `
            0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
            +0 bind(3, ..., ...) = 0
            +0 listen(3, 1) = 0
            +0 < [noecn] SEWA 0:0(0) win 65535 <mss 1000>
            +0 > SW. 0:0(0) ack 1 <...>
            +.1 < [ce] .2 1:1(0) ack 1 win 65535
            +0 accept(3, ..., ...) = 4
            +0 write(4, ..., 100) = 100
            """
            + line
            + "\n";
    return PacketdrillScript.of("a.pkt", text).run();
  }

  @ParameterizedTest
  @ValueSource(strings = {"P.6", "P6.", "6P.", "P.WA", "P.4W", ".P2A"})
  void theCounterIsADigitOrLetters(String flags) {
    PacketdrillResult result = run("", "+0 > " + flags + " 1:101(100) ack 1 <...>");
    assertThat(result.passed()).as(result.toString()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"P.5, FAILED", "P., FAILED", "P.8, MALFORMED", "P9., MALFORMED", "8, MALFORMED"})
  void anotherCounterIsNot(String flags, Outcome outcome) {
    PacketdrillResult result = run("", "+0 > " + flags + " 1:101(100) ack 1 <...>");
    assertThat(result.outcome()).as(result.toString()).isEqualTo(outcome);
  }

  @ParameterizedTest
  @CsvSource({
    "net.ipv4.tcp_ecn_option=0, PASSED",
    "net.ipv4.tcp_ecn_option=1, REFUSED",
    "net.ipv4.tcp_ecn_option=2, PASSED",
    "net.ipv4.tcp_ecn_option=3, REFUSED",
    "net.ipv4.tcp_ecn_fallback=0, PASSED",
    "net.ipv4.tcp_ecn_fallback=1, PASSED",
    "net.ipv4.tcp_ecn_fallback=2, REFUSED",
  })
  void whatTheStackHasNothingForIsRefused(String sysctl, Outcome outcome) {
    PacketdrillResult result = run(sysctl, "+0 > P.6 1:101(100) ack 1 <...>");
    assertThat(result.outcome()).as(result.toString()).isEqualTo(outcome);
  }

  @Test
  void whatCameIsAVariable() {
    PacketdrillResult result = run("", "+0 %{ assert tcpi_received_ce == 1, tcpi_received_ce }%");
    assertThat(result.passed()).as(result.toString()).isTrue();
  }
}
