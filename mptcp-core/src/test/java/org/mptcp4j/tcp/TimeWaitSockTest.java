package org.mptcp4j.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.tcp.ScriptedPeer.MS;
import static org.mptcp4j.wire.TcpFlags.ACK;
import static org.mptcp4j.wire.TcpFlags.FIN;
import static org.mptcp4j.wire.TcpFlags.RST;
import static org.mptcp4j.wire.TcpFlags.SYN;

import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mptcp4j.link.packet.ChecksumState;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.TxSegment;

/** TIME-WAIT in its compact form. */
class TimeWaitSockTest {

  private final ScriptedPeer peer = new ScriptedPeer().established();
  private final TxSegment reply = new TxSegment();
  private TimeWaitSock timeWait;

  @BeforeEach
  void closeBothSides() {
    peer.sock.shutdownOutput();
    peer.one();
    peer.arrive(1, 2, FIN | ACK, 0);
    peer.one();
    timeWait = TimeWaitSock.of(peer.sock);
  }

  @AfterEach
  void noBufferIsLeft() {
    peer.assertNoLeaks();
  }

  private TimeWaitSock.Verdict arrive(int offset, int flags, Consumer<TxSegment> more) {
    TxSegment tx = new TxSegment();
    tx.src(TestWire.TUPLE.remote()).srcPort(80).dst(TestWire.TUPLE.local()).dstPort(40_000);
    tx.seq(ScriptedPeer.IRS + offset).flags(flags).ack(ScriptedPeer.ISS + 2);
    more.accept(tx);
    Packet packet = new Packet();
    tx.encodeInto(packet, peer.allocator);
    RxSegment rx = new RxSegment();
    rx.parse(packet.header(), ChecksumState.PARTIAL, 0);
    TimeWaitSock.Verdict verdict = timeWait.onSegment(peer.nowNs, rx, reply);
    packet.release();
    return verdict;
  }

  @Test
  void repeatedFinIsAcknowledgedAndRestartsTheClock() {
    // RFC 9293 section 3.10.7.4, eighth.
    peer.nowNs += 5_000 * MS;
    TimeWaitSock.Verdict verdict =
        arrive(1, FIN | ACK, s -> s.options().timestamps(peer.peerTs, 0));
    assertThat(verdict).isEqualTo(TimeWaitSock.Verdict.REPLY);
    assertThat(reply.seq()).isEqualTo(ScriptedPeer.ISS + 2);
    assertThat(reply.ack()).isEqualTo(ScriptedPeer.IRS + 2);
    assertThat(reply.flags()).isEqualTo(ACK);
    assertThat(timeWait.expiryNs()).isEqualTo(peer.nowNs + peer.config.timeouts().timeWaitNs());
  }

  @Test
  void aResetEndsItOnlyWhereItMustBe() {
    // RFC 9293 section 3.10.7.4, second: TIME-WAIT STATE.
    Consumer<TxSegment> older = s -> s.options().timestamps(peer.peerTs - 1, 0);
    assertThat(arrive(1, RST, s -> {})).isEqualTo(TimeWaitSock.Verdict.DROP);
    assertThat(arrive(3, RST, s -> {})).isEqualTo(TimeWaitSock.Verdict.DROP);
    assertThat(arrive(2, RST, older)).isEqualTo(TimeWaitSock.Verdict.DROP);
    assertThat(arrive(2, RST, s -> {})).isEqualTo(TimeWaitSock.Verdict.END);
  }

  @Test
  void aResetIsIgnoredWhereThatIsAskedFor() {
    // RFC 1337 section 3, fix 1.
    ScriptedPeer careful =
        new ScriptedPeer(TcpConfig.builder().options(o -> o.quickAcks(0).rfc1337(true)).build())
            .established();
    careful.sock.shutdownOutput();
    careful.one();
    careful.arrive(1, 2, FIN | ACK, 0);
    careful.one();
    careful.arrive(2, 0, RST, 0);
    timeWait = TimeWaitSock.of(careful.sock);
    assertThat(arrive(2, RST, s -> {})).isEqualTo(TimeWaitSock.Verdict.DROP);
    careful.assertNoLeaks();
  }

  @Test
  void aNewConnectionOfThisEndTakesItsPlaceAfterASecond() {
    // RFC 6191 section 2; RFC 9293 section 3.4.1: beyond all that was sent.
    assertThat(timeWait.mayBeReused(peer.nowNs + 999 * MS)).isFalse();
    assertThat(timeWait.mayBeReused(peer.nowNs + 1_000 * MS)).isTrue();
    int sndNxt = ScriptedPeer.ISS + 2;
    assertThat(timeWait.issBeyond(sndNxt - 1_000_000)).isEqualTo(sndNxt + 65_537);
    assertThat(timeWait.issBeyond(sndNxt + 1_000_000)).isEqualTo(sndNxt + 1_000_000);
  }

  @Test
  void withoutTimestampsItStays() {
    ScriptedPeer plain =
        new ScriptedPeer(TcpConfig.builder().options(o -> o.quickAcks(0).timestamps(false)).build())
            .established();
    plain.sock.shutdownOutput();
    plain.one();
    plain.arrive(1, 2, FIN | ACK, 0);
    plain.one();
    assertThat(TimeWaitSock.of(plain.sock).mayBeReused(plain.nowNs + 30_000 * MS)).isFalse();
    plain.assertNoLeaks();
  }

  @Test
  void newerSynReusesTheAddresses() {
    // RFC 6191 section 2.
    Consumer<TxSegment> newer = s -> s.options().timestamps(peer.peerTs + 1, 0);
    assertThat(arrive(-9_999, SYN, newer)).isEqualTo(TimeWaitSock.Verdict.REUSE);
    assertThat(arrive(100, SYN, s -> {})).isEqualTo(TimeWaitSock.Verdict.REUSE);
    assertThat(arrive(-100, SYN, s -> {})).isEqualTo(TimeWaitSock.Verdict.REPLY);
    Consumer<TxSegment> older = s -> s.options().timestamps(peer.peerTs - 1, 0);
    assertThat(arrive(100, SYN, older)).isNotEqualTo(TimeWaitSock.Verdict.REUSE);
  }

  @Test
  void finalAckIsNotAnswered() {
    assertThat(arrive(2, ACK, s -> {})).isEqualTo(TimeWaitSock.Verdict.DROP);
  }

  @Test
  void withAnEqualTimestampTheSequenceNumberCounts() {
    // RFC 6191 section 2.
    Consumer<TxSegment> equal = s -> s.options().timestamps(peer.peerTs, 0);
    assertThat(arrive(-100, SYN, equal)).isEqualTo(TimeWaitSock.Verdict.REPLY);
    assertThat(arrive(2, SYN, equal)).isNotEqualTo(TimeWaitSock.Verdict.REUSE);
    assertThat(arrive(3, SYN, equal)).isEqualTo(TimeWaitSock.Verdict.REUSE);
  }

  @Test
  void withoutTimestampsTheSequenceNumberCounts() {
    // RFC 6191 section 2: neither the previous connection had them nor has the SYN.
    ScriptedPeer plain =
        new ScriptedPeer(TcpConfig.builder().options(o -> o.quickAcks(0).timestamps(false)).build())
            .established();
    plain.sock.shutdownOutput();
    plain.one();
    plain.arrive(1, 2, FIN | ACK, 0);
    plain.one();
    timeWait = TimeWaitSock.of(plain.sock);
    assertThat(arrive(-100, SYN, s -> {})).isEqualTo(TimeWaitSock.Verdict.REPLY);
    assertThat(arrive(2, SYN, s -> {})).isNotEqualTo(TimeWaitSock.Verdict.REUSE);
    assertThat(arrive(3, SYN, s -> {})).isEqualTo(TimeWaitSock.Verdict.REUSE);
    plain.assertNoLeaks();
  }
}
