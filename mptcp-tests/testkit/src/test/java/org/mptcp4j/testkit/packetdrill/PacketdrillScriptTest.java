package org.mptcp4j.testkit.packetdrill;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the interpreter says about scripts, right and wrong. */
class PacketdrillScriptTest {
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
    return PacketdrillScript.of("a.pkt", text).run();
  }

  private static PacketdrillResult established(String text) {
    return run(ESTABLISHED + text);
  }

  private static void assertEnds(
      PacketdrillResult result, Outcome outcome, int line, int column, String... parts) {
    assertThat(result.outcome()).as(result.toString()).isEqualTo(outcome);
    assertThat(result.place()).contains(new Place("a.pkt", line, column));
    assertThat(result.toString()).startsWith("a.pkt:" + line + ":" + column + ": ");
    assertThat(result.message()).contains(parts);
  }

  @ParameterizedTest
  @EnumSource
  void passesInEveryFamily(IpVersion version) {
    PacketdrillResult result = PacketdrillScript.of("a.pkt", ESTABLISHED).ipVersion(version).run();
    assertThat(result.passed()).as(result.toString()).isTrue();
    assertThat(result.virtualNs()).isEqualTo(200_000_000L);
    assertThat(result).hasToString("a.pkt: passed");
  }

  @Test
  void anotherPacketIsShownBesideTheExpectedOne() {
    PacketdrillResult result =
        established(
            "+0 write(4, ..., 500) = 500\n+0 > P. 1:601(600) ack 1 win 9 <nop,nop,nop,nop>\n");
    assertEnds(result, Outcome.FAILED, 9, 4, "another packet left at 0.200000 s");
    assertThat(result.message().lines().map(l -> l.replaceAll("\\s+", " ").strip()))
        .contains(
            "expected actual",
            "flags P. P.",
            "seq 1:601(600) 1:501(500) <-- differs",
            "ack 1 1",
            "win 9 65535 <-- differs",
            "options <nop,nop,nop,nop> <> <-- differs");
  }

  @Test
  void aPacketThatDoesNotComeInTimeIsLookedForFurther() {
    PacketdrillResult result =
        established(
            "+0 write(4, ..., 500) = 500\n+0 > P. 1:501(500) ack 1\n+.1 > P. 1:501(500) ack 1\n");
    assertEnds(
        result,
        Outcome.FAILED,
        10,
        5,
        "no packet until 0.304000 s",
        "the next one leaves at 0.500000 s: > P. 1:501(500) ack 1 win 65535");
  }

  @Test
  void aPacketThatComesTooEarlyIsAFailure() {
    assertEnds(
        established("+0 write(4, ..., 500) = 500\n+.2 > P. 1:501(500) ack 1\n"),
        Outcome.FAILED,
        9,
        5,
        "expected at 0.400000 s, happened at 0.200000 s");
  }

  @Test
  void theToleranceIsAnOption() {
    String late = "+0 write(4, ..., 500) = 500\n+.05 > P. 1:501(500) ack 1\n";
    assertThat(run("--tolerance_usecs=60000\n" + ESTABLISHED + late).passed()).isTrue();
    assertThat(established(late).passed()).isFalse();
  }

  @Test
  void timesMayBeRangesAbsoluteOrAny() {
    String text =
        "0.3 write(4, ..., 500) = 500\n+0~+.1 > P. 1:501(500) ack 1\n0.55~0.65 > P. 1:501(500) ack 1\n"
            + "* > P. 1:501(500) ack 1\n";
    PacketdrillResult result = established(text);
    assertThat(result.passed()).as(result.toString()).isTrue();
  }

  @Test
  void anUnexpectedResultIsAFailure() {
    assertEnds(
        established("+0 close(4) = -1 EBADF (Bad file descriptor)\n"),
        Outcome.FAILED,
        8,
        4,
        "close returned 0, expected -1 EBADF");
  }

  @Test
  void anUnexpectedErrorIsAFailure() {
    assertEnds(
        established("+0 shutdown(4, SHUT_WR) = 0\n+0 write(4, ..., 1) = -1 EAGAIN (x)\n"),
        Outcome.FAILED,
        9,
        4,
        "write returned -1 EPIPE, expected -1 EAGAIN");
  }

  @Test
  void aCallThatReturnsAtAnotherTimeIsAFailure() {
    assertEnds(
        established("+0...0.3 read(4, ..., 10) = 5\n+.1 < P. 1:6(5) ack 1 win 65535\n"),
        Outcome.FAILED,
        8,
        10,
        "read returned at 0.300000 s, expected to return at 0.500000 s");
  }

  @Test
  void aCallThatDoesNotReturnIsAFailure() {
    assertEnds(
        established("+0...0.1 read(4, ..., 10) = 5\n"),
        Outcome.FAILED,
        8,
        10,
        "read still waits",
        "expected to return at 0.300000 s");
    assertEnds(
        established("+0 read(4, ..., 10) = 5\n"), Outcome.FAILED, 8, 4, "read waits for ever");
  }

  @Test
  void anAssertionThatDoesNotHoldSaysWhatItSaw() {
    assertEnds(
        established(
            "+0 %{\nassert tcpi_snd_cwnd == 10\nassert tcpi_snd_cwnd > 20, tcpi_snd_mss\n}%\n"),
        Outcome.FAILED,
        10,
        1,
        "does not hold: tcpi_snd_cwnd > 20; tcpi_snd_cwnd = 10; note: 1000");
  }

  static Stream<String> truths() {
    return Stream.of(
        "1 + 2 * 3 == 7",
        "(1 + 2) * 3 == 9",
        "7 // 2 == 3 and -7 // 2 == -4",
        "7 / 2 == 3.5",
        "7 % 3 == 1",
        "1 < 2 < 3",
        "not 1 < 2 > 3",
        "0x10 == 16",
        "5 & 4 == 4 or False",
        "(1 | 2 ^ 3 & 2) == 1 and 1 | 6 ^ 2 == 5",
        "(1 +\n  2\n) == max(3,\n 2)",
        "min(3, 2) == 2 and max(3, 2) == 3",
        "abs(0 - 5) == 5",
        "'a' == 'a' and 'a' != 'b'",
        "'n=%d %s' % 5 == 'n=5 %s' and 'a' + str(3) == 'a3'",
        "tcpi_rtt == 100000",
        "tcpi_snd_ssthresh == 0x7fffffff",
        "tcpi_unacked == 0 and tcpi_bytes_acked == 0");
  }

  @ParameterizedTest
  @MethodSource("truths")
  void expressions(String truth) {
    PacketdrillResult holds = established("+0 %{ x = 1; assert " + truth + ", x }%\n");
    assertThat(holds.passed()).as(holds.toString()).isTrue();
    PacketdrillResult not = established("+0 %{ assert not (" + truth + ") }%\n");
    assertThat(not.outcome()).isEqualTo(Outcome.FAILED);
  }

  static Stream<Arguments> refusals() {
    return Stream.of(
        Arguments.of("+0 < udp (8)\n", 6, "UDP"),
        Arguments.of("+0 < gre . 1:1(0) ack 1 win 1\n", 6, "packets in a tunnel: gre"),
        Arguments.of("+0 > icmp unreachable net_unreachable [1:1(0)]\n", 6, "ICMP that the stack"),
        Arguments.of(
            "+0 < . 1:1(0) ack 1 win 1 <mp_join_ack sender_hmac=full_160_hmac(k)>\n",
            52,
            "value full_160_hmac"),
        Arguments.of("+0 `ip mptcp endpoint show`\n", 4, "ip mptcp endpoint show"),
        Arguments.of("+0 splice(3, NULL, 4, NULL, 9, 0) = 9\n", 4, "call splice()"),
        Arguments.of("+0 send(4, ..., 9, MSG_OOB) = 9\n", 20, "send with MSG_OOB"),
        Arguments.of(
            "+0 setsockopt(4, SOL_TCP, TCP_SYNCNT, [1], 4) = 0\n", 27, "option TCP_SYNCNT"),
        Arguments.of("+0 setsockopt(4, SOL_TCP, TCP_NEW, [1], 4) = 0\n", 27, "constant TCP_NEW"),
        Arguments.of("+0 `ip route flush`\n", 4, "shell command 'ip route flush'"),
        Arguments.of("+0 `sysctl -q net.ipv4.tcp_rmem=\"1 2 3\"`\n", 4, "after the beginning"),
        Arguments.of("+0 send(4, ..., 9, MSG_EOR) = 9\n", 20, "send with MSG_EOR"),
        Arguments.of("+0 send(4, ..., 9, MSG_MORE) = 9\n", 20, "send with MSG_MORE"),
        Arguments.of(
            "+0 setsockopt(4, SOL_IP, IP_LOCAL_PORT_RANGE, [0x20001], 4) = 0\n",
            47,
            "IP_LOCAL_PORT_RANGE of several ports"),
        Arguments.of(
            "+0 setsockopt(4, SOL_IP, IP_MTU_DISCOVER, [IP_PMTUDISC_DO], 4) = 0\n",
            43,
            "IP_MTU_DISCOVER 2"),
        Arguments.of("+0 %{ assert tcpi_rcv_space == 3 }%\n", 14, "variable tcpi_rcv_space"),
        Arguments.of("+0 %{ assert (1 == 2, 'note') }%\n", 7, "several values in brackets"),
        Arguments.of("+0 %{ assert (1 == 2,) }%\n", 7, "several values in brackets"),
        Arguments.of("+0 %{ import math }%\n", 7, "statement 'import'"));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void whatThereIsNotIsRefusedByName(String line, int column, String feature) {
    assertEnds(established(line), Outcome.REFUSED, 8, column, feature);
  }

  static Stream<Arguments> settings() {
    return Stream.of(
        Arguments.of(
            "sysctl -q net.ipv4.tcp_tw_reuse_delay=1", "reuse_delay=1; there is only 1000"),
        Arguments.of("sysctl -q net.ipv4.tcp_wonder=1", "sysctl net.ipv4.tcp_wonder"),
        Arguments.of("sysctl -q net.ipv4.tcp_dsack=0", "tcp_dsack=0; there is only 1"),
        Arguments.of("sysctl -q net.ipv4.tcp_fin_timeout=5", "tcp_fin_timeout=5; there is only 60"),
        Arguments.of("tc qdisc add dev tun0 root netem delay 10ms", "queue netem"),
        Arguments.of("ip link set dev tun0 mtu 1000", "ip link set dev tun0 mtu 1000"),
        Arguments.of("ethtool -S tun0", "ethtool -S tun0"),
        Arguments.of("./set_sysctls.py /proc/sys/net/ipv4/tcp_wonder=1", "net.ipv4.tcp_wonder"),
        Arguments.of("sysctl -q net.ipv4.tcp_congestion_control=dctcp", "congestion control dctcp"),
        Arguments.of("./other.sh", "shell script ./other.sh"),
        Arguments.of("rm -f x", "shell command 'rm -f x'"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ethtool -K tun0 tso off", "ip link set tun0 gso_max_segs 1"})
  void theSizeOfSuperSegmentsMattersWhereLengthsDo(String command) {
    String script = "`" + command + "`\n" + ESTABLISHED;
    assertThat(run(script).outcome()).isEqualTo(Outcome.PASSED);
    assertEnds(
        run("--strict_segments\n" + script), Outcome.REFUSED, 2, 1, "the size of super-segments");
  }

  @ParameterizedTest
  @MethodSource("settings")
  void settingsThatThereAreNotAreRefusedByName(String command, String feature) {
    assertEnds(run("`" + command + "`\n" + ESTABLISHED), Outcome.REFUSED, 1, 1, feature);
  }

  @Test
  void theSizeOfSuperSegmentsMattersOnlyToWhoComparesIt() {
    String text = "`sysctl -q net.ipv4.tcp_min_tso_segs=10`\n" + ESTABLISHED;
    PacketdrillResult result = run(text);
    assertThat(result.passed()).as(result.toString()).isTrue();
    assertEnds(
        run("--strict_segments=1\n" + text),
        Outcome.REFUSED,
        2,
        1,
        "sysctl net.ipv4.tcp_min_tso_segs");
  }

  @Test
  void settingsReachTheStack() {
    String text =
        """
        `./defaults.sh
        tc qdisc add dev tun0 root pfifo
        sysctl -q net.ipv4.tcp_rmem="4096 131072 $((6*1024*1024))" > /dev/null 2>&1
        ./set_sysctls.py /proc/sys/net/ipv4/tcp_syn_retries=0`
           0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
          +0...1 connect(3, ..., ...) = -1 ETIMEDOUT (Connection timed out)
          +0 > S 0:0(0) <mss 1460,sackOK,TS val 1 ecr 0,nop,wscale 7>
        """;
    PacketdrillResult result = run(text);
    assertThat(result.passed()).as(result.toString()).isTrue();
  }

  @Test
  void aShellScriptBesideTheScriptIsRead(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("own.sh"), "#!/bin/sh\nsysctl -q net.ipv4.tcp_wonder=1\n");
    Path script = Files.writeString(folder.resolve("b.pkt"), "`./own.sh`\n" + ESTABLISHED);
    assertThat(PacketdrillScript.of(script).run().message())
        .isEqualTo("sysctl net.ipv4.tcp_wonder");
  }

  static Stream<Arguments> mistakes() {
    return Stream.of(
        Arguments.of("+0 > P. 1:501(400) ack 1\n", 9, "1:501 are 500 bytes, not 400"),
        Arguments.of("+0 > X. 1:1(0) ack 1\n", 6, "'X' is neither a packet nor flags"),
        Arguments.of("+0 > . 1:1(0)\n", 6, "flag '.' without ack"),
        Arguments.of("+0 < . 1:1(0) ack 1\n", 6, "an inbound segment needs a window"),
        Arguments.of("+0 < . 1:1(0) ack 1 win 1 <...>\n", 6, "<...> is for outbound"),
        Arguments.of("+0 < . 1:1(0) ack 1 win 1 <nop>\n", 27, "no multiple of 4"),
        Arguments.of("+0 < . 1:1(0) ack 1 win 70000\n", 25, "win must be 0 to 65535"),
        Arguments.of("+0 write(4, ..., 100)\n", 1, "expected '='"),
        Arguments.of("+0 write(9, ..., 100) = 100\n", 10, "no socket with descriptor 9"),
        Arguments.of("+0 write(4, ...) = 100\n", 4, "write has 3 arguments, not 2"),
        Arguments.of("write(4, ..., 1) = 1\n", 1, "expected the time of an event"),
        Arguments.of("+0...1 < . 1:1(0) ack 1 win 1\n", 1, "only calls have a time"),
        Arguments.of("+0 `sysctl\n", 4, "there is no ` to this `"),
        Arguments.of("/* for ever\n", 1, "this comment has no end"),
        Arguments.of("+0 %{ assert 'a' < 1 }%\n", 7, "'a' is no number"),
        Arguments.of("+0 @\n", 4, "'@' means nothing here"));
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void mistakesHaveAPlace(String line, int column, String message) {
    PacketdrillResult result = established(line);
    int at = message.equals("expected '='") ? 9 : 8;
    assertEnds(result, Outcome.MALFORMED, at, column, message);
  }

  @Test
  void superSegmentsAreCutAndNeighboursJoined() {
    String text =
        """
        +0 write(4, ..., 3500) = 3500
        +0 > . 1:2001(2000) ack 1
        +0 > P. 2001:3501(1500) ack 1
        +0 setsockopt(4, SOL_TCP, TCP_NODELAY, [1], 4) = 0
        +0 write(4, ..., 100) = 100
        +0 write(4, ..., 100) = 100
        +0 > P. 3501:3701(200) ack 1
        """;
    assertThat(established(text).passed()).isTrue();
    PacketdrillResult strict = run("--strict_segments\n" + ESTABLISHED + text);
    assertEnds(strict, Outcome.FAILED, 10, 4, "1:3501(3500)");
  }

  @Test
  void pushAtTheEndOfASuperSegmentDependsOnItsSize() {
    String text =
        """
        +0 write(4, ..., 12000) = 12000
        +0 > . 1:10001(10000) ack 1
        +.1 < . 1:1(0) ack 10001 win 65535
        +0 > P. 10001:12001(2000) ack 1
        +0 write(4, ..., 500) = 500
        +0 > . 12001:12501(500) ack 1
        """;
    assertEnds(established(text), Outcome.FAILED, 13, 4, "P.");
    PacketdrillResult strict = run("--strict_segments\n" + ESTABLISHED + text);
    assertEnds(strict, Outcome.FAILED, 10, 4, "P.");
  }

  @Test
  void settingsThatAreAsTheyWereMayBeMadeLater() {
    assertThat(established("+0 `sysctl -q net.ipv4.tcp_timestamps=1`\n").passed()).isTrue();
    assertEnds(
        established("+0 `sysctl -q net.ipv4.tcp_timestamps=0`\n"),
        Outcome.REFUSED,
        8,
        4,
        "sysctl net.ipv4.tcp_timestamps after the beginning");
  }

  @Test
  void routersThatLinuxWouldNotListenToAreRefused() {
    String text =
        """
        +0 setsockopt(4, SOL_IP, IP_MTU_DISCOVER, [IP_PMTUDISC_DONT], 4) = 0
        +0 write(4, ..., 1000) = 1000
        +0 > P. 1:1001(1000) ack 1
        +0 < icmp unreachable frag_needed mtu 600 [1:1001(1000)]
        """;
    assertEnds(established(text), Outcome.REFUSED, 11, 6, "ICMP after IP_PMTUDISC_DONT");
  }

  @Test
  void aCookieCannotBeValidWhereNoneIsGiven() {
    String text =
        """
           0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
          +0 bind(3, ..., ...) = 0
          +0 listen(3, 1) = 0
          +0 < S 0:10(10) win 1000 <mss 1000,FO TFO_COOKIE,nop,nop>
        """;
    assertEnds(run(text), Outcome.MALFORMED, 4, 8, "TFO_COOKIE: the stack gives no cookie");
  }

  @Test
  void whatTheScriptDoesNotReadIsGivenBack() {
    assertThat(
            established("+0 < P. 1:2001(2000) ack 1 win 65535\n+0 read(4, ..., 1) = 1\n").passed())
        .isTrue();
  }

  @Test
  void timestampsOfTheStackAreThoseOfTheScript() {
    String text =
        """
        --tcp_ts_tick_usecs=1000
           0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
          +0 bind(3, ..., ...) = 0
          +0 listen(3, 1) = 0
         +.1 < S 0:0(0) win 65535 <mss 1000,nop,nop,TS val 7 ecr 0>
          +0 > S. 0:0(0) ack 1 <mss 1460,nop,nop,TS val 500 ecr 7>
         +.1 < . 1:1(0) ack 1 win 65535 <nop,nop,TS val 8 ecr 500>
          +0 accept(3, ..., ...) = 4
          +1 write(4, ..., 100) = 100
          +0 > P. 1:101(100) ack 1 <nop,nop,TS val 1600 ecr 8>
         +.1 %{ assert tcpi_rtt == 100000 }%
        """;
    PacketdrillResult result = run(text);
    assertThat(result.passed()).as(result.toString()).isTrue();
    assertThat(run(text.replace("val 1600", "val 1900")).outcome()).isEqualTo(Outcome.FAILED);
  }

  @Test
  void namesMayBeDefined() {
    String text = ESTABLISHED + "+0 write(4, ..., SIZE) = SIZE\n+0 > P. 1:101(SIZE) ack 1\n";
    PacketdrillResult result = PacketdrillScript.of("a.pkt", text).define("SIZE", "100").run();
    assertThat(result.passed()).as(result.toString()).isTrue();
  }

  @Test
  void theTwoBitsOfEcnGoWithATrafficClass() {
    PacketSpec.IpInfo ip =
        new PacketSpec.IpInfo(OptionalInt.of(3), OptionalInt.of(0x10), OptionalInt.empty());
    assertThat(ip.trafficClass()).isEqualTo(0x13);
    String text =
        """
        +0 setsockopt(4, SOL_IP, IP_TOS, [0x10], 4) = 0
        +0 < [ecn ce,tos 0x10] P. 1:11(10) ack 1 win 65535
        +0 > [ecn noecn,tos 0x10] . 1:1(0) ack 11
        """;
    PacketdrillResult result = established(text);
    assertThat(result.passed()).as(result.toString()).isTrue();
    assertEnds(
        established(text.replace("[ecn noecn,", "[ect0,")), Outcome.FAILED, 10, 4, "<-- differs");
  }

  @Test
  void aRunIsRepeatable() {
    PacketdrillScript script = PacketdrillScript.of("a.pkt", ESTABLISHED);
    assertThat(script.run()).isEqualTo(script.run());
  }
}
