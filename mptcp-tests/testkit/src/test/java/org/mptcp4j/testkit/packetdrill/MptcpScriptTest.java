package org.mptcp4j.testkit.packetdrill;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** MPTCP options in scripts: what is computed, what is compared, and what errors say. */
class MptcpScriptTest {
  private static final String LISTENING =
      """
         0 socket(..., SOCK_STREAM, IPPROTO_MPTCP) = 3
        +0 bind(3, ..., ...) = 0
        +0 listen(3, 1) = 0
        +0 < addr[c0] > addr[s0] S 0:0(0) win 65535 <mss 1460,mpcapable v1 flags[flag_h] nokey>
        +0 > S. 0:0(0) ack 1 <mss 1460,mpcapable v1 flags[flag_h] key[skey]>
      """;

  private static final String ESTABLISHED =
      LISTENING
          + """
              +0 < . 1:1(0) ack 1 win 65535 <mpcapable v1 flags[flag_h] key[ckey=2,skey]>
              +0 accept(3, ..., ...) = 4
            """;

  private static PacketdrillResult run(String text) {
    return PacketdrillScript.of("m.pkt", text).run();
  }

  @Test
  void numbersTokensAndHmacsAreComputedFromTheKeys() {
    PacketdrillResult result =
        run(
            ESTABLISHED
                + """
                    +0 < P. 1:11(10) ack 1 win 65535 <dss dack8=1 dsn8=1 ssn=1 dll=10 nocs,nop,nop>
                    +0 > . 1:1(0) ack 11 <dss dack8=11 nocs>
                    +0 < addr[c1] > addr[s0] S 0:0(0) win 9 <mss 1460,mp_join_syn token=sha256_32(skey)>
                    +0 > S. 0:0(0) ack 1 <mss 1460,mp_join_syn_ack sender_hmac=auto>
                    +0 < . 1:1(0) ack 1 win 65535 <mp_join_ack sender_hmac=auto>
                    +0 > . 1:1(0) ack 1 <dss dack8=11 nocs>
                  """);
    assertThat(result.passed()).as(result.toString()).isTrue();
  }

  @Test
  void namesWithoutAValueAreWhatComesNext() {
    PacketdrillResult result =
        run(
            ESTABLISHED
                + """
                    +0 < P. 1:11(10) ack 1 win 65535 <dss dack8 dsn8 ssn dll nocs,nop,nop>
                    +0 > . 1:1(0) ack 11 <dss dack8 nocs>
                    +0 write(4, ..., 10) = 10
                    +0 > P. 1:11(10) ack 11 <dss dack8 dsn8 ssn dll nocs,nop,nop>
                    +0 < addr[c1] > addr[s0] S 0:0(0) win 9 <mss 1460,mp_join_syn address_id=1 token rand>
                    +0 > S. 0:0(0) ack 1 <mss 1460,mp_join_syn_ack backup address_id sender_hmac rand>
                    +0 < . 1:1(0) ack 1 win 65535 <mp_join_ack sender_hmac>
                    +0 > . 1:1(0) ack 1 <dss dack8=11 nocs>
                    +0 read(4, ..., 10) = 10
                    +0 < addr[c0] > addr[s0] . 11:11(0) ack 11 win 65535 <mp_fastclose ckey>
                    * > R. 11:11(0) ack 11 <...>
                  """);
    assertThat(result.passed()).as(result.toString()).isTrue();
  }

  @Test
  void aJoinWithoutTokenIsOfTheOnlyConnection() {
    String join = "+0 < addr[c1] > addr[s0] S 0:0(0) win 9 <mss 1460,mp_join_syn address_id=1>\n";
    PacketdrillResult result =
        run(
            ESTABLISHED
                + "+0 < P. 1:11(10) ack 1 win 65535 <dss dack8=1 dsn8=1 ssn=1 dll=10 nocs,nop,nop>\n"
                + "+0 > . 1:1(0) ack 11 <dss dack8=11 nocs>\n"
                + join
                + "+0 > S. 0:0(0) ack 1 <mss 1460,mp_join_syn_ack sender_hmac=auto>\n");
    assertThat(result.passed()).as(result.toString()).isTrue();
    PacketdrillResult none = run(withoutKeys() + join);
    assertThat(none.outcome()).isEqualTo(Outcome.MALFORMED);
    assertThat(none.message()).contains("a token is needed: there are 0 connections to join");
  }

  /** The stack's numbers are its own: one that a script writes is compared. */
  @ParameterizedTest
  @ValueSource(strings = {"rand=1", "sender_hmac=1", "backup=1", "address_id=9"})
  void numbersOfAnAnswerToAJoinAreCompared(String number) {
    String text =
        ESTABLISHED
            + """
                +0 < P. 1:11(10) ack 1 win 65535 <dss dack8=1 dsn8=1 ssn=1 dll=10 nocs,nop,nop>
                +0 > . 1:1(0) ack 11 <dss dack8=11 nocs>
                +0 < addr[c1] > addr[s0] S 0:0(0) win 9 <mss 1460,mp_join_syn token=sha256_32(skey)>
              """;
    PacketdrillResult result =
        run(text + "+0 > S. 0:0(0) ack 1 <mss 1460,mp_join_syn_ack " + number + ">\n");
    assertThat(result.outcome()).as(result.toString()).isEqualTo(Outcome.FAILED);
    assertThat(result.message()).contains("<-- differs");
  }

  private static final String JOINING =
      """
      `ip mptcp endpoint add 192.168.0.2 id 2 subflow
      sysctl -q net.ipv4.tcp_timestamps=0 net.ipv4.tcp_sack=0`
         0 socket(..., SOCK_STREAM, IPPROTO_MPTCP) = 3
        +0 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0
        +0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
        +0 > addr[s0] > addr[c0] S 0:0(0) <mss 1460,nop,wscale 8,mpcapable v1 flags[flag_h] nokey>
        +0 < S. 0:0(0) ack 1 win 65535 <mss 1460,mpcapable v1 flags[flag_h] key[skey=2]>
        +0 > . 1:1(0) ack 1 <mpcapable v1 flags[flag_h] key[ckey,skey]>
        +0 write(3, ..., 10) = 10
        +0 > P. 1:11(10) ack 1 <mpcapable v1 flags[flag_h] key[ckey,skey] mpcdatalen 10,nop,nop>
        +0 < . 1:1(0) ack 11 win 65535 <dss dack8=11 nocs>
        +0 > addr[s1] > addr[c0] S 0:0(0) <mss 1460,nop,wscale 8,mp_join_syn SYN>
        +0 < S. 0:0(0) ack 1 win 65535 <mss 1460,mp_join_syn_ack address_id=1 sender_hmac=auto>
        +0 > . 1:1(0) ack 1 <mp_join_ack ACK>
      """;

  static Stream<Arguments> joins() {
    return Stream.of(
        Arguments.of("token rand", "sender_hmac", Outcome.PASSED),
        Arguments.of("address_id=2 token=sha256_32(skey)", "sender_hmac=auto", Outcome.PASSED),
        Arguments.of("token rand=1", "sender_hmac", Outcome.FAILED),
        Arguments.of("token=1", "sender_hmac", Outcome.FAILED),
        Arguments.of("token", "sender_hmac=1", Outcome.FAILED));
  }

  @ParameterizedTest
  @MethodSource("joins")
  void numbersOfAJoinOfTheStackAreCompared(String syn, String ack, Outcome outcome) {
    PacketdrillResult result = run(JOINING.replace("SYN>", syn + ">").replace("ACK>", ack + ">"));
    assertThat(result.outcome()).as(result.toString()).isEqualTo(outcome);
  }

  @Test
  void theChecksumOfTheFirstDataIsCompared() {
    PacketdrillResult result =
        run(
            """
            `sysctl -q net.mptcp.checksum_enabled=1`
               0 socket(..., SOCK_STREAM, IPPROTO_MPTCP) = 3
              +0 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0
              +0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
              +0 > S 0:0(0) <...>
              +0 < S. 0:0(0) ack 1 win 65535 <mss 1460,mpcapable v1 flags[flag_a,flag_h] key[skey=2]>
              +0 > . 1:1(0) ack 1 <mpcapable v1 flags[flag_a,flag_h] key[ckey,skey]>
              +0 write(3, ..., 10) = 10
              +0 > P. 1:11(10) ack 1 <mpcapable v1 flags[flag_a,flag_h] key[ckey,skey] mpcdatalen 10 cksum=1>
            """);
    assertThat(result.outcome()).as(result.toString()).isEqualTo(Outcome.FAILED);
    assertThat(result.message()).contains("cksum=1>").contains("mpcdatalen 10 cksum=");
  }

  @Test
  void whatDiffersIsShownAsAScriptWouldWriteIt() {
    PacketdrillResult result =
        run(
            ESTABLISHED
                + """
                    +0 write(4, ..., 10) = 10
                    +0 > P. 1:11(10) ack 1 <dss dack4=1 dsn8=2 ssn=1 dll=10 nocs,nop,nop>
                  """);
    assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(result.message())
        .contains("<dss dack4=1 dsn8=2 ssn=1 dll=10 nocs,nop,nop>")
        .contains("<dss dack4=1 dsn8=1 ssn=1 dll=10 nocs,nop,nop>  <-- differs");
  }

  @Test
  void keysAreShownByTheirNames() {
    PacketdrillResult result =
        run(
            """
               0 socket(..., SOCK_STREAM, IPPROTO_MPTCP) = 3
              +0 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0
              +0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
              +0 > S 0:0(0) <...>
              +0 < S. 0:0(0) ack 1 win 9 <mss 1460,mpcapable v1 flags[flag_h] key[skey=2]>
              +0 > . 1:1(0) ack 1 <mpcapable v1 flags[flag_a] key[ckey,skey]>
            """);
    assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(result.message()).contains("flags[flag_h] key[0x").contains(",skey]>  <-- differs");
  }

  static Stream<Arguments> mistakes() {
    return Stream.of(
        Arguments.of(
            "+0 < . 1:1(0) ack 1 win 1 <dss dack8=1 wide>\n", "'wide' is no part of a dss"),
        Arguments.of(
            "+0 < . 1:1(0) ack 1 win 1 <mpcapable v1 flags[flag_x] nokey>\n",
            "'flag_x' is no flag of this option"),
        Arguments.of(
            "+0 < . 1:1(0) ack 1 win 1 <mp_fastclose>\n", "the key of the stack is not known"),
        Arguments.of(
            "+0 < . 1:1(0) ack 1 win 1 <mpcapable v1 flags[flag_h] key[nobody]>\n",
            "the key nobody is not known here"),
        Arguments.of("+0 < . 1:1(0) ack 1 win 1 <remove_address [1]>\n", "'address_id'"),
        Arguments.of("+0 < . 1:1(0) ack 1 win 1 <mp_prio backup=2>\n", "backup must be 0 to 1"),
        Arguments.of("+0 < . 1:1(0) ack 1 win 1 <dss dack8=1 nocs cksum>\n", "has no cksum"));
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void mistakesAreNamed(String line, String text) {
    PacketdrillResult result = run(withoutKeys() + line);
    assertThat(result.outcome()).as(result.toString()).isEqualTo(Outcome.MALFORMED);
    assertThat(result.message()).contains(text);
  }

  private static String withoutKeys() {
    return """
       0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
      +0 bind(3, ..., ...) = 0
      +0 listen(3, 1) = 0
      +0 < S 0:0(0) win 65535 <mss 1460>
      +0 > S. 0:0(0) ack 1 <mss 1460>
      """;
  }

  @Test
  void optionsThatDoNotEndAtAWordAreMalformed() {
    PacketdrillResult result = run(ESTABLISHED + "+0 < . 1:1(0) ack 1 win 1 <mp_prio backup=1>\n");
    assertThat(result.outcome()).isEqualTo(Outcome.MALFORMED);
    assertThat(result.message()).contains("3 bytes, which is no multiple of 4");
  }

  @Test
  void addressesWithoutAConnectionAreMalformed() {
    PacketdrillResult result =
        run(
            ESTABLISHED
                + "+0 < . 1:1(0) ack 1 win 1 <add_address addr[x] hmac=auto>\n"
                + "+0 < addr[x] > addr[s0] . 1:1(0) ack 1 win 1\n");
    assertThat(result.outcome()).isEqualTo(Outcome.MALFORMED);
    assertThat(result.message()).isEqualTo("there is no connection between these addresses");
  }

  /** As {@code ip mptcp} prints them, and in any other order. */
  @ParameterizedTest
  @ValueSource(strings = {"dev tun0 id 9 port 10100 signal", "signal port 10100 id 9"})
  void wordsOfAnEndpointComeInAnyOrder(String words) {
    PacketdrillResult result =
        run(
            "`ip mptcp endpoint add 198.51.100.2 "
                + words
                + "`\n"
                + ESTABLISHED
                + "+0 > . 1:1(0) ack 1 <add_address address_id=9 addr[s1] port=10100 hmac=auto,nop,nop>\n");
    assertThat(result.outcome()).as(result.message()).isEqualTo(Outcome.PASSED);
  }

  static Stream<Arguments> endpoints() {
    return Stream.of(
        Arguments.of("ip mptcp endpoint add 198.51.100.2 implicit", Outcome.REFUSED, "implicit"),
        Arguments.of("ip mptcp limits set talk 3", Outcome.REFUSED, "limit talk"),
        Arguments.of("ip mptcp endpoint delete id 5", Outcome.MALFORMED, "no endpoint 5"),
        Arguments.of("ip mptcp endpoint add nowhere", Outcome.MALFORMED, "nowhere"));
  }

  @ParameterizedTest
  @MethodSource("endpoints")
  void commandsAboutEndpointsAreCheckedToo(String command, Outcome outcome, String text) {
    PacketdrillResult result = run("`" + command + "`\n" + LISTENING);
    assertThat(result.outcome()).isEqualTo(outcome);
    assertThat(result.message()).contains(text);
  }
}
