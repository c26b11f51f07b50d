package org.mptcp4j.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.link.tun.TunOptions;

/**
 * A path with a link of 1300 bytes between two routers, in front of the host's own kernel:
 *
 * <pre>
 *   this stack -- m4j0 -- near == 1300 == far -- peer -- m4j1 -- this stack
 * </pre>
 */
@Interop
class NarrowPathTest {
  private static final long BYTES = 8L << 20;
  private static final int NARROW = 1300;
  private static final String REFUSED =
      String.join(
          "\n",
          "import socket, sys",
          "try:",
          "  socket.create_connection((sys.argv[1], 9), int(sys.argv[2]))",
          "except ConnectionRefusedError:",
          "  sys.exit(0)",
          "sys.exit(1)");

  private final Netns near = Netns.create();
  private final Netns far = Netns.create();
  private final Netns peer = Netns.create();
  private StackHost ours;

  @BeforeEach
  void cables() {
    cable(near, "toFar", 8, far, "toNear", NARROW);
    cable(far, "toPeer", 9, peer, "toFar", 1500);
    for (Netns router : List.of(near, far)) {
      router.sysctl("net.ipv4.ip_forward", "1");
      router.sysctl("net.ipv6.conf.all.forwarding", "1");
    }
    near.run("ip", "route", "add", "default", "via", "10.8.0.2");
    near.run("ip", "-6", "route", "add", "default", "via", "fd08::2");
    far.run("ip", "route", "add", "10.1.0.0/24", "via", "10.8.0.1");
    far.run("ip", "-6", "route", "add", "fd01::/64", "via", "fd08::1");
    peer.run("ip", "route", "add", "default", "via", "10.9.0.1");
    peer.run("ip", "-6", "route", "add", "default", "via", "fd09::1");
  }

  /** Joins two namespaces: the first has address 1 of the net, the second 2. */
  private static void cable(Netns a, String atA, int net, Netns b, String atB, int mtu) {
    a.run("ip", "link", "add", atA, "type", "veth", "peer", "name", atB, "netns", b.name());
    end(a, atA, net, 1, mtu);
    end(b, atB, net, 2, mtu);
  }

  private static void end(Netns ns, String device, int net, int number, int mtu) {
    ns.run("ip", "link", "set", device, "mtu", "" + mtu, "up");
    ns.run("ip", "address", "add", "10." + net + ".0." + number + "/24", "dev", device);
    String six = "fd0" + net + "::" + number + "/64";
    ns.run("ip", "address", "add", six, "dev", device, "nodad");
  }

  /** Our stack with the narrow path, and the others; once it returns, packets find their way. */
  private void start(TunOptions... others) throws IOException {
    List<TunOptions> devices = new ArrayList<>(List.of(others));
    devices.add(TunOptions.parse("m4j0:10.1.0.2/24,fd01::2/64").withNamespace(near.name()));
    ours = StackHost.start(StackConfig.defaults(), devices);
    far.run("ip", "route", "add", "10.2.0.0/24", "via", "10.9.0.2");
    far.run("ip", "-6", "route", "add", "fd02::/64", "via", "fd09::2");
    for (String address : List.of("10.1.0.2", "fd01::2")) {
      // A refusal is an answer: neighbours are known from then on.
      peer.run("python3", "-c", REFUSED, address, "" + Patience.seconds(10));
    }
  }

  /** The near router keeps to itself what it thinks of our packets. */
  private void silence() {
    near.run("ip", "rule", "add", "iif", "lo", "ipproto", "icmp", "blackhole");
    near.run("ip", "-6", "rule", "add", "iif", "lo", "ipproto", "ipv6-icmp", "blackhole");
  }

  @AfterEach
  void stop() {
    if (ours != null) {
      ours.close();
    }
    List.of(near, far, peer).forEach(Netns::close);
  }

  @ParameterizedTest
  @CsvSource({"10.9.0.2, up", "10.9.0.2, down", "fd09::2, up", "fd09::2, down"})
  void routersThatReport(String address, String direction) throws IOException {
    start();
    boolean up = direction.equals("up");
    try (KernelPeer server = KernelPeer.serveFor(peer, address, "80")) {
      Transfer.Result result =
          ours.result(
              ours.connect(address, 80, s -> up ? Transfer.up(s, BYTES) : Transfer.down(s, BYTES)),
              60);
      assertThat(result.error()).isEqualTo(SocketError.NONE);
      assertThat(up ? result.peerGotOurs() : result.weGotTheirs()).isTrue();
      if (up) {
        assertThat(result.open().subflows().get(0).pathMtu()).isEqualTo(NARROW);
        String counter = address.contains(":") ? "Icmp6InPktTooBigs" : "IcmpInDestUnreachs";
        assertThat(ours.counters().get(counter)).isPositive();
      }
      assertThat(server.line(10)).contains("\"mptcp\": true");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.9.0.2", "fd09::2"})
  void routersThatAreSilent(String address) throws IOException {
    start();
    silence();
    try (KernelPeer server = KernelPeer.serveFor(peer, address, "80")) {
      Transfer.Result result =
          ours.result(ours.connect(address, 80, s -> Transfer.up(s, BYTES)), 60);
      assertThat(result.error()).isEqualTo(SocketError.NONE);
      assertThat(result.peerGotOurs()).isTrue();
      assertThat(result.open().subflows().get(0).pathMtu()).isBetween(1280, NARROW);
      assertThat(server.line(10)).contains("\"mptcp\": true");
    }
    assertThat(ours.counters()).doesNotContainKeys("IcmpInDestUnreachs", "Icmp6InPktTooBigs");
  }

  @ParameterizedTest
  @CsvSource({"10.2.0.1, true", "10.2.0.1, false", "fd02::1, true", "fd02::1, false"})
  void theSecondPathIsNarrow(String address, boolean reported) throws IOException {
    start(TunOptions.parse("m4j1:10.2.0.2/24,fd02::2/64").withNamespace(peer.name()));
    if (!reported) {
      silence();
    }
    peer.rate("m4j1", 100);
    peer.rateIncoming("m4j1", 100);
    try (KernelPeer server = KernelPeer.serveFor(peer, address, "80")) {
      Transfer.Result result =
          ours.result(ours.connect(address, 80, s -> Transfer.up(s, 4 * BYTES)), 60);
      assertThat(result.error()).isEqualTo(SocketError.NONE);
      assertThat(result.peerGotOurs()).isTrue();
      for (var subflow : result.open().subflows()) {
        boolean narrow = subflow.linkIndex() == 1;
        assertThat(subflow.pathMtu()).isBetween(narrow ? 1280 : 1500, narrow ? NARROW : 1500);
      }
      assertThat(ours.link(1).counters().txBytes()).isGreaterThan(BYTES / 8);
      assertThat(server.line(10)).contains("\"mptcp\": true", "\"subflows\": 1");
    }
  }
}
