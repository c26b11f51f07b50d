package org.mptcp4j.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.netty.buffer.PooledByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.packet.IpPrefix;
import org.mptcp4j.link.pcap.MacAddress;
import org.mptcp4j.link.pcap.PcapException;
import org.mptcp4j.link.pcap.PcapException.Reason;
import org.mptcp4j.link.pcap.PcapLink;
import org.mptcp4j.link.pcap.PcapOptions;

/** The stack on Ethernet interfaces through libpcap, against the host's kernel over veth. */
@Interop
class EthernetTest {
  private static final long BYTES = 16L << 20;

  private final List<String> interfaces = new ArrayList<>();
  private final List<PcapOptions> options = new ArrayList<>();
  private Netns kernel;
  private StackHost ours;

  @BeforeEach
  void start() throws IOException {
    kernel = Netns.create();
    for (int i = 1; i <= 2; i++) {
      cable(i);
    }
    ours = StackHost.startOnEthernet(StackConfig.defaults(), options);
    kernel.routeFrom("10.5.2.1", "eth2", 2);
    kernel.routeFrom("fd05:2::1", "eth2", 2);
  }

  /** A veth pair: our end here without an address, the kernel's in its namespace. */
  private void cable(int number) {
    String here = "m4j" + number + "-" + ProcessHandle.current().pid() % 1_000_000;
    String there = "eth" + number;
    Shell.run(
        "ip", "link", "add", here, "type", "veth", "peer", "name", there, "netns", kernel.name());
    interfaces.add(here);
    Shell.run("sysctl", "-q", "-w", "net.ipv6.conf." + here + ".disable_ipv6=1");
    Shell.run("ip", "link", "set", here, "up");
    kernel.python("offloads.py", there, "tx=0", "tso=0", "gso=0", "gro=0");
    kernel.run("ip", "addr", "add", "10.5." + number + ".1/24", "dev", there);
    kernel.run("ip", "addr", "add", "fd05:" + number + "::1/64", "dev", there, "nodad");
    kernel.run("ip", "link", "set", there, "up");
    options.add(
        PcapOptions.on(here, MacAddress.parse("02:4d:34:4a:00:0" + number))
            .withAddress(IpPrefix.parse("10.5." + number + ".2/24"))
            .withAddress(IpPrefix.parse("fd05:" + number + "::2/64"))
            .withGateway(IpAddress.parse("10.5." + number + ".1"))
            .withGateway(IpAddress.parse("fd05:" + number + "::1")));
  }

  @AfterEach
  void stop() {
    if (ours != null) {
      ours.close();
    }
    interfaces.forEach(name -> Shell.status("ip", "link", "del", name));
    kernel.close();
  }

  @ParameterizedTest
  @CsvSource({"10.5.1.1, up", "10.5.1.1, down", "fd05:1::1, up", "fd05:1::1, down"})
  void ourClientTransfersOverTwoCables(String address, String direction) {
    try (KernelPeer peer = KernelPeer.serveFor(kernel, address, "80")) {
      boolean up = direction.equals("up");
      Transfer.Result result =
          ours.result(
              ours.connect(address, 80, s -> up ? Transfer.up(s, BYTES) : Transfer.down(s, BYTES)),
              60);
      assertThat(result.error()).isEqualTo(SocketError.NONE);
      assertThat(up ? result.peerGotOurs() : result.weGotTheirs()).isTrue();
      assertThat(peer.line(10)).contains("\"mptcp\": true", "\"subflows\": 1");
    }
    Map<String, Long> counters = kernel.counters();
    assertThat(counters.get("MPTcpExtMPJoinAckRx")).isEqualTo(1);
    assertThat(counters.get("TcpInCsumErrors")).isZero();
    assertThat(ours.counters()).doesNotContainKey("TcpInCsumErrors");
  }

  @ParameterizedTest
  @CsvSource({"10.5.1.2, up", "fd05:1::2, down"})
  void ourServerIsFoundByTheKernel(String address, String direction) {
    kernel.endpoint(address.startsWith("fd") ? "fd05:2::1" : "10.5.2.1", "eth2", "subflow");
    ours.listen(80);
    try (KernelPeer peer = KernelPeer.client(kernel, direction, address, "80", "" + BYTES)) {
      ours.result(ours.accepted(), 60);
      assertThat(peer.result(10)).contains("\"equal\": true", "\"mptcp\": true");
    }
  }

  @ParameterizedTest
  @CsvSource({"10.5.1.2", "fd05:1::2"})
  void kernelPingsUs(String address) {
    try (KernelPeer peer = KernelPeer.client(kernel, "ping", address, "5", "56")) {
      assertThat(peer.result(10)).contains("\"received\": 5");
    }
    assertThat(kernel.run("ip", "neigh", "show", address)).contains("02:4d:34:4a:00:01");
  }

  /** What is logged while {@code task} runs, on whatever thread. */
  private static String logged(Runnable task) {
    PrintStream before = System.err;
    ByteArrayOutputStream captured = new ByteArrayOutputStream();
    System.setErr(new PrintStream(captured, true, StandardCharsets.UTF_8));
    try {
      task.run();
    } finally {
      System.setErr(before);
    }
    return captured.toString(StandardCharsets.UTF_8);
  }

  /** What is logged while the kernel sends to us what we drop: it repeats that. */
  private String loggedWhileDropping(String address) {
    return logged(
        () -> {
          KernelPeer peer = KernelPeer.client(kernel, "up", address, "80", "" + BYTES);
          try {
            while (ours.counters().getOrDefault("TcpInCsumErrors", 0L) < 3) {
              Thread.onSpinWait();
            }
          } finally {
            peer.close();
          }
        });
  }

  @ParameterizedTest
  @CsvSource({"10.5.1.2, 10.5.1.1", "fd05:1::2, fd05:1::1"})
  void saysOnceWhyTheKernelOfThisMachineIsNotHeard(String address, String from) {
    kernel.python("offloads.py", "eth1", "tx=1", "tso=1", "gso=1");
    ours.listen(80);
    String log = loggedWhileDropping(address);
    assertThat(log)
        .containsOnlyOnce("PcapLink - ")
        .contains(interfaces.get(0) + ": the TCP checksum of a packet of", "from " + from + " was")
        .contains("ethtool -K PEER tx off tso off gso off");

    // the remedy
    kernel.python("offloads.py", "eth1", "tx=0", "tso=0", "gso=0");
    try (KernelPeer peer = KernelPeer.client(kernel, "up", address, "80", "" + BYTES)) {
      ours.result(ours.accepted(), 60);
      assertThat(peer.result(10)).contains("\"equal\": true");
    }
  }

  @ParameterizedTest
  @CsvSource({"10.5.1.2", "fd05:1::2"})
  void saysOnceThatTheInterfaceMergesWhatItReceives(String address) {
    Shell.run("python3", KernelPeer.script("offloads.py").toString(), interfaces.get(0), "gro=1");
    ours.listen(80);
    String log = loggedWhileDropping(address);
    assertThat(log)
        .containsOnlyOnce("PcapLink - ")
        .contains("longer than the MTU of 1500")
        .contains("\"ethtool -K " + interfaces.get(0) + " gro off lro off\"");
  }

  @Test
  void saysWhyItCannotBeOpened() {
    refused(Reason.NO_INTERFACE, options.get(0), "m4j-none", "");
    refused(Reason.BAD_FILTER, options.get(0), interfaces.get(0), "tcp port nonsense");
  }

  private static void refused(Reason reason, PcapOptions base, String name, String filter) {
    PcapOptions wrong = PcapOptions.on(name, base.mac()).withFilter(filter);
    assertThatExceptionOfType(PcapException.class)
        .isThrownBy(
            () -> PcapLink.open(wrong, PooledByteBufAllocator.DEFAULT, () -> 0, () -> {}).close())
        .satisfies(e -> assertThat(e.reason()).isEqualTo(reason));
  }
}
