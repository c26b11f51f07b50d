package org.mptcp4j.testkit.packetdrill;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Lines for a shell: what they ask, what they set, and what is refused. */
class CommandScriptTest {
  private static final String LISTENING =
      """
         0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
        +0 bind(3, ..., ...) = 0
        +0 listen(3, 1) = 0
      """;

  private static PacketdrillResult run(String text) {
    return PacketdrillScript.of("s.pkt", text).run();
  }

  private static void assertEnds(String script, Outcome outcome, String message) {
    PacketdrillResult result = run(script);
    assertThat(result.outcome()).as(result.toString()).isEqualTo(outcome);
    assertThat(result.message()).contains(message);
  }

  // ---- observations

  static Stream<Arguments> listeners() {
    String any = "grep \" 0A \" /proc/net/tcp /proc/net/tcp6";
    String here = any + " | grep \":1F90\"";
    String elsewhere = any + " | grep -q \":0016\"";
    return Stream.of(
        Arguments.of(any, Outcome.PASSED, ""),
        Arguments.of(here, Outcome.PASSED, ""),
        Arguments.of("! " + elsewhere, Outcome.PASSED, ""),
        Arguments.of("! " + here, Outcome.FAILED, "there is a listening socket on port 8080"),
        Arguments.of(elsewhere, Outcome.FAILED, "there is no listening socket on port 22"),
        Arguments.of("grep \" 01 \" /proc/net/tcp", Outcome.REFUSED, "grep \" 01 \""));
  }

  @ParameterizedTest
  @MethodSource("listeners")
  void listenersAreLookedFor(String command, Outcome outcome, String message) {
    assertEnds(LISTENING + "+0 `" + command + "`\n", outcome, message);
  }

  @Test
  void aListenerThatWasClosedIsNotThere() {
    assertEnds(
        LISTENING + "+0 close(3) = 0\n+0 `grep \" 0A \" /proc/net/tcp`\n",
        Outcome.FAILED,
        "there is no listening socket");
  }

  static Stream<Arguments> counters() {
    String opened = "nstat | grep TcpActiveOpens | grep -q ";
    String still = opened.replace("nstat", "nstat -s");
    return Stream.of(
        Arguments.of(opened + "\" 1 \"", Outcome.PASSED, ""),
        Arguments.of(still + "\" 1 \"\n" + opened + "\" 1 \"", Outcome.PASSED, ""),
        Arguments.of(opened + "\" 1 \"\n" + opened + "\" 1 \"", Outcome.FAILED, "is 0, expected 1"),
        Arguments.of("nstat -n\n" + opened + "\" 0 \"", Outcome.FAILED, "is 0, expected 0"),
        Arguments.of(opened + "\" 2 \"", Outcome.FAILED, "TcpActiveOpens is 1, expected 2"),
        Arguments.of(
            opened.replace("Opens", "Wonders") + "\" 1 \"", Outcome.REFUSED, "TcpActiveWonders"),
        Arguments.of("nstat | grep Tcp", Outcome.REFUSED, "nstat | grep Tcp"));
  }

  @ParameterizedTest
  @MethodSource("counters")
  void countersThatHaveGrown(String commands, Outcome outcome, String message) {
    String connecting =
        """
           0 socket(..., SOCK_STREAM|SOCK_NONBLOCK, IPPROTO_TCP) = 3
          +0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
        """;
    assertEnds(connecting + "+0 `" + commands + "`\n", outcome, message);
  }

  // ---- settings

  static Stream<Arguments> settings() {
    return Stream.of(
        Arguments.of(
            "tc qdisc add dev tun0 root pfifo limit 0", Outcome.REFUSED, "pfifo with limit 0"),
        Arguments.of(
            "tc qdisc replace dev tun0 root fq maxrate 1mbit",
            Outcome.REFUSED,
            "fq with maxrate 1mbit"),
        Arguments.of("tc qdisc add dev tun0 root pfifo 2>/dev/null", Outcome.PASSED, ""),
        Arguments.of("sysctl -q net.ipv4.tcp_mtu_probing=2", Outcome.REFUSED, "mtu_probing=2"),
        Arguments.of("sysctl -q net.ipv4.tcp_mtu_probing=1", Outcome.PASSED, ""),
        Arguments.of("sysctl -q net.ipv4.tcp_syn_linear_timeouts=0", Outcome.PASSED, ""),
        Arguments.of(
            "sysctl -q net.ipv4.tcp_syn_linear_timeouts=4", Outcome.REFUSED, "there is only 0"),
        Arguments.of("ip mptcp limits set subflows", Outcome.MALFORMED, "nothing behind subflows"),
        Arguments.of("./multi-ep.sh -e", Outcome.MALFORMED, "nothing behind -e"),
        Arguments.of("./multi-ep.sh -m", Outcome.MALFORMED, "nothing behind -m"));
  }

  @ParameterizedTest
  @MethodSource("settings")
  void settingsAreTakenOrNamed(String command, Outcome outcome, String message) {
    assertEnds("`" + command + "`\n" + LISTENING, outcome, message);
  }

  static Stream<Arguments> endpointCommands() {
    return Stream.of(
        Arguments.of("change id 5 backup", Outcome.PASSED, ""),
        Arguments.of("change id 5 bakcup", Outcome.REFUSED, "endpoint change with bakcup"),
        Arguments.of("delete id 5", Outcome.PASSED, ""),
        Arguments.of("delete id 5 now", Outcome.REFUSED, "endpoint delete with now"));
  }

  @ParameterizedTest
  @MethodSource("endpointCommands")
  void wordsOfEndpointsAreRefusedByName(String command, Outcome outcome, String message) {
    assertEnds(
        "`ip mptcp endpoint add 198.51.100.2 id 5 signal\nip mptcp endpoint "
            + (command + "`\n" + LISTENING),
        outcome,
        message);
  }

  @Test
  void aLineOfACommandHasItsPlace() {
    PacketdrillResult refused =
        run(
            "`true\nsysctl -q net.ipv4.tcp_sack=1 \\\n  net.ipv4.tcp_dsack=1\n  sysctl -q a=1`\n"
                + LISTENING);
    assertThat(refused.place()).contains(new Place("s.pkt", 4, 3));
    assertThat(refused.message()).isEqualTo("sysctl a");
  }
}
