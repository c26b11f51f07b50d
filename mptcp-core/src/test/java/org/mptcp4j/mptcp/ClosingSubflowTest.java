package org.mptcp4j.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.mib.Mib;
import org.mptcp4j.tcp.FourTuple;
import org.mptcp4j.tcp.TcpState;
import org.mptcp4j.wire.Dss;
import org.mptcp4j.wire.TcpFlags;
import org.mptcp4j.wire.TxSegment;

/**
 * A subflow that closes while the connection goes on, and whose peer does not do its part: RFC 8684
 * section 3.3.3, RFC 9293 section 3.6.
 */
class ClosingSubflowTest {
  private static final long S = 1_000 * TestNet.MS;
  private static final int FIN = TcpFlags.FIN;
  private static final int RST = TcpFlags.RST;

  /** Where it gets to. */
  enum Order {
    /** This end closes; the peer's FIN does not come. */
    FIN_WAIT_2,
    /** This end closes; its FIN is not acknowledged. */
    FIN_WAIT_1,
    /** Both close at once; neither FIN is acknowledged. */
    CLOSING,
    /** The peer closes; our FIN is not acknowledged. */
    LAST_ACK
  }

  /** What the peer goes on to send. */
  enum Peer {
    NOTHING,
    ACKS,
    DATA
  }

  private final TestNet net = new TestNet(3, 2);
  private TestHost here;
  private TestApp app;
  private TestApp other;
  private MptcpTcpSock flow;
  private MptcpTcpSock otherFlow;

  @AfterEach
  void close() {
    net.close();
  }

  private void start(boolean client) {
    net.server.acceptedFinish = false;
    TestApp first = net.client.connect(net.server, new TestApp(net).sends(10_000));
    first.finish = false;
    net.run(S);
    TestApp second = net.server.apps.get(0);
    here = client ? net.client : net.server;
    app = client ? first : second;
    other = client ? second : first;
    flow = (MptcpTcpSock) app.connection.flows().get(1);
    otherFlow = (MptcpTcpSock) other.connection.flows().get(1);
  }

  private boolean isFromHere(ByteBuf datagram) {
    return Cutter.isFromClient(datagram) == (here == net.client);
  }

  private static boolean has(ByteBuf datagram, int flags) {
    return (datagram.getByte(33) & flags) != 0;
  }

  private void closeAt(TestApp end, MptcpTcpSock its) throws Exception {
    end.connection.paths("test").close(its.id());
  }

  private void close(Order order) throws Exception {
    TestNet.Path path = net.paths[1];
    switch (order) {
      case FIN_WAIT_2 -> {
        path.drop = d -> !isFromHere(d) && has(d, FIN | RST);
        closeAt(app, flow);
      }
      case FIN_WAIT_1 -> {
        path.drop = d -> has(d, FIN | RST);
        closeAt(app, flow);
      }
      case CLOSING -> {
        List<Boolean> crossed = new ArrayList<>();
        path.drop =
            d -> !has(d, FIN) || crossed.contains(isFromHere(d)) || !crossed.add(isFromHere(d));
        closeAt(app, flow);
        closeAt(other, otherFlow);
      }
      case LAST_ACK -> {
        path.drop = d -> isFromHere(d);
        closeAt(other, otherFlow);
      }
    }
    net.run(S);
    assertThat(flow.tcp().state()).isEqualTo(TcpState.valueOf(order.name()));
    assertThat(flow.state().isClosing()).isTrue();
  }

  /** The peer sends something that acknowledges nothing new. */
  private void send(Peer what) {
    if (what == Peer.NOTHING || flow.tcp().state() == TcpState.CLOSED) {
      return;
    }
    boolean data = what == Peer.DATA && flow.tcp().state().canReceive();
    forge(
        flow,
        s -> {
          long next = app.connection.meta().window().next();
          long ack = app.connection.meta().tx().una();
          if (!data) {
            s.options().dssAck64(ack);
            return;
          }
          int ssn = flow.tcp().rcvNxt() - flow.tcp().irs();
          int flags = Dss.ACK | Dss.ACK64 | Dss.MAP | Dss.DSN64;
          s.options().dss(flags, ack, next - 1, ssn, 1); // which came before
          s.addPayload(Unpooled.wrappedBuffer(new byte[1]), 0, 1);
        });
  }

  private void forge(MptcpTcpSock on, Consumer<TxSegment> changes) {
    ForgedPeer.forge(
        net,
        here,
        on,
        s -> {
          FourTuple t = on.tuple();
          s.src(t.remote()).srcPort(t.remotePort()).dst(t.local()).dstPort(t.localPort());
          s.seq(on.tcp().rcvNxt()).ack(on.tcp().sndUna());
          changes.accept(s);
        });
  }

  static Stream<Arguments> cases() {
    return Stream.of(true, false)
        .flatMap(
            client ->
                Stream.of(Order.values())
                    .flatMap(
                        order ->
                            Stream.of(Peer.values()).map(p -> Arguments.of(client, order, p))));
  }

  // RFC 9293 section 3.6 lets a peer keep its direction open for ever. Of a connection that has
  // other subflows this one would stay, and count, until the end.
  @ParameterizedTest
  @MethodSource("cases")
  void whatThePeerDoesNotCloseIsResetAfterAWhile(boolean client, Order order, Peer peer)
      throws Exception {
    start(client);
    close(order);
    for (int s = 0; s < 55; s += 5) {
      assertThat(app.connection.flows()).hasSize(2);
      send(peer);
      net.run(5 * S);
    }
    net.run(10 * S);
    assertThat(app.connection.flows()).hasSize(1);
    assertThat(app.connection.meta().closed()).isFalse();
    net.paths[1].drop = d -> false;
    app.toSend += 5_000;
    other.toSend += 5_000;
    net.run(5 * S);
    assertThat(other.received).isEqualTo(app.toSend);
    assertThat(app.received).isEqualTo(other.toSend);
  }

  // Neither does it keep a connection alive that has no other subflow any more.
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aConnectionThatCanSendNothingMoreEnds(boolean client) throws Exception {
    start(client);
    close(Order.FIN_WAIT_2);
    net.paths[0].drop = d -> true;
    net.paths[1].drop = d -> !isFromHere(d) && has(d, FIN | RST) || has(d, TcpFlags.SYN);
    MptcpTcpSock master = (MptcpTcpSock) app.connection.flows().get(0);
    forge(master, s -> s.flags(RST));
    app.toSend += 5_000;
    for (int s = 0; s < 125 && !app.connection.meta().closed(); s += 5) {
      send(Peer.ACKS);
      net.run(5 * S);
    }
    assertThat(app.connection.meta().error()).isEqualTo(SocketError.ETIMEDOUT);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whoClosesInTimeIsNotReset(boolean client) throws Exception {
    start(client);
    closeAt(app, flow);
    net.run(200 * S);
    assertThat(app.connection.flows()).hasSize(1);
    assertThat(other.connection.flows()).hasSize(1);
    assertThat(net.client.count(Mib.MP_RST_TX) + net.server.count(Mib.MP_RST_TX)).isZero();
  }
}
