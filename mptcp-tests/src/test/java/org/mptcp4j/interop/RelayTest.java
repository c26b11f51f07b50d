package org.mptcp4j.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.api.StackConfig;

/**
 * {@code mptcp-lab relay} as the path between two namespaces:
 *
 * <pre>
 *   this stack -- m4j0 -- a == relay == b
 * </pre>
 */
@Interop
class RelayTest {
  private static final String A = ":10.50.0.1/24,fd50::1/64";
  private static final String B = ":10.50.0.2/24,fd50::2/64";
  private static final int ROUND_BYTES = 2_000_000;
  private static final long BYTES = 2L << 20;

  private final Netns a = Netns.create();
  private final Netns b = Netns.create();

  @AfterEach
  void remove() {
    a.close();
    b.close();
  }

  private Program relay(String... options) {
    List<String> arguments = new ArrayList<>(List.of("relay", "--rate", "50M", "--delay", "5"));
    arguments.addAll(List.of("--a", a.name() + A, "--b", b.name() + B));
    arguments.addAll(List.of(options));
    Program relay = Program.lab(a, arguments.toArray(String[]::new));
    relay.await("relaying relay0");
    relay.await("back:");
    return relay;
  }

  private static String end(Program relay) {
    relay.terminate();
    assertThat(relay.exitCode(10)).as(relay::toString).isZero();
    return String.join("\n", relay.output());
  }

  private static long count(String output, String line, String what) {
    Matcher matcher =
        Pattern.compile("(?m)^" + line + ": .*\\b" + what + "=(\\d+)").matcher(output);
    return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
  }

  /** Kernel to kernel, and back. */
  @SuppressWarnings("try") // The server only has to be there.
  private void echo(String address) {
    try (KernelPeer server = KernelPeer.serveFor(b, address, "80");
        KernelPeer client = KernelPeer.client(a, "rounds", address, "80")) {
      assertThat(client.line(20)).isEqualTo("connected");
      client.say("round " + ROUND_BYTES);
      assertThat(client.line(60)).isEqualTo("equal");
      client.say("end");
      assertThat(client.line(20)).contains("\"left\": 0");
    }
  }

  @ParameterizedTest
  @CsvSource({"10.50.0.2", "fd50::2"})
  void kernelToKernelWithLossAndReordering(String address) {
    try (Program relay = relay("--loss", "0.02", "--reorder", "0.02", "--faults", "forward")) {
      echo(address);
      String output = end(relay);
      assertThat(count(output, "there", "loss")).isPositive();
      assertThat(count(output, "back", "loss")).isZero();
      assertThat(b.counters().get("TcpExtTCPOFOQueue")).isPositive();
      assertThat(a.counters().get("TcpRetransSegs")).isPositive();
    }
  }

  @Test
  void lossComesInBursts() {
    try (Program relay = relay("--burst", "0.01:0.5", "--faults", "backward")) {
      echo("10.50.0.2");
      String output = end(relay);
      assertThat(count(output, "there", "loss")).isZero();
      assertThat(count(output, "back", "loss")).isPositive();
    }
  }

  // RFC 1191, RFC 8201: the devices promise more than the link in the middle carries.
  @ParameterizedTest
  @CsvSource({"10.50.0.2", "fd50::2"})
  void aNarrowLinkIsReported(String address) {
    try (Program relay = relay("--mtu", "1300", "--device-mtu", "1500", "--report-too-big")) {
      echo(address);
      String output = end(relay);
      assertThat(count(output, "there", "too_big")).isPositive();
      boolean six = address.contains(":");
      String counter = six ? "Icmp6InPktTooBigs" : "IcmpInDestUnreachs";
      assertThat(a.counters().get(counter)).isPositive();
    }
  }

  @ParameterizedTest
  @CsvSource({"10.50.0.2, up", "10.50.0.2, down", "fd50::2, up", "fd50::2, down"})
  void thisStackToTheKernel(String address, String direction) throws IOException {
    boolean up = direction.equals("up");
    a.sysctl("net.ipv4.ip_forward", "1");
    a.sysctl("net.ipv6.conf.all.forwarding", "1");
    try (Program relay = relay("--loss", "0.01");
        StackHost ours =
            StackHost.start(a, StackConfig.defaults(), "m4j0:10.1.0.2/24,fd01::2/64")) {
      b.run("ip", "route", "add", "10.1.0.0/24", "via", "10.50.0.1");
      b.run("ip", "-6", "route", "add", "fd01::/64", "via", "fd50::1");
      try (KernelPeer server = KernelPeer.serveFor(b, address, "80")) {
        Transfer.Result result =
            ours.result(
                ours.connect(
                    address, 80, s -> up ? Transfer.up(s, BYTES) : Transfer.down(s, BYTES)),
                60);
        assertThat(result.error()).isEqualTo(SocketError.NONE);
        assertThat(up ? result.peerGotOurs() : result.weGotTheirs()).isTrue();
        assertThat(server.line(20)).contains("\"mptcp\": true");
      }
      String output = end(relay);
      assertThat(count(output, "there", "loss") + count(output, "back", "loss")).isPositive();
    }
  }

  @Test
  void namespacesThatAreMissingAreMadeAndRemoved() {
    String made = a.name() + "-made";
    String[] ends = {"--a", made + "-a:10.50.0.1/24", "--b", made + "-b"};
    try (Program relay = Program.labHere("relay", ends[0], ends[1], ends[2], ends[3])) {
      relay.await("back:");
      assertThat(Shell.run("ip", "-n", made + "-a", "address", "show")).contains("10.50.0.1/24");
      assertThat(Shell.run("ip", "-n", made + "-b", "address", "show")).contains("relay0");
      end(relay);
    }
    assertThat(Shell.run("ip", "netns", "list")).doesNotContain(made);
    try (Program relay =
        Program.labHere(
            "relay", ends[0], ends[1], ends[2], ends[3], "--json", "--seconds", "0.1")) {
      assertThat(relay.exitCode(10)).as(relay::toString).isZero();
      assertThat(String.join("\n", relay.output()))
          .startsWith("{")
          .contains("\"delivered_packets\"", "\"not_read\"", "\"wake_ups\"");
    }
    assertThat(Shell.run("ip", "netns", "list")).doesNotContain(made);
  }
}
