package org.mptcp4j.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mptcp4j.link.sim.SimNetwork.seconds;
import static org.mptcp4j.stack.TwoHosts.at;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mptcp4j.api.MptcpMode;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.api.SubflowInfo;
import org.mptcp4j.link.packet.ChecksumState;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.wire.IcmpError;
import org.mptcp4j.wire.InternetChecksum;
import org.mptcp4j.wire.RxSegment;

/** What ICMP errors do to connections of a stack, true ones and forged ones. */
class PathMtuTest {
  private static final int BYTES = 6_000;

  private TwoHosts hosts = new TwoHosts(StackConfig.defaults());
  private final RxSegment view = new RxSegment();
  private ByteBuf inFlight; // a full packet of the client that has not arrived yet
  private MptcpSocket socket;

  @AfterEach
  void nothingLeaks() {
    if (inFlight != null) {
      inFlight.release();
    }
    hosts.close();
  }

  private static InetSocketAddress server(boolean v4) {
    return at(v4 ? TwoHosts.SERVER_V4 : TwoHosts.SERVER_V6, 7);
  }

  /** Connects and writes, so that the first full packet is on its way. */
  private void write(boolean v4) throws Exception {
    hosts.server.listen(server(v4), 8);
    hosts
        .link
        .from(hosts.clientHost)
        .tapSent(
            (now, packet) -> {
              if (inFlight == null && packet.length() > 1400) {
                inFlight = packet.linearize(ByteBufAllocator.DEFAULT);
              }
            });
    socket = hosts.client.connect(hosts.net.nowNs(), server(v4));
    hosts.await(() -> hosts.accepted.size() == 1);
    hosts.write(socket, "x".repeat(BYTES));
    hosts.await(() -> inFlight != null);
  }

  private SubflowInfo subflow(MptcpSocket of) {
    return of.info().subflows().get(0);
  }

  /** Tells the client about a packet, as a router would. */
  private void report(IcmpError.Kind kind, int mtu, ByteBuf packet) {
    boolean v4 = packet.getByte(packet.readerIndex()) >>> 4 == 4;
    IpAddress router = IpAddress.parse(v4 ? "10.0.1.254" : "fd00:1::254");
    ByteBuf icmp = IcmpError.encode(kind, mtu, router, packet, ByteBufAllocator.DEFAULT);
    new RawHost(hosts.client).send(hosts.net.nowNs(), icmp);
    hosts.wake();
  }

  private void tooBig(int mtu) {
    report(IcmpError.Kind.PACKET_TOO_BIG, mtu, inFlight);
  }

  /** The packet in flight with other bytes at that place of its TCP header. */
  private ByteBuf forged(int tcpOffset, int add) {
    ByteBuf copy = inFlight.copy();
    view.parse(inFlight, ChecksumState.PARTIAL, 0);
    int at = view.upperIndex() - inFlight.readerIndex() + copy.readerIndex() + tcpOffset;
    copy.setInt(at, copy.getInt(at) + add);
    return copy;
  }

  private void expectNothingHappened() {
    assertThat(subflow(socket).pathMtu()).isEqualTo(1500);
    hosts.await(() -> hosts.received.length() == BYTES);
    assertThat(subflow(socket).bytesRetransmitted()).isZero();
    assertThat(subflow(socket).pathMtu()).isEqualTo(1500);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aCredibleReportIsBelieved(boolean v4) throws Exception {
    write(v4);
    tooBig(1300);
    assertThat(subflow(socket).pathMtu()).isEqualTo(1300);
    hosts.await(() -> hosts.received.length() == BYTES);
    assertThat(subflow(socket).retransmissionTimeouts()).isZero();
    String counter = v4 ? "IcmpInDestUnreachs" : "Icmp6InPktTooBigs";
    assertThat(hosts.client.counters()).containsEntry(counter, 1L);
  }

  @Test
  void otherConnectionsToTheSameHostBeginWithItForAWhile() throws Exception {
    write(true);
    tooBig(1300);
    MptcpSocket soon = hosts.client.connect(hosts.net.nowNs(), server(true));
    assertThat(subflow(soon).pathMtu()).isEqualTo(1300);
    MptcpSocket elsewhere = hosts.client.connect(hosts.net.nowNs(), server(false));
    assertThat(subflow(elsewhere).pathMtu()).isEqualTo(1500);
    // RFC 8201 section 4: 10 minutes.
    hosts.net.runFor(seconds(601));
    MptcpSocket later = hosts.client.connect(hosts.net.nowNs(), server(true));
    assertThat(subflow(later).pathMtu()).isEqualTo(1500);
  }

  @ParameterizedTest
  @CsvSource({"true,67", "true,1500", "true,65535", "false,0", "false,1279", "false,1500"})
  void whatNoRouterCanMeanDoesNothing(boolean v4, int mtu) throws Exception {
    write(v4);
    tooBig(mtu);
    expectNothingHappened();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aWrongSequenceNumberDoesNothing(boolean v4) throws Exception {
    write(v4);
    for (int off : new int[] {-100_000, -3_000, 10_000, 1_000_000, 1 << 31}) {
      ByteBuf wrong = forged(4, off);
      report(IcmpError.Kind.PACKET_TOO_BIG, 1300, wrong);
      wrong.release();
    }
    assertThat(hosts.client.counters()).containsEntry("TcpExtOutOfWindowIcmps", 5L);
    expectNothingHappened();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 1 << 16})
  void aWrongPortDoesNothing(int add) throws Exception {
    write(true);
    ByteBuf wrong = forged(0, add);
    report(IcmpError.Kind.PACKET_TOO_BIG, 1300, wrong);
    wrong.release();
    assertThat(hosts.client.counters()).containsEntry("IcmpInErrors", 1L);
    expectNothingHappened();
  }

  @Test
  void aFloodDoesNothing() throws Exception {
    write(true);
    for (int i = 0; i < 10_000; i++) {
      ByteBuf wrong = forged(4, 7_000 + i * 31_337);
      report(IcmpError.Kind.PACKET_TOO_BIG, 552 + i % 900, wrong);
      wrong.release();
    }
    expectNothingHappened();
  }

  @Test
  void aFloodOfCredibleReportsRepeatsTheFlightOnce() throws Exception {
    write(true);
    for (int i = 0; i < 10_000; i++) {
      tooBig(1300);
    }
    hosts.await(() -> hosts.received.length() == BYTES);
    assertThat(subflow(socket).bytesRetransmitted()).isLessThanOrEqualTo(BYTES);
  }

  @Test
  void aTinyClaimIsTakenForTheFloor() throws Exception {
    write(true);
    tooBig(68);
    assertThat(subflow(socket).pathMtu()).isEqualTo(552);
    hosts.await(() -> hosts.received.length() == BYTES);
  }

  @Test
  void theFloorIsAChoice() throws Exception {
    hosts.close();
    hosts = new TwoHosts(StackConfig.builder().tcp(t -> t.leastPathMtu(1000)).build());
    write(true);
    tooBig(600);
    assertThat(subflow(socket).pathMtu()).isEqualTo(1000);
    assertThatThrownBy(() -> StackConfig.builder().tcp(t -> t.leastPathMtu(199)).build())
        .hasMessageContaining("200 to 1500");
  }

  // ---- RFC 1122 section 4.2.3.9: soft errors

  private void plainTcpThatGivesUpSoon() throws Exception {
    hosts.close();
    hosts =
        new TwoHosts(
            StackConfig.builder().mptcp(MptcpMode.DISABLED).tcp(t -> t.retries(3)).build());
    write(true);
  }

  @ParameterizedTest
  @CsvSource({
    "NETWORK_UNREACHABLE,  EHOSTUNREACH",
    "HOST_UNREACHABLE,     EHOSTUNREACH",
    "PROHIBITED,           EHOSTUNREACH",
    "TIME_EXCEEDED,        EHOSTUNREACH",
    "PORT_UNREACHABLE,     ECONNREFUSED",
    "PROTOCOL_UNREACHABLE, ENOPROTOOPT",
    "PARAMETER_PROBLEM,    EPROTO",
  })
  void aTimeoutTellsWhatARouterHadSaid(IcmpError.Kind kind, SocketError error) throws Exception {
    plainTcpThatGivesUpSoon();
    hosts.link.blackhole();
    report(kind, 0, inFlight);
    assertThat(socket.error()).isEqualTo(SocketError.NONE);
    hosts.await(() -> socket.state() == MptcpSocket.State.CLOSED);
    assertThat(socket.error()).isEqualTo(error);
  }

  @Test
  void butNotWhenThePeerWasHeardSince() throws Exception {
    plainTcpThatGivesUpSoon();
    report(IcmpError.Kind.HOST_UNREACHABLE, 0, inFlight);
    hosts.await(() -> hosts.received.length() == BYTES);
    hosts.link.blackhole();
    hosts.write(socket, "more");
    hosts.await(() -> socket.state() == MptcpSocket.State.CLOSED);
    assertThat(socket.error()).isEqualTo(SocketError.ETIMEDOUT);
  }

  @Test
  void aSourceQuenchDoesNothing() throws Exception {
    // RFC 9293 section 3.9.2.2 (MUST-55): it is discarded, and nobody answers it.
    write(true);
    long window = subflow(socket).cwndBytes();
    ByteBuf icmp =
        IcmpError.encode(
            IcmpError.Kind.HOST_UNREACHABLE,
            0,
            IpAddress.parse("10.0.1.254"),
            inFlight,
            ByteBufAllocator.DEFAULT);
    int at = icmp.readerIndex() + 20;
    icmp.setShort(at, 4 << 8).setShort(at + 2, 0);
    int sum = InternetChecksum.sum(icmp, at, icmp.readableBytes() - 20);
    icmp.setShort(at + 2, InternetChecksum.finish(sum));
    RawHost router = new RawHost(hosts.client);
    router.send(hosts.net.nowNs(), icmp);
    assertThat(subflow(socket).cwndBytes()).isEqualTo(window);
    assertThat(socket.error()).isEqualTo(SocketError.NONE);
    hosts.wake();
    expectNothingHappened();
  }
}
