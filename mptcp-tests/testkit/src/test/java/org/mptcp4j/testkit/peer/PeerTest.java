package org.mptcp4j.testkit.peer;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mptcp4j.link.sim.LinkProfile.millis;
import static org.mptcp4j.link.sim.SimNetwork.seconds;
import static org.mptcp4j.testkit.assertj.MptcpAssertions.assertThat;
import static org.mptcp4j.testkit.segment.SegmentMatcher.segment;
import static org.mptcp4j.wire.TcpFlags.ACK;
import static org.mptcp4j.wire.TcpFlags.FIN;
import static org.mptcp4j.wire.TcpFlags.RST;
import static org.mptcp4j.wire.TcpFlags.SYN;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.api.SocketOptions;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.testkit.Endpoint;
import org.mptcp4j.testkit.Listener;
import org.mptcp4j.testkit.SimStack;
import org.mptcp4j.testkit.SimWorld;
import org.mptcp4j.wire.AddAddr;
import org.mptcp4j.wire.DssOption;
import org.mptcp4j.wire.MpCapable;
import org.mptcp4j.wire.MpJoinSyn;
import org.mptcp4j.wire.MpTcpRst;

/** Everything that a peer driven by hand can do, against the stack in both roles. */
class PeerTest {
  private static final int PORT = 80;
  private static final LinkProfile PATH = LinkProfile.of(0, millis(5));

  private final SimWorld world = new SimWorld(1);
  private final SimStack stack = world.stack("stack");
  private final HandDrivenPeer peer = HandDrivenPeer.in(world, "peer");

  private Listener listener;
  private PeerConnection connection;

  @AfterEach
  void nothingLeaks() {
    world.close();
  }

  private void paths(int count) {
    for (int i = 0; i < count; i++) {
      world.path(peer, stack, PATH);
    }
  }

  /** The peer connects to a listener of the stack, which has that many paths to it. */
  private PeerSubflow connect(int paths, PeerConnection by) {
    paths(paths);
    listener = stack.listen(PORT, Endpoint::keeping);
    connection = by;
    return by.connect(stack.at(0, PORT));
  }

  private Endpoint connectToPeer() {
    return stack.connect(peer.at(0, PORT), SocketOptions.defaults()).keeping();
  }

  private static byte[] bytes(String latin1) {
    return latin1.getBytes(ISO_8859_1);
  }

  // ---- plain TCP

  @Test
  void plainTcpAsClient() {
    paths(1);
    Listener listener = stack.listen(PORT, e -> e.keeping().closeAtEndOfStream());
    PeerFlow flow = peer.connect(stack.at(0, PORT));
    flow.write("hello");
    flow.expect(segment().flags(ACK).ack(6).noMptcp());
    assertThat(listener.one()).isPlainTcp().isOpen();
    assertThat(listener.one().receivedBytes()).isEqualTo(bytes("hello"));
    listener.one().write(bytes("hi"));
    flow.expect(segment().flag(ACK).seq(1).payload("hi"));
    flow.fin();
    flow.await(segment().flag(FIN).ack(7));
    flow.ack();
    assertThat(flow.receivedBytes()).isEqualTo(bytes("hi"));
    assertThat(flow.rcvNxt()).isEqualTo(4);
    world.require("closed", () -> listener.one().closed(), seconds(1));
    assertThat(listener.one()).isClosed();
  }

  @Test
  void plainTcpAsServer() {
    paths(1);
    Endpoint c = connectToPeer();
    PeerFlow flow = peer.accept(PORT);
    flow.write("hello");
    flow.await(segment().flags(ACK).ack(6).noMptcp());
    assertThat(c).isPlainTcp();
    flow.reset();
    world.runFor(millis(10));
    assertThat(c).isClosedWith(SocketError.ECONNRESET);
  }

  @Test
  void aHandshakeMadeByHand() {
    paths(1);
    stack.listen(PORT);
    PeerFlow flow = peer.flow(0, stack.at(0, PORT));
    flow.craft().flags(SYN).mss(1000).windowScale(3).sackPermitted().timestamps(5, 0).send();
    flow.expect(segment().flags(SYN, ACK).seq(0).ack(1).sackPermitted().timestamps());
    flow.craft().timestamps(6, 0).send();
    flow.craft().seq(11).timestamps(7, 0).payload("late").send();
    flow.expect(segment().ack(1).sackBlocks(1));
    flow.expectNothing(millis(10));
  }

  @Test
  void nothingListens() {
    paths(1);
    PeerFlow flow = peer.flow(0, stack.at(0, PORT));
    flow.craft().flags(SYN).send();
    flow.expect(segment().flags(RST, ACK).ack(1));
    assertThat(flow.wasReset()).isTrue();
  }

  // ---- MP_CAPABLE

  @Test
  void anMptcpConnectionFromBeginningToEnd() {
    paths(1);
    Listener listener = stack.listen(PORT, e -> e.keeping().closeAtEndOfStream());
    PeerConnection connection = peer.connection().key(42);
    PeerSubflow first = connection.connect(stack.at(0, PORT));
    first.data("hello").send();
    first.expect(segment().flags(ACK).ack(6).dataAck(connection.dsn(6)));
    assertThat(listener.one()).isMptcp().hasSubflows(1);
    assertThat(listener.one().info().remoteToken()).isEqualTo(MptcpKeys.token(42));
    listener.one().write(bytes("answer"));
    first.expect(segment().payload("answer").mapping(connection.remoteDsn(1), 1, 6));
    first.dataFin();
    first.await(segment().dataFin().dataAck(connection.dsn(7)));
    assertThat(connection.dataFinReceived()).isTrue();
    first.ack();
    first.await(segment().flag(FIN));
    first.fin();
    assertThat(connection.receivedBytes()).isEqualTo(bytes("answer"));
    world.require("closed", () -> listener.one().closed(), seconds(1));
    assertThat(listener.one()).isClosed();
  }

  @Test
  void asServerItLearnsTheKeyAndTheFirstMapping() {
    paths(1);
    Endpoint c = connectToPeer();
    c.write(bytes("hello"));
    PeerConnection connection = peer.connection();
    PeerSubflow first = connection.accept(PORT);
    world.require("it comes", () -> connection.dataRcvNxt() == 6, seconds(1));
    first.ack();
    first.data("world").send();
    first.await(segment().dataAck(connection.dsn(6)));
    assertThat(connection.receivedBytes()).isEqualTo(bytes("hello"));
    assertThat(c).isMptcp();
    assertThat(c.receivedBytes()).isEqualTo(bytes("world"));
    assertThat(c.info().localToken()).isEqualTo(MptcpKeys.token(connection.remoteKey()));
  }

  // ---- mappings and checksums

  @Test
  void numbersOf32BitsAndMappingsOverSeveralSegments() {
    PeerSubflow first = connect(1, peer.connection());
    first.data("hel").mapped(5).dsn32().dataAck32().send();
    first.write("lo");
    first.await(segment().ack(6).dataAck(connection.dsn(6)));
    assertThat(listener.one().receivedBytes()).isEqualTo(bytes("hello"));
  }

  @Test
  void rightChecksumsAreTaken() {
    PeerSubflow first = connect(1, peer.connection().requireChecksums());
    first.data("hello").send();
    first.await(segment().ack(6).dataAck(connection.dsn(6)));
    assertThat(listener.one()).usesChecksums();
    listener.one().write(bytes("hi"));
    first.expect(segment().option(DssOption.class, "with a checksum", DssOption::hasChecksum));
  }

  // RFC 8684 section 3.7: on the only subflow MP_FAIL tells of it, and the bytes are TCP's.
  @Test
  void aWrongChecksumIsFound() {
    PeerSubflow first = connect(1, peer.connection().requireChecksums());
    first.data("hello").wrongChecksum().send();
    world.runFor(millis(20));
    assertThat(stack).hasCounter("MPTcpExtDataCsumErr", 1);
    assertThat(stack).hasCounter("MPTcpExtMPFailTx", 1);
    assertThat(listener.one().receivedBytes()).isEqualTo(bytes("hello"));
  }

  @Test
  void theChecksumOfUnknownBytesIsRefused() {
    paths(1);
    stack.listen(PORT);
    PeerSubflow first = peer.connection().requireChecksums().connect(stack.at(0, PORT));
    assertThatThrownBy(() -> first.data("hel").mapped(5).send())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("noChecksum()");
  }

  // RFC 8684 section 3.7: what the peer could not verify ends the use of MPTCP.
  @Test
  void mpFailOfThePeer() {
    PeerSubflow first = connect(1, peer.connection());
    first.data("hello").send();
    first.await(segment().dataAck(connection.dsn(6)));
    listener.one().write(bytes("answer"));
    first.await(segment().payload("answer"));
    first.mpFail(1);
    world.runFor(millis(20));
    assertThat(listener.one()).hasFallenBack();
  }

  // RFC 8684 section 3.7: the peer goes on without MPTCP.
  @Test
  void anInfiniteMapping() {
    PeerSubflow first = connect(1, peer.connection());
    first.data("hello").send();
    first.await(segment().dataAck(connection.dsn(6)));
    first.data("world").infinite().send();
    first.write("!");
    first.await(segment().ack(12));
    assertThat(listener.one()).hasFallenBack();
    assertThat(listener.one().receivedBytes()).isEqualTo(bytes("helloworld!"));
  }

  // ---- MP_JOIN

  @Test
  void aJoinWithTheRightHmacCarriesData() {
    PeerSubflow first = connect(2, peer.connection());
    first.data("hello").send();
    PeerSubflow second = connection.join(1, stack.at(1, PORT));
    second.data("world").send();
    second.await(segment().ack(6).dataAck(connection.dsn(11)));
    assertThat(listener.one()).hasSubflows(2).subflow(1).isEstablished();
    assertThat(listener.one().receivedBytes()).isEqualTo(bytes("helloworld"));
  }

  @Test
  void aJoinWithAWrongHmacIsReset() {
    paths(2);
    Listener listener = stack.listen(PORT, Endpoint::keeping);
    PeerConnection connection = peer.connection();
    connection.connect(stack.at(0, PORT)).data("hello").send();
    PeerSubflow second = connection.begin(1, stack.at(1, PORT));
    second.joinSyn();
    second.expectJoinSynAck();
    byte[] wrong = second.localHmac();
    wrong[19] ^= 1;
    second.joinAck(wrong);
    second.expect(segment().flag(RST));
    assertThat(listener.one()).hasSubflows(1);
    assertThat(stack).hasCounter("MPTcpExtMPJoinAckHMacFailure", 1);
  }

  @Test
  void aJoinWithAnUnknownTokenIsReset() {
    paths(1);
    stack.listen(PORT);
    PeerFlow flow = peer.flow(0, stack.at(0, PORT));
    flow.craft().flags(SYN).option(new MpJoinSyn(false, 1, 0xbad, 7)).send();
    flow.expect(segment().flag(RST));
    assertThat(stack).hasCounter("MPTcpExtMPJoinNoTokenFound", 1);
  }

  @Test
  void itAcceptsAJoinOfTheStack() {
    paths(2);
    Endpoint c = connectToPeer();
    PeerConnection connection = peer.connection();
    PeerSubflow first = connection.accept(PORT);
    first.data("go").send();
    PeerSubflow joined = connection.acceptJoin();
    world.runFor(millis(20));
    assertThat(c).hasSubflows(2).subflow(1).isEstablished();
    joined.data("on").send();
    joined.await(segment().dataAck(connection.dsn(5)));
  }

  @Test
  void theStackRefusesAWrongHmacOfItsJoin() {
    paths(2);
    Endpoint c = connectToPeer();
    PeerConnection connection = peer.connection();
    connection.accept(PORT).data("go").send();
    PeerSubflow joined = connection.awaitJoin();
    byte[] wrong = joined.localHmac();
    wrong[0] ^= 1;
    joined.joinSynAck(wrong);
    joined.expect(segment().flag(RST));
    world.runFor(millis(20));
    assertThat(c).hasSubflows(1);
    assertThat(stack).hasCounter("MPTcpExtMPJoinSynAckHMacFailure", 1);
  }

  // ---- addresses

  @Test
  void anAnnouncementWithTheRightHmacIsEchoedAndJoined() {
    paths(1);
    connectToPeer();
    PeerConnection connection = peer.connection();
    PeerSubflow first = connection.accept(PORT);
    world.path(peer, stack, PATH);
    first.data("go").send();
    first.announce(1, peer.addresses().get(1), 0);
    AddAddr echo = new AddAddr(true, 1, peer.addresses().get(1), 0, 0);
    first.await(segment().option(echo));
    PeerSubflow joined = connection.acceptJoin();
    assertThat(joined.received().get(0)).is(segment().flags(SYN).option(MpJoinSyn.class));
  }

  @Test
  void anAnnouncementWithAWrongHmacIsNot() {
    paths(1);
    Endpoint c = connectToPeer();
    PeerSubflow first = peer.connection().accept(PORT);
    first.data("go").send();
    first.craft().option(new AddAddr(false, 1, peer.addresses().get(0), 81, 4711)).send();
    world.runFor(seconds(1));
    assertThat(c.info().remoteAddresses()).isZero();
    assertThat(stack).didNotCount("MPTcpExtEchoAddTx");
  }

  // ---- the end

  enum Fastclose {
    BY_ACK {
      @Override
      void send(PeerSubflow subflow) {
        subflow.fastclose();
      }
    },
    BY_RESET {
      @Override
      void send(PeerSubflow subflow) {
        subflow.fastcloseByReset();
      }
    };

    abstract void send(PeerSubflow subflow);
  }

  @ParameterizedTest
  @EnumSource
  void fastclose(Fastclose how) {
    PeerSubflow first = connect(1, peer.connection());
    first.data("hello").send();
    first.await(segment().dataAck(connection.dsn(6)));
    how.send(first);
    world.runFor(millis(20));
    assertThat(listener.one()).isClosedWith(SocketError.ECONNRESET);
    assertThat(stack).hasCounter("MPTcpExtMPFastcloseRx", 1);
  }

  @Test
  void aResetWithAReasonEndsTheSubflow() {
    PeerSubflow first = connect(1, peer.connection());
    first.data("hello").send();
    first.await(segment().dataAck(connection.dsn(6)));
    first.reset(MpTcpRst.PROHIBITED);
    world.runFor(millis(20));
    assertThat(listener.one()).hasSubflows(0);
    assertThat(stack).counted("MPTcpExtMPRstRx");
  }

  // ---- what it says when something else comes

  @Test
  void aWrongExpectationShowsBothSides() {
    paths(1);
    stack.listen(PORT);
    PeerFlow flow = peer.flow(0, stack.at(0, PORT));
    flow.craft().flags(SYN).send();
    assertThatThrownBy(() -> flow.expect(segment().flags(SYN).option(MpCapable.class)))
        .hasMessageStartingWith(
            """
            the segment is not as expected
                      expected    seen
            ! flags   SYN         SYN|ACK
            ! option  MP_CAPABLE  absent
              in 0.010000 s 10.1.0.2:80 > 10.1.0.1:40000 SYN|ACK seq 0 ack 1""");
  }

  @Test
  void silenceIsAFailureThatDescribesTheWorld() {
    paths(1);
    stack.listen(PORT);
    peer.patience(seconds(0.5));
    PeerFlow flow = peer.flow(0, stack.at(0, PORT));
    assertThatThrownBy(() -> flow.expect(segment().flags(SYN)))
        .hasMessageStartingWith(
            "peer:40000 got no segment with flags SYN within 0.5 s\nseed 1 at 0.5 s");
    assertThatThrownBy(() -> peer.awaitSyn(81))
        .hasMessageStartingWith("peer got not a SYN to port 81, nor anything else");
    flow.craft().flags(SYN).send();
    assertThatThrownBy(() -> flow.expectNothing(seconds(1))).hasMessageContaining("SYN|ACK");
  }

  @Test
  void optionsThatDoNotFitAreRefused() {
    paths(1);
    PeerFlow flow = peer.flow(0, stack.at(0, PORT));
    CraftedSegment full =
        flow.craft().option(MpCapable.ack(1, 2, 3)).option(MpCapable.ack(1, 2, 3));
    assertThatThrownBy(() -> full.timestamps(1, 2)).hasMessageContaining("40 bytes");
  }
}
