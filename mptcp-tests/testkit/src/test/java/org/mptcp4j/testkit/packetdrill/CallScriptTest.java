package org.mptcp4j.testkit.packetdrill;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

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

  // ---- readiness

  private static final String WATCHED =
      """
      +0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 6
      +0 epoll_create(1) = 5
      +0 epoll_ctl(5, EPOLL_CTL_ADD, 4, {events=EPOLLOUT|EPOLLET, fd=4}) = 0
      +0 epoll_ctl(5, EPOLL_CTL_ADD, 6, {events=EPOLLOUT|EPOLLONESHOT, fd=6}) = 0
      """;

  @Test
  void epollTellsWhichDescriptorIsReady() {
    assertPasses(
        established(
            WATCHED
                + "+0 epoll_wait(5, [{events=EPOLLOUT|EPOLLHUP, fd=6}, {events=EPOLLOUT, fd=4}], 2, 0) = 2\n"));
    assertEnds(
        established(WATCHED + "+0 epoll_wait(5, {events=EPOLLOUT, fd=99}, 1, 0) = 1\n"),
        Outcome.FAILED,
        "the data is 4, expected 99");
  }

  @Test
  void epollTellsOfNoMoreThanThereIsRoomFor() {
    assertPasses(
        established(
            WATCHED
                + """
                  +0 epoll_wait(5, ..., 0, 0) = -1 EINVAL (Invalid argument)
                  +0 epoll_wait(5, {events=EPOLLOUT, fd=4}, 1, 0) = 1
                  +0 epoll_wait(5, {events=EPOLLOUT|EPOLLHUP, fd=6}, 1, 0) = 1
                  +0 epoll_wait(5, ..., 1, 0) = 0
                  """));
  }

  @Test
  void whatIsNotWatchedCannotBeForgotten() {
    assertPasses(
        established(
            """
            +0 epoll_create(1) = 5
            +0 epoll_ctl(5, EPOLL_CTL_DEL, 4, NULL) = -1 ENOENT (No such file or directory)
            """));
  }

  @Test
  void pollHasAsManyDescriptorsAsItSays() {
    assertEnds(
        established("+0 poll([{fd=4, events=POLLIN, revents=0}], 2, 0) = 0\n"),
        Outcome.MALFORMED,
        "the list has 1 descriptors");
  }

  // ---- control messages

  static Stream<Arguments> controlMessages() {
    String sent = "+0 sendmsg(4, {msg_iov=[{..., 9}], msg_control=[{cmsg_level=1}]}, 0) = 9\n";
    String read =
        "+0 setsockopt(4, SOL_TCP, TCP_INQ, [1], 4) = 0\n"
            + "+0 < P. 1:11(10) ack 1 win 65535\n"
            + "+0 recvmsg(4, {msg_iov=[{..., 5}], msg_control=[MESSAGES]}, 0) = 5\n";
    String unread = "{cmsg_level=LEVEL, cmsg_type=TCP_CM_INQ, cmsg_data=5}";
    String right = unread.replace("LEVEL", "SOL_TCP");
    return Stream.of(
        Arguments.of(sent, Outcome.REFUSED, "control messages of sendmsg"),
        Arguments.of(read.replace("MESSAGES", right), Outcome.PASSED, ""),
        Arguments.of(
            read.replace("MESSAGES", unread.replace("LEVEL", "SOL_IP")),
            Outcome.REFUSED,
            "control messages but those of TCP_INQ"),
        Arguments.of(
            read.replace("MESSAGES", right + ", " + right),
            Outcome.REFUSED,
            "more than one control message"));
  }

  @ParameterizedTest
  @MethodSource("controlMessages")
  void controlMessagesAreComparedOrRefused(String lines, Outcome outcome, String message) {
    assertEnds(established(lines), outcome, message);
  }

  static Stream<Arguments> errors() {
    String error =
        "{cmsg_level=SOL_IP, cmsg_type=IP_RECVERR, cmsg_data={ee_errno=0, ee_info=0, ee_data=0}}";
    return Stream.of(
        Arguments.of(error, Outcome.PASSED, ""),
        Arguments.of(error.replace("SOL_IP", "SOL_TCP"), Outcome.FAILED, "of IP_RECVERR"),
        Arguments.of(error.replace("IP_RECVERR", "IP_TOS"), Outcome.FAILED, "of IP_RECVERR"),
        Arguments.of(error + ", " + error, Outcome.REFUSED, "more than one control message"));
  }

  @ParameterizedTest
  @MethodSource("errors")
  void messagesOfTheErrorQueueHaveALevelAndAType(String error, Outcome outcome, String message) {
    assertEnds(
        established(
            "+0 setsockopt(4, SOL_SOCKET, SO_ZEROCOPY, [1], 4) = 0\n"
                + "+0 send(4, ..., 9, MSG_ZEROCOPY) = 9\n"
                + "+0 > P. 1:10(9) ack 1\n"
                + "+.1 < . 1:1(0) ack 10 win 65535\n"
                + ("+0 recvmsg(4, {msg_control=[" + error + "]}, MSG_ERRQUEUE) = 0\n")),
        outcome,
        message);
  }

  // ---- segments that are joined

  @ParameterizedTest
  @ValueSource(strings = {"SOL_IP, IP_TTL, [3]", "SOL_IP, IP_TOS, [8]"})
  void segmentsWithOtherHeadersAreNotJoined(String option) {
    String set = "+0 setsockopt(4, SOL_TCP, TCP_NODELAY, [1], 4) = 0\n";
    String write = "+0 write(4, ..., 100) = 100\n";
    String packet = "+0 > P. 1:201(200) ack 1\n";
    assertPasses(established(set + write + write + packet));
    String changed = "+0 setsockopt(4, " + option + ", 4) = 0\n";
    assertEnds(established(set + write + changed + write + packet), Outcome.FAILED, "1:101(100)");
  }

  // ---- values of options

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SOL_TCP, TCP_KEEPCNT, [0]",
        "SOL_TCP, TCP_KEEPIDLE, [0]",
        "SOL_TCP, TCP_KEEPINTVL, [0]",
        "SOL_TCP, TCP_MAXSEG, [10]",
        "SOL_TCP, TCP_USER_TIMEOUT, [-1]",
        "SOL_TCP, TCP_FASTOPEN, [-1]",
        "SOL_TCP, TCP_FASTOPEN_CONNECT, [2]",
        "SOL_TCP, TCP_FASTOPEN_NO_COOKIE, [-1]",
        "SOL_IP, IP_TTL, [0]",
        "SOL_IP, IP_TTL, [256]",
        "SOL_IPV6, IPV6_UNICAST_HOPS, [256]",
        "SOL_IPV6, IPV6_TCLASS, [256]",
        "SOL_IPV6, IPV6_TCLASS, [-2]"
      })
  void valuesOutOfRangeAreInvalid(String option) {
    String socket = "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n";
    String call = "+0 setsockopt(3, " + option + ", 4) = ";
    assertPasses(run(socket + call + "-1 EINVAL (Invalid argument)\n"));
    assertEnds(run(socket + call + "0\n"), Outcome.FAILED, "returned -1 EINVAL, expected 0");
  }

  static Stream<Arguments> trafficClasses() {
    return Stream.of(
        Arguments.of("IP_TOS", 256, 0),
        Arguments.of("IP_TOS", 7, 4),
        Arguments.of("IP_TOS", 0x1b8, 0xb8),
        Arguments.of("IPV6_TCLASS", 7, 4),
        Arguments.of("IPV6_TCLASS", -1, 0));
  }

  /** A stream decides itself about the two bits of ECN. */
  @ParameterizedTest
  @MethodSource("trafficClasses")
  void trafficClassesAreKeptAsLinuxDoes(String option, int set, int kept) {
    String of = "(3, SOL_IP, " + option + ", [";
    assertPasses(
        run(
            "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n"
                + ("+0 setsockopt" + of + set + "], 4) = 0\n")
                + ("+0 getsockopt" + of + kept + "], [4]) = 0\n")));
  }

  @Test
  void aLinkThatIsTooSmallIsMalformed() {
    assertEnds(run("--mtu=60\n" + ESTABLISHED), Outcome.MALFORMED, "60");
  }

  @Test
  void settingsThatDoNotGoTogetherAreMalformed() {
    String settings =
        "`sysctl -q net.ipv4.tcp_rto_min_us=2000000\nsysctl -q net.ipv4.tcp_rto_max_ms=1000`\n";
    assertEnds(run(settings + ESTABLISHED), Outcome.MALFORMED, "Rto");
  }
}
