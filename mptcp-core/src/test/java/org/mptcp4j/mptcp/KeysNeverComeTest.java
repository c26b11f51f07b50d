package org.mptcp4j.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mptcp4j.api.Protocol;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.mib.Mib;
import org.mptcp4j.wire.Dss;
import org.mptcp4j.wire.TcpFlags;
import org.mptcp4j.wire.TxSegment;

/**
 * The third ACK is lost, and the client ends its stream before it has sent anything: RFC 8684
 * sections 3.1 and 3.7. It says so by a DATA_FIN, which has no room for the keys; a client such as
 * Linux does not repeat them.
 */
class KeysNeverComeTest {
  private static final long S = 1_000 * TestNet.MS;
  private static final int MP_CAPABLE = 0;

  private final TestNet net = new TestNet(1, 1);
  private TestApp client;

  @AfterEach
  void close() {
    net.close();
  }

  private static boolean hasKeys(ByteBuf datagram) {
    return !Cutter.isSyn(datagram) && Cutter.hasMptcp(datagram, MP_CAPABLE);
  }

  private void start(long bytes) {
    client = net.client.connect(net.server, new TestApp(net).sends(bytes));
    net.run(S / 50);
  }

  private TestApp server() {
    return net.server.apps.get(0);
  }

  private void assertAllEnded() {
    assertThat(client.connection.meta().error()).isEqualTo(SocketError.NONE);
    assertThat(server().connection.meta().error()).isEqualTo(SocketError.NONE);
    assertThat(client.connection.meta().closed()).isTrue();
    assertThat(server().connection.meta().closed()).isTrue();
  }

  // A server that answers when it has seen the end.
  @ParameterizedTest
  @ValueSource(ints = {0, 30_000})
  void bothEndsFallBackAndLoseNothing(int answer) {
    net.paths[0].drop = KeysNeverComeTest::hasKeys;
    net.server.acceptedFinish = false;
    start(0);
    net.runUntil(() -> server().had(ConnectionEvents.END_OF_STREAM), net.nowNs() + 20 * S);
    assertThat(server().connection.protocol()).isNotEqualTo(Protocol.MPTCP);
    assertThat(server().connection.meta().endOfStream()).isTrue();
    assertThat(net.server.count(Mib.MP_CAPABLE_FALLBACK_ACK)).isOne();
    server().toSend = answer;
    server().finish = true;
    net.run(40 * S);
    assertThat(client.received).isEqualTo(answer);
    assertThat(client.wrongAt).isEqualTo(-1);
    assertAllEnded();
  }

  // One that speaks first.
  @Test
  void whatTheServerSendsFirstArrives() {
    net.paths[0].drop = KeysNeverComeTest::hasKeys;
    net.server.acceptedFinish = false;
    start(0);
    client.closeAtEnd = false;
    net.runUntil(() -> server().had(ConnectionEvents.CONNECTED), net.nowNs() + 20 * S);
    server().toSend = 30_000;
    net.run(S);
    assertThat(client.received).isEqualTo(30_000);
    server().finish = true;
    net.run(40 * S);
    assertAllEnded();
  }

  // This stack repeats them in turn with the DATA_FIN.
  @Test
  void aClientThatRepeatsTheKeysSpeaksMptcp() {
    int[] lost = {0};
    net.paths[0].drop = d -> hasKeys(d) && lost[0]++ == 0;
    net.server.acceptedFinish = false;
    start(0);
    net.run(10 * S);
    assertThat(lost[0]).isGreaterThan(1);
    assertThat(server().connection.protocol()).isEqualTo(Protocol.MPTCP);
    assertThat(server().connection.meta().endOfStream()).isTrue();
  }

  // What was sent before comes again, with the keys, however often its end comes first.
  @Test
  void dataThatIsMissingBringsTheKeys() {
    boolean[] lost = {true};
    net.paths[0].drop =
        d -> Cutter.isFromClient(d) && !Cutter.isSyn(d) && lost[0] && (hasKeys(d) || data(d));
    start(1_000);
    net.run(5 * S);
    lost[0] = false;
    net.run(20 * S);
    assertThat(server().received).isEqualTo(1_000);
    assertThat(server().connection.protocol()).isNotEqualTo(Protocol.UNDECIDED);
    assertAllEnded();
  }

  private static boolean data(ByteBuf datagram) {
    return Cutter.payload(datagram) > 0;
  }

  private void dataFin(Consumer<TxSegment> changes) {
    ForgedPeer.forge(
        net,
        net.server,
        client.connection.flows().get(0),
        s -> {
          s.options().dss(Dss.ACK | Dss.MAP | Dss.DSN64 | Dss.DATA_FIN, 1, 1, 0, 1);
          changes.accept(s);
        });
  }

  /** A client that says nothing but what a test has it say. */
  private void startSilent() {
    net.paths[0].drop = d -> Cutter.isFromClient(d) && !Cutter.isSyn(d);
    net.server.acceptedFinish = false;
    start(0);
    client.finish = false;
    net.run(S / 10);
  }

  // RFC 9293 section 3.6: behind a FIN nothing comes any more, the keys neither.
  @Test
  void aFinBringsNoKeys() {
    startSilent();
    dataFin(s -> s.flags(TcpFlags.ACK | TcpFlags.FIN));
    net.server.pump();
    assertThat(server().connection.protocol()).isEqualTo(Protocol.TCP);
    assertThat(server().connection.meta().endOfStream()).isTrue();
  }

  // What comes behind the end that the application has seen is an error, not silence.
  @Test
  void dataBehindTheEndIsAnError() {
    startSilent();
    for (int i = 0; i < 3; i++) {
      assertThat(server().connection.protocol()).isEqualTo(Protocol.UNDECIDED);
      dataFin(s -> {});
    }
    net.server.pump();
    assertThat(server().connection.meta().endOfStream()).isTrue();
    ForgedPeer.forge(
        net,
        net.server,
        client.connection.flows().get(0),
        s -> s.addPayload(Unpooled.wrappedBuffer(new byte[10]), 0, 10));
    net.server.pump();
    assertThat(server().received).isZero();
    assertThat(server().connection.meta().error()).isEqualTo(SocketError.EPROTO);
  }

  // One alone may have been overtaken by the keys, and data without keys is that of TCP.
  @Test
  void dataBehindOneDataFinIsTaken() {
    startSilent();
    dataFin(s -> {});
    ForgedPeer.forge(
        net,
        net.server,
        client.connection.flows().get(0),
        s -> s.addPayload(Unpooled.wrappedBuffer(new byte[10]), 0, 10));
    net.server.pump();
    assertThat(server().received).isEqualTo(10);
    assertThat(server().connection.protocol()).isEqualTo(Protocol.TCP);
    assertThat(server().connection.meta().error()).isEqualTo(SocketError.NONE);
  }
}
