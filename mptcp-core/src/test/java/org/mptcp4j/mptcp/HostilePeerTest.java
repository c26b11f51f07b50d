package org.mptcp4j.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mptcp4j.api.Protocol;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.mib.Mib;
import org.mptcp4j.pm.LocalAddress;
import org.mptcp4j.pm.Priority;
import org.mptcp4j.tcp.FourTuple;
import org.mptcp4j.wire.Dss;
import org.mptcp4j.wire.MpFail;
import org.mptcp4j.wire.MpJoinSyn;
import org.mptcp4j.wire.RemoveAddr;
import org.mptcp4j.wire.TcpFlags;
import org.mptcp4j.wire.TxSegment;

/** A peer that has the keys and breaks the rules: forged segments beside a real connection. */
class HostilePeerTest {
  private static final long S = 1_000 * TestNet.MS;

  private TestNet net;
  private TestApp client;
  private TestApp server;

  private void start(int paths) {
    net = new TestNet(paths, paths);
    net.server.acceptedFinish = false;
    client = net.client.connect(net.server, new TestApp(net).sends(10_000));
    client.finish = false;
    net.run(S / 2);
    server = net.server.apps.get(0);
  }

  @AfterEach
  void close() {
    net.close();
  }

  private ByteBuf forge(TestHost to, Flow by, Consumer<TxSegment> changes) {
    return ForgedPeer.forge(net, to, by, changes);
  }

  /** By MP_FAIL, or by an infinite mapping. */
  private void askToFallBack(Flow by, boolean fail) {
    long next = server.connection.meta().window().next();
    forge(
        net.server,
        by,
        s -> {
          if (fail) {
            s.options().mptcp(new MpFail(next));
          } else {
            s.options().dss(Dss.MAP | Dss.DSN64, 0, next, 1, 0);
            s.addPayload(Unpooled.wrappedBuffer(new byte[1]), 0, 1);
          }
        });
  }

  private static int polls(TestNet net, TestHost host, TestApp app) {
    TxSegment out = new TxSegment();
    int count = 0;
    while (count < 100 && app.connection.pollTransmit(net.nowNs(), out)) {
      out.clear();
      count++;
    }
    return count;
  }

  /** Both ends have finished at the data level; the server's subflow has not. */
  private void closedAtTheServer() {
    start(1);
    net.paths[0].up = false;
    MetaSock meta = server.connection.meta();
    meta.close();
    net.run(TestNet.MS);
    long end = meta.fin().dsn() + 1;
    int flags = Dss.ACK | Dss.ACK64 | Dss.MAP | Dss.DSN64 | Dss.DATA_FIN;
    Flow real = client.connection.flows().get(0);
    forge(net.server, real, s -> s.options().dss(flags, end, meta.window().next(), 0, 1));
    net.run(TestNet.MS);
    assertThat(meta.life()).isEqualTo(Life.CLOSED);
  }

  @Test
  void dataBehindTheDataFinIsNotKept() {
    closedAtTheServer();
    Flow real = client.connection.flows().get(0);
    MetaSock meta = server.connection.meta();
    long end = meta.fin().dsn() + 1;
    long next = meta.window().next();
    server.reading = false;
    int ssn = real.tcp().sndNxt() - real.tcp().iss();
    ByteBuf late =
        forge(
            net.server,
            real,
            s -> {
              s.options().dssAck64Map64(end, next, ssn, 1000);
              s.addPayload(Unpooled.wrappedBuffer(new byte[1000]), 0, 1000);
            });
    net.run(600 * S);
    assertThat(server.connection.done()).isTrue();
    assertThat(late.refCnt()).isZero();
  }

  @Test
  void dataFinAcknowledgedBeforeItLeftIsNotSentForEver() {
    net = new TestNet(1, 1);
    net.server.acceptedFinish = false;
    client = net.client.connect(net.server, new TestApp(net).sends(100));
    client.finish = false;
    int[] fromServer = {0};
    net.paths[0].drop = d -> d.getByte(d.readerIndex() + 15) == 2 && fromServer[0]++ > 0;
    net.run(12 * TestNet.MS);
    server = net.server.apps.get(0);
    client.toSend += 10 * client.connection.flows().get(0).tcp().payloadMss();
    client.finish = true;
    net.run(TestNet.MS);
    assertThat(client.connection.flows().get(0).tcp().unsentBytes()).isPositive();
    long end = client.connection.meta().fin().dsn() + 1;
    Flow here = client.connection.flows().get(0);
    Flow there = server.connection.flows().get(0);
    forge(net.client, there, s -> s.ack(here.tcp().sndUna()).options().dssAck64(end));
    net.client.pump();
    forge(net.client, there, s -> s.ack(here.tcp().sndNxt()).options().dssAck64(end));
    assertThat(polls(net, net.client, client)).isLessThan(20);
  }

  // RFC 8684 section 3.7: only one subflow that always was the only one can fall back.
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aSubflowThatWasNotTheOnlyOneDoesNotFallBack(boolean fail) {
    start(2);
    LocalAddress first = net.client.locals.remove(0);
    client.connection.onLocalAddressGone(net.nowNs(), first);
    net.run(S);
    assertThat(server.connection.flows()).hasSize(1);
    Flow real = client.connection.flows().get(0);
    askToFallBack(real, fail);
    assertThat(server.connection.protocol()).isEqualTo(Protocol.MPTCP);
    net.server.pump();
    assertThat(server.connection.flows()).isEmpty();
  }

  // Where there are two subflows nothing falls back, and nobody is told that it did.
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aFallbackThatIsRefusedIsNone(boolean fail) {
    start(2);
    net.paths[1].up = false;
    Flow real = client.connection.flows().get(1);
    askToFallBack(real, fail);
    net.server.pump();
    assertThat(server.connection.flows()).hasSize(1);
    assertThat(net.server.count(Mib.FALLBACK_FAILED) + net.server.count(Mib.DSS_NOT_MATCHING))
        .isOne();
    assertThat(server.connection.protocol()).isEqualTo(Protocol.MPTCP);
    assertThat(server.connection.info(1).mptcp().fallback()).isFalse();
  }

  /** Each is right, and closed by the peer at once, which then never acknowledges our FIN. */
  @Test
  void subflowsThatNeverFinishClosingAreBounded() throws Exception {
    start(2);
    FourTuple ends = client.connection.tuple();
    net.paths[1].drop = d -> !Cutter.isFromClient(d) && (d.getByte(33) & TcpFlags.FIN) != 0;
    int most = 0;
    for (int i = 0; i < 60; i++) {
      List<? extends Flow> flows = client.connection.flows();
      Flow join = flows.get(flows.size() - 1);
      join.tcp().shutdownOutput();
      net.run(S / 10);
      net.paths[1].up = false; // That we know nothing of it any more is lost, too.
      join.tcp().abort();
      net.run(S / 10);
      net.paths[1].up = true;
      client
          .connection
          .paths("open a subflow")
          .open(
              net.nowNs(),
              net.client.address(1),
              0,
              ends.remote(),
              ends.remotePort(),
              Priority.NORMAL);
      net.client.pump();
      net.run(S / 10);
      most = Math.max(most, server.connection.flows().size());
    }
    assertThat(most).isBetween(10, 2 * 9 + 8 + 1);
    assertThat(server.connection.meta().error()).isEqualTo(SocketError.NONE);
  }

  @Test
  void aSubflowThatIsClosingDoesNotFallBack() {
    start(1);
    net.paths[0].up = false;
    Flow real = client.connection.flows().get(0);
    long next = server.connection.meta().window().next();
    server.connection.cb().orElseThrow().master().close(CloseReason.PEER_FIN);
    forge(net.server, real, s -> s.options().mptcp(new MpFail(next)));
    assertThat(server.connection.protocol()).isEqualTo(Protocol.MPTCP);
  }

  /** What was sent arrives, by TCP but not at the data level; later the peer says MP_FAIL. */
  private void acknowledgedByTcpAloneAndThenFailed(long laterNs) {
    start(1);
    net.paths[0].up = false;
    server.toSend = 5_000;
    net.server.pump();
    Flow here = server.connection.flows().get(0);
    Flow real = client.connection.flows().get(0);
    long una = server.connection.meta().tx().una();
    for (long timeNs = 0; timeNs < laterNs; timeNs += S) {
      // It answers what it is asked before anything is repeated.
      forge(net.server, real, s -> s.ack(here.tcp().sndNxt()).options().dssAck64(una));
      net.run(S);
    }
    long next = server.connection.meta().window().next();
    forge(net.server, real, s -> s.options().mptcp(new MpFail(next)));
  }

  @Test
  void afterADataLevelRetransmissionThereIsNoFallback() {
    acknowledgedByTcpAloneAndThenFailed(20 * S);
    assertThat(server.connection.protocol()).isEqualTo(Protocol.MPTCP);
  }

  // What is repeated on the only subflow would be in the stream twice for a peer that finds no
  // mappings any more, and goes on with the bytes as they are: first TCP repairs, and the peer has
  // the time to say so.
  @Test
  void nothingIsRepeatedOnTheOnlySubflowAsLongAsThePeerMayFallBack() {
    acknowledgedByTcpAloneAndThenFailed(S);
    assertThat(server.connection.protocol()).isEqualTo(Protocol.MPTCP_FALLBACK);
  }

  @Test
  void whatPathManagersAreToldIsBounded() {
    closedAtTheServer();
    Flow real = client.connection.flows().get(0);
    for (int i = 0; i < 2_000; i++) {
      forge(net.server, real, s -> s.options().mptcp(RemoveAddr.of(7)));
      net.server.pump();
    }
    assertThat(server.connection.cb().orElseThrow().pathSession().waiting()).isLessThan(1_000);
  }

  // RFC 8684 section 3.2: a join counts when its HMAC has come; until then anybody may be the peer.
  @ParameterizedTest
  @ValueSource(ints = {1, 8})
  void joinsThatAreNeverCompletedKeepNoRealOneOut(int maxSubflows) {
    net = new TestNet(1, 2);
    net.server.config = TestHost.config(c -> c.mptcp(m -> m.maxSubflowsAccepted(maxSubflows)));
    net.server.acceptedFinish = false;
    LocalAddress second = net.client.locals.remove(1);
    client = net.client.connect(net.server, new TestApp(net).sends(10_000));
    client.finish = false;
    net.run(S / 2);
    server = net.server.apps.get(0);
    int token = server.connection.cb().orElseThrow().localToken();
    Flow real = client.connection.flows().get(0);
    for (int port = 1; port <= 40; port++) {
      MpJoinSyn join = new MpJoinSyn(false, 9, token, 1);
      int from = port;
      forge(
          net.server, real, s -> s.srcPort(from).ack(0).flags(TcpFlags.SYN).options().mptcp(join));
      assertThat(server.connection.flows()).hasSizeLessThanOrEqualTo(1 + 8);
    }
    assertThat(net.server.rejectedJoins).isZero();
    net.run(S / 2);
    net.client.locals.add(second);
    client.connection.onLocalAddressAdded(net.nowNs(), second);
    net.run(S / 2);
    assertThat(server.connection.flows()).filteredOn(Flow::established).hasSize(2);
    long dropped = net.server.count(Mib.MP_JOIN_REJECTED);
    assertThat(dropped).isEqualTo(41 - 8);
    assertThat(net.server.flows()).isEqualTo(server.connection.flows().size());
    // What has proved that it is the peer's stays.
    forge(
        net.server,
        real,
        s ->
            s.srcPort(99)
                .ack(0)
                .flags(TcpFlags.SYN)
                .options()
                .mptcp(new MpJoinSyn(false, 9, token, 1)));
    net.run(100 * S);
    assertThat(server.connection.flows()).hasSize(2).allMatch(Flow::established);
  }

  // RFC 8684 section 3.4.1: an announcement whose time came while nothing could carry it.
  @Test
  void anAnnouncementSurvivesALackOfSubflows() {
    net = new TestNet(2, 2);
    net.server.announceAll();
    net.client.locals.remove(1);
    net.server.config = TestHost.config(c -> c.timeouts(t -> t.addAddress(Duration.ofSeconds(1))));
    net.server.acceptedFinish = false;
    client = net.client.connect(net.server, new TestApp(net).sends(10_000));
    client.finish = false;
    net.paths[0].drop = d -> Cutter.hasMptcp(d, 3);
    net.run(S / 2);
    server = net.server.apps.get(0);
    server.connection.cb().orElseThrow().master().close(CloseReason.PEER_FIN);
    net.run(S);
    assertThat(server.connection.nextTimeoutNs()).isLessThanOrEqualTo(net.nowNs() + S);
  }
}
