package org.mptcp4j.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.api.SocketOptions;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.api.SubflowInfo;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.pm.Priority;

/** How the paths of a connection to the host's kernel are used, found, and lost. */
@Interop
class PathsTest {
  private static final long BYTES = 64L << 20;
  private static final int MEGABITS = 200;

  private Netns kernel;
  private StackHost ours;

  @BeforeEach
  void start() {
    kernel = Netns.create();
  }

  private void start(StackConfig config) throws IOException {
    ours =
        StackHost.start(
            kernel, config, "m4j0:10.1.0.2/24,fd01::2/64", "m4j1:10.2.0.2/24,fd02::2/64");
    kernel.routeFrom("10.2.0.1", "m4j1", 2);
    kernel.routeFrom("fd02::1", "m4j1", 2);
  }

  @AfterEach
  void stop() {
    ours.close();
    kernel.close();
  }

  private void limitRates() {
    for (String device : new String[] {"m4j0", "m4j1"}) {
      kernel.rate(device, MEGABITS);
      kernel.rateIncoming(device, MEGABITS);
    }
  }

  private static Transfer transfer(MptcpSocket socket, String direction) {
    return direction.equals("up") ? Transfer.up(socket, BYTES) : Transfer.down(socket, BYTES);
  }

  private static void intact(Transfer.Result result, String direction) {
    assertThat(result.error()).isEqualTo(SocketError.NONE);
    assertThat(direction.equals("up") ? result.peerGotOurs() : result.weGotTheirs()).isTrue();
  }

  /** Bytes that crossed a link towards the receiver of the transfer. */
  private long bytesOn(int link, boolean sentByUs) {
    var counters = ours.link(link).counters();
    return sentByUs ? counters.txBytes() : counters.rxBytes();
  }

  private void bothPathsCarryTheirShare(boolean sentByUs) {
    long first = bytesOn(0, sentByUs);
    long second = bytesOn(1, sentByUs);
    assertThat(Math.min(first, second) / (double) (first + second))
        .as("share of the lesser path of " + first + " and " + second + " bytes")
        .isGreaterThanOrEqualTo(0.3);
  }

  @ParameterizedTest
  @CsvSource({"10.1.0.1, up", "10.1.0.1, down", "fd01::1, up", "fd01::1, down"})
  void clientUsesEqualPathsAlike(String address, String direction) throws IOException {
    start(StackConfig.defaults());
    limitRates();
    try (KernelPeer peer = KernelPeer.serveFor(kernel, address, "80")) {
      intact(ours.result(ours.connect(address, 80, s -> transfer(s, direction)), 60), direction);
      assertThat(peer.line(10)).contains("\"mptcp\": true");
    }
    bothPathsCarryTheirShare(direction.equals("up"));
  }

  @ParameterizedTest
  @CsvSource({"10.1.0.2, up", "10.1.0.2, down", "fd01::2, up", "fd01::2, down"})
  void serverUsesEqualPathsAlike(String address, String direction) throws IOException {
    start(StackConfig.defaults());
    limitRates();
    kernel.endpoint(address.startsWith("fd") ? "fd02::1" : "10.2.0.1", "m4j1", "subflow");
    ours.listen(80);
    try (KernelPeer peer = KernelPeer.client(kernel, direction, address, "80", "" + BYTES)) {
      ours.result(ours.accepted(), 60);
      assertThat(peer.result(20)).contains("\"equal\": true", "\"mptcp\": true");
    }
    bothPathsCarryTheirShare(direction.equals("down"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.1.0.2", "fd01::2"})
  void kernelJoinsTheAddressThatOurServerAnnounces(String address) throws IOException {
    start(StackConfig.builder().mptcp(m -> m.announceAddresses(true)).build());
    limitRates();
    ours.listen(80);
    try (KernelPeer peer = KernelPeer.client(kernel, "up", address, "80", "" + BYTES)) {
      assertThat(ours.result(ours.accepted(), 60).error()).isEqualTo(SocketError.NONE);
      assertThat(peer.result(20)).contains("\"equal\": true", "\"mptcp\": true");
    }
    Map<String, Long> counters = kernel.counters();
    assertThat(counters.get("MPTcpExtAddAddr")).isPositive();
    assertThat(counters.get("MPTcpExtEchoAddTx")).isEqualTo(counters.get("MPTcpExtAddAddr"));
    assertThat(counters.get("MPTcpExtMPJoinSynAckRx")).isPositive();
    assertThat(counters.get("MPTcpExtAddAddrDrop")).isZero();
    assertThat(ours.counters()).containsKey("MPTcpExtEchoAdd");
  }

  @ParameterizedTest
  @CsvSource({"10.1.0.1, 10.2.0.1, 1", "fd01::1, fd02::1, 1", "10.1.0.1, 10.2.0.1, 0"})
  void weJoinTheAddressThatTheKernelAnnounces(String address, String second, String joinInitial)
      throws IOException {
    start(StackConfig.defaults());
    limitRates();
    kernel.sysctl("net.mptcp.allow_join_initial_addr_port", joinInitial);
    kernel.endpoint(second, "m4j1", "signal");
    try (KernelPeer peer = KernelPeer.serveFor(kernel, address, "80")) {
      intact(ours.result(ours.connect(address, 80, s -> Transfer.up(s, BYTES)), 60), "up");
      assertThat(peer.line(10)).contains("\"mptcp\": true");
    }
    Map<String, Long> counters = kernel.counters();
    assertThat(counters.get("MPTcpExtEchoAdd")).isEqualTo(1);
    assertThat(counters.get("MPTcpExtMPJoinAckRx")).isPositive();
    assertThat(counters.get("MPTcpExtMPJoinRejected")).isZero();
    assertThat(ours.counters()).containsEntry("MPTcpExtAddAddr", 1L);
  }

  @ParameterizedTest
  @CsvSource({"10.1.0.1, up", "10.1.0.1, down", "fd01::1, up", "fd01::1, down"})
  void transferOfOurClientSurvivesTheLossOfALink(String address, String direction)
      throws IOException {
    start(StackConfig.defaults());
    limitRates();
    try (KernelPeer peer = KernelPeer.serveFor(kernel, address, "80")) {
      Transfer transfer =
          ours.connect(
              address, 80, s -> transfer(s, direction).at(BYTES / 2, () -> goDown("m4j1")));
      intact(ours.result(transfer, 60), direction);
      assertThat(peer.line(10)).contains("\"mptcp\": true");
    }
  }

  @ParameterizedTest
  @CsvSource({"10.1.0.2, up", "10.1.0.2, down"})
  void transferOfOurServerSurvivesTheLossOfTheFirstLink(String address, String direction)
      throws IOException {
    start(StackConfig.defaults());
    limitRates();
    kernel.endpoint("10.2.0.1", "m4j1", "subflow");
    ours.listen(80);
    try (KernelPeer peer = KernelPeer.client(kernel, direction, address, "80", "" + BYTES)) {
      Transfer transfer = ours.accepted();
      ours.call(() -> transfer.at(BYTES / 2, () -> goDown("m4j0")));
      ours.result(transfer, 60);
      assertThat(peer.result(20)).contains("\"equal\": true");
    }
  }

  private void goDown(String device) {
    kernel.run("ip", "link", "set", device, "down");
  }

  @Test
  void addressTakenAwayIsToldToTheKernel() throws IOException {
    start(StackConfig.defaults());
    limitRates();
    try (KernelPeer peer = KernelPeer.serveFor(kernel, "10.1.0.1", "80")) {
      Transfer transfer = ours.connect("10.1.0.1", 80, s -> Transfer.up(s, BYTES));
      ours.call(
          () ->
              transfer.at(
                  BYTES / 4,
                  () ->
                      ours.stack().removeAddress(System.nanoTime(), IpAddress.parse("10.2.0.2"))));
      intact(ours.result(transfer, 60), "up");
      assertThat(peer.line(10)).contains("\"mptcp\": true");
    }
    assertThat(ours.counters()).containsEntry("MPTcpExtRmAddrTx", 1L);
    assertThat(kernel.counters().get("MPTcpExtRmAddr")).isEqualTo(1);
  }

  /** Everything by our application; the kernel's counters say that it understood. */
  @ParameterizedTest
  @CsvSource({"10.1.0.1, 10.2.0.2", "fd01::1, fd02::2"})
  void theKernelFollowsPathsThatOurApplicationManages(String address, String second)
      throws IOException {
    start(StackConfig.defaults());
    limitRates();
    InetSocketAddress from = new InetSocketAddress(second, 0);
    SocketOptions byHand = SocketOptions.builder().pathManager("application").build();
    try (KernelPeer peer = KernelPeer.serveFor(kernel, address, "80")) {
      Transfer transfer = ours.connect(address, 80, byHand, s -> Transfer.up(s, BYTES));
      ours.call(() -> transfer.at(BYTES / 4, () -> openThenChange(transfer, from)));
      intact(ours.result(transfer, 60), "up");
      assertThat(peer.line(10)).contains("\"mptcp\": true");
    }
    assertThat(kernel.counters())
        .containsEntry("MPTcpExtMPPrioRx", 1L)
        .containsEntry("MPTcpExtAddAddr", 1L)
        .containsEntry("MPTcpExtEchoAddTx", 1L)
        .containsEntry("MPTcpExtRmAddr", 1L)
        .containsEntry("MPTcpExtMPJoinRejected", 0L);
    assertThat(kernel.counters().get("MPTcpExtMPJoinAckRx")).isEqualTo(1);
    assertThat(ours.counters()).containsEntry("MPTcpExtEchoAdd", 1L);
    assertThat(bytesOn(1, true)).isGreaterThan(BYTES / 20);
  }

  private static void openThenChange(Transfer transfer, InetSocketAddress from) {
    MptcpSocket socket = transfer.socket();
    int id =
        unchecked(
            () ->
                socket.openSubflow(
                    System.nanoTime(), from, socket.remoteAddress(), Priority.NORMAL));
    transfer.at(
        BYTES / 2,
        () -> {
          unchecked(() -> setBackupAndAnnounce(socket, id, from));
          transfer.at(BYTES * 3 / 4, () -> unchecked(() -> closeAndWithdraw(socket, id, from)));
        });
  }

  private static int setBackupAndAnnounce(MptcpSocket socket, int id, InetSocketAddress address)
      throws IOException {
    assertThat(socket.subflow(id).orElseThrow().state()).isEqualTo(SubflowInfo.State.ESTABLISHED);
    socket.setPriority(id, Priority.BACKUP);
    socket.announceAddress(address);
    return id;
  }

  private static int closeAndWithdraw(MptcpSocket socket, int id, InetSocketAddress address)
      throws IOException {
    socket.closeSubflow(id);
    socket.withdrawAddress(IpAddress.of(address.getAddress()));
    return id;
  }

  private static <T> T unchecked(Callable<T> call) {
    try {
      return call.call();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
