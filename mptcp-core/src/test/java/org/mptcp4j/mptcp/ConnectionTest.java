package org.mptcp4j.mptcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mptcp4j.api.BufferRange;
import org.mptcp4j.api.MptcpException;
import org.mptcp4j.api.Protocol;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.mib.Mib;
import org.mptcp4j.pm.LocalAddress;
import org.mptcp4j.pm.Priority;
import org.mptcp4j.pm.RemoteAddress;

/** How connections begin, change their paths and end, in virtual time. */
class ConnectionTest {
  private static final long S = 1_000 * TestNet.MS;
  private static final int MP_CAPABLE = 0;
  private static final int MP_JOIN = 1;
  private static final int DSS = 2;
  private static final int ADD_ADDR = 3;

  private TestNet net;
  private TestApp client;
  private TestApp server;

  @AfterEach
  void close() {
    net.close();
    net.client.apps.forEach(a -> assertThat(a.leaked()).as("client's buffers").isZero());
    net.server.apps.forEach(a -> assertThat(a.leaked()).as("server's buffers").isZero());
  }

  private void start(int paths) {
    start(new TestNet(paths, paths));
  }

  /** Opens a connection that stays open, and lets all joins finish. */
  private void start(TestNet made) {
    start(made, S / 2);
  }

  private void start(TestNet made, long settleNs) {
    net = made;
    net.server.acceptedFinish = false;
    client = net.client.connect(net.server, new TestApp(net).sends(10_000));
    client.finish = false;
    net.run(settleNs);
    server = net.server.apps.get(0);
  }

  private void send(TestApp from, long bytes) {
    from.toSend += bytes;
  }

  private void assertEstablished(int subflows) {
    assertThat(client.connection.protocol()).isEqualTo(Protocol.MPTCP);
    assertThat(client.connection.flows()).hasSize(subflows);
    assertThat(server.connection.flows()).hasSize(subflows);
    assertThat(server.connection.flows()).allMatch(Flow::established);
    assertThat(client.connection.flows()).allMatch(Flow::established);
  }

  private void assertReceived(long up, long down) {
    assertThat(server.received).isEqualTo(up);
    assertThat(client.received).isEqualTo(down);
    assertThat(server.wrongAt).isEqualTo(-1);
    assertThat(client.wrongAt).isEqualTo(-1);
  }

  private void assertOver(SocketError atClient, SocketError atServer) {
    assertThat(client.connection.meta().error()).isEqualTo(atClient);
    assertThat(server.connection.meta().error()).isEqualTo(atServer);
    assertThat(client.connection.done()).isTrue();
    assertThat(server.connection.done()).isTrue();
    assertThat(net.client.tokensInUse() + net.server.tokensInUse()).isZero();
  }

  /** Drops the first so many matching datagrams. */
  private static Predicate<ByteBuf> first(int count, Predicate<ByteBuf> matching) {
    int[] left = {count};
    return d -> left[0] > 0 && matching.test(d) && left[0]-- > 0;
  }

  // ---- beginning

  // RFC 8684 section 3.1: the third ACK may be lost; the first data carries the keys again.
  @Test
  void lostThirdAck() {
    TestNet n = new TestNet(1, 1);
    n.paths[0].drop = first(1, d -> Cutter.hasMptcp(d, MP_CAPABLE) && !Cutter.isSyn(d));
    start(n);
    assertEstablished(1);
    assertReceived(10_000, 0);
  }

  @Test
  void lostThirdAckAndFirstData() {
    TestNet n = new TestNet(1, 1);
    n.paths[0].drop = first(2, d -> Cutter.hasMptcp(d, MP_CAPABLE) && !Cutter.isSyn(d));
    start(n);
    net.run(5 * S);
    assertEstablished(1);
    assertReceived(10_000, 0);
  }

  // RFC 8684 section 3.1: what is no agreement on the SYN is none on the third ACK. The two bytes
  // are those behind kind and length: subtype and version, flags.
  @ParameterizedTest
  @ValueSource(ints = {0x0001, 0x0201, 0x0f01, 0x0141, 0x0100, 0x0140, 0x01c0})
  void thirdAckWithoutAgreementFallsBack(int bytes) {
    TestNet n = new TestNet(1, 1);
    n.paths[0].drop =
        d -> {
          int option = Cutter.isSyn(d) ? -1 : Cutter.mptcp(d, MP_CAPABLE);
          if (option >= 0) {
            d.setShort(option + 2, bytes);
          }
          return false;
        };
    start(n);
    send(server, 20_000);
    net.run(S);
    assertThat(server.connection.protocol()).isEqualTo(Protocol.TCP);
    assertThat(client.connection.protocol()).isEqualTo(Protocol.MPTCP_FALLBACK);
    assertThat(net.server.count(Mib.MP_CAPABLE_FALLBACK_ACK)).isEqualTo(1);
    assertReceived(10_000, 20_000);
  }

  // RFC 8684 section 3.1: a box drops SYNs with the option; the fourth SYN comes without.
  @Test
  void plainSynWhenOptionSeemsToBlock() {
    TestNet n = new TestNet(1, 1);
    n.paths[0].drop = d -> Cutter.isSyn(d) && Cutter.hasMptcp(d, -1);
    start(n, 10 * S);
    assertThat(client.connection.protocol()).isEqualTo(Protocol.TCP);
    assertThat(net.client.count(Mib.MP_CAPABLE_SYN_TX)).isEqualTo(3);
    assertThat(net.client.count(Mib.MP_CAPABLE_SYN_TX_DROP)).isEqualTo(1);
    assertReceived(10_000, 0);
  }

  // RFC 8684 section 3.2: the third ACK of a join is repeated until the fourth arrives.
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void joinSurvivesLossOfItsAcks(int lost) {
    TestNet n = new TestNet(2, 2);
    boolean third = lost == 1;
    n.paths[1].drop = first(2, d -> !Cutter.isSyn(d) && Cutter.hasMptcp(d, third ? MP_JOIN : DSS));
    start(n);
    net.run(5 * S);
    assertEstablished(2);
  }

  // RFC 8684 section 3.7: a join whose options vanish is reset, the connection goes on.
  @Test
  void joinWithoutOptionIsReset() {
    TestNet n = new TestNet(2, 2);
    n.paths[1].stripMptcp = true;
    start(n);
    send(client, 1_000_000);
    net.run(5 * S);
    assertThat(client.connection.flows()).hasSize(1);
    assertReceived(1_010_000, 0);
  }

  @Test
  void limitOfSubflowsHoldsAtBothEnds() {
    TestNet n = new TestNet(4, 4);
    n.server.config = TestHost.config(c -> c.mptcp(m -> m.maxSubflowsAccepted(2)));
    start(n);
    assertThat(server.connection.flows()).hasSize(3);
    assertThat(n.server.count(Mib.MP_JOIN_REJECTED)).isPositive();
  }

  // RFC 8684 section 3.1: flag C forbids joins to the initial address.
  @Test
  void deniedJoinToInitialAddress() {
    TestNet n = new TestNet(2, 2);
    n.server.config = TestHost.config(c -> c.mptcp(m -> m.joinInitialAddress(false)));
    start(n);
    assertEstablished(1);
    assertThat(n.client.count(Mib.MP_JOIN_SYN_TX)).isZero();
  }

  // RFC 8684 section 3.1, flag C: "the receiver MUST NOT try to open any additional subflows toward
  // this address and port", nor does it for the application.
  @Test
  void deniedJoinOfTheApplicationToInitialAddress() throws MptcpException {
    TestNet n = new TestNet(2, 2);
    n.server.config = TestHost.config(c -> c.mptcp(m -> m.joinInitialAddress(false)));
    start(n);
    Paths paths = client.connection.paths("open");
    IpAddress from = n.client.address(1);
    IpAddress first = n.server.address(0);
    int port = client.connection.flows().get(0).tcp().tuple().remotePort();
    assertThatThrownBy(() -> paths.open(n.nowNs(), from, 0, first, port, Priority.NORMAL))
        .isInstanceOfSatisfying(
            MptcpException.class, e -> assertThat(e.error()).isEqualTo(SocketError.ECONNREFUSED));
    assertThat(n.client.count(Mib.MP_JOIN_SYN_TX)).isZero();
    assertThat(paths.open(n.nowNs(), from, 0, first, port + 1, Priority.NORMAL)).isEqualTo(1);
    assertThat(paths.open(n.nowNs(), from, 0, n.server.address(1), port, Priority.NORMAL))
        .isEqualTo(2);
  }

  // ---- addresses

  // RFC 8684 section 3.4.1: an announcement is repeated until it is echoed.
  @Test
  void lostAnnouncementIsRepeated() {
    TestNet n = new TestNet(2, 2);
    n.server.announceAll();
    n.client.locals.remove(1);
    n.server.config = TestHost.config(c -> c.timeouts(t -> t.addAddress(Duration.ofSeconds(1))));
    n.paths[0].drop = first(1, d -> Cutter.hasMptcp(d, ADD_ADDR));
    start(n);
    assertEstablished(1);
    net.run(2 * S);
    assertEstablished(2);
    assertThat(n.server.count(Mib.ADD_ADDR_TX)).isEqualTo(2);
    assertThat(announced(client).id()).isEqualTo(2);
  }

  private static RemoteAddress announced(TestApp at) {
    return at.paths.stream()
        .filter(PathEvent.Announced.class::isInstance)
        .map(event -> ((PathEvent.Announced) event).address())
        .findFirst()
        .orElseThrow();
  }

  // RFC 8684 section 3.4.2: REMOVE_ADDR closes the subflows of an address at both ends.
  @Test
  void removedAddress() {
    start(2);
    send(client, 5_000_000);
    net.client.locals.remove(1);
    client.connection.onLocalAddressGone(net.nowNs(), address(2));
    net.run(10 * S);
    assertEstablished(1);
    assertReceived(5_010_000, 0);
    assertThat(net.server.count(Mib.RM_ADDR)).isEqualTo(1);
  }

  private LocalAddress address(int id) {
    return new LocalAddress(id, net.client.address(id - 1), id - 1);
  }

  private void loseFirstAddress() {
    net.client.locals.remove(0);
    client.connection.onLocalAddressGone(net.nowNs(), address(1));
  }

  @Test
  void removedInitialAddress() {
    start(2);
    send(client, 5_000_000);
    send(server, 5_000_000);
    loseFirstAddress();
    net.run(20 * S);
    assertThat(client.connection.flows()).hasSize(1);
    assertReceived(5_010_000, 5_000_000);
  }

  // ---- priorities

  // RFC 8684 section 3.3.8: backup paths carry data only when no other path is usable.
  @Test
  void backupIsUsedOnlyWhenNeeded() {
    TestNet n = new TestNet(2, 2);
    n.client.makeBackup(1);
    start(n);
    send(client, 3_000_000);
    send(server, 3_000_000);
    net.run(2 * S);
    assertThat(n.paths[1].bytes).isLessThan(5_000);
    n.paths[0].up = false;
    send(client, 1_000_000);
    net.run(10 * S);
    assertReceived(4_010_000, 3_000_000);
  }

  @Test
  void priorityChangesInMidConnection() throws Exception {
    start(2);
    client.connection.paths("test").setPriority(0, Priority.BACKUP);
    net.run(S);
    assertThat(server.connection.cb().orElseThrow().master().remoteBackup()).isTrue();
    long before = net.paths[0].bytes;
    send(server, 1_000_000);
    net.run(S);
    assertReceived(10_000, 1_000_000);
    assertThat(net.paths[0].bytes - before).isLessThan(5_000);
  }

  // ---- ending

  // RFC 8684 section 3.5: MP_FASTCLOSE on every subflow.
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void abort(boolean byClient) {
    start(2);
    send(client, 1_000_000);
    net.run(20 * TestNet.MS);
    (byClient ? client : server).connection.meta().abort();
    net.run(S);
    assertOver(
        byClient ? SocketError.ECONNABORTED : SocketError.ECONNRESET,
        byClient ? SocketError.ECONNRESET : SocketError.ECONNABORTED);
    TestHost receiver = byClient ? net.server : net.client;
    assertThat(receiver.count(Mib.MP_FASTCLOSE_RX)).isPositive();
  }

  @Test
  void closeWithUnreadDataAborts() {
    start(1);
    server.reading = false;
    send(client, 50_000);
    net.run(S);
    server.connection.meta().close();
    net.run(S);
    assertOver(SocketError.ECONNRESET, SocketError.ECONNABORTED);
  }

  @Test
  void oneThatIsReleasedIsNotEstablishedAnyMore() {
    start(2);
    net.run(S);
    assertThat(net.server.count(Mib.MP_CURR_ESTAB)).isOne();
    server.connection.release();
    assertThat(net.server.count(Mib.MP_CURR_ESTAB)).isZero();
    server.connection.release();
    assertThat(net.server.count(Mib.MP_CURR_ESTAB)).isZero();
  }

  // RFC 8684 section 3.3.3: half close.
  @Test
  void halfCloseLetsTheOtherDirectionGoOn() {
    start(2);
    client.finish = true;
    client.closeAtEnd = false;
    net.run(S);
    assertThat(server.connection.meta().endOfStream()).isTrue();
    assertThat(client.connection.meta().life()).isEqualTo(Life.FIN_WAIT_2);
    send(server, 1_000_000);
    server.finish = true;
    net.run(5 * S);
    assertReceived(10_000, 1_000_000);
    assertOver(SocketError.NONE, SocketError.NONE);
    assertThat(client.had(ConnectionEvents.CLOSED | ConnectionEvents.END_OF_STREAM)).isTrue();
  }

  // RFC 8684 section 3.3.1: a window that closes opens again, even when the news is lost.
  @Test
  void closedWindowIsProbed() {
    TestNet n = new TestNet(2, 2);
    n.server.config = TestHost.config(c -> c.buffers(b -> b.receive(BufferRange.fixed(64 << 10))));
    start(n);
    server.reading = false;
    send(client, 300_000);
    net.run(5 * S);
    assertThat(server.connection.meta().readableBytes()).isBetween(60_000L, 67_000L);
    n.paths[0].up = false;
    n.paths[1].up = false;
    server.reading = true;
    net.run(S);
    n.paths[0].up = true;
    n.paths[1].up = true;
    net.run(30 * S);
    assertReceived(310_000, 0);
    assertThat(n.client.count(Mib.WIN_PROBE)).isPositive();
  }

  @Test
  void withoutSubflowItWaitsForANewOne() {
    start(1);
    loseFirstAddress();
    send(client, 100_000);
    net.run(10 * S);
    assertThat(client.connection.flows()).isEmpty();
    assertThat(server.connection.meta().error()).isEqualTo(SocketError.NONE);
    net.client.locals.add(0, address(1));
    client.connection.onLocalAddressAdded(net.nowNs(), address(1));
    net.run(5 * S);
    assertReceived(110_000, 0);
  }

  @Test
  void withoutSubflowItTimesOut() {
    start(1);
    loseFirstAddress();
    net.run(61 * S);
    assertOver(SocketError.ETIMEDOUT, SocketError.ETIMEDOUT);
  }

  @Test
  void linkThatGoesDownAndComesBack() {
    start(2);
    net.paths[0].bitsPerSecond = 20_000_000;
    net.paths[1].bitsPerSecond = 20_000_000;
    send(client, 10_000_000);
    net.run(S);
    net.paths[1].up = false;
    client.connection.onLinkDown(net.nowNs(), 1);
    net.run(S);
    long before = net.paths[1].bytes;
    net.paths[1].up = true;
    client.connection.onLinkUp(net.nowNs(), 1);
    net.run(10 * S);
    assertReceived(10_010_000, 0);
    assertThat(net.paths[1].bytes).isGreaterThan(before + 100_000);
  }

  // RFC 8684 section 3.7: wrong checksums are not delivered.
  @Test
  void corruptionIsFoundByTheChecksum() {
    TestNet n = new TestNet(2, 2);
    n.client.config = TestHost.config(c -> c.mptcp(m -> m.checksumRequired(true)));
    start(n);
    int[] left = {1};
    n.paths[1].drop =
        d -> {
          if (Cutter.payload(d) > 100 && left[0]-- > 0) {
            d.setByte(d.writerIndex() - 5, d.getByte(d.writerIndex() - 5) ^ 0x55);
          }
          return false;
        };
    send(client, 3_000_000);
    net.run(10 * S);
    assertThat(n.server.count(Mib.DATA_CSUM_ERR)).isEqualTo(1);
    assertReceived(3_010_000, 0);
  }
}
