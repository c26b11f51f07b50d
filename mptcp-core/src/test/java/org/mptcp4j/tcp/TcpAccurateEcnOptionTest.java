package org.mptcp4j.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.tcp.Ecn.CE;
import static org.mptcp4j.tcp.Ecn.ECT_0;
import static org.mptcp4j.tcp.Ecn.ECT_1;
import static org.mptcp4j.tcp.Ecn.NOT_ECT;
import static org.mptcp4j.tcp.EcnPeer.MSS;
import static org.mptcp4j.tcp.EcnPeer.hasOption;
import static org.mptcp4j.tcp.EcnPeer.option;
import static org.mptcp4j.tcp.EcnPeer.withAce;
import static org.mptcp4j.wire.TcpFlags.ACK;
import static org.mptcp4j.wire.TcpFlags.CWR;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.mptcp4j.api.AccurateEcnRules.OptionUse;

/** When the option of Accurate ECN is sent: RFC 9768 section 3.2.3. */
class TcpAccurateEcnOptionTest {
  private final List<ScriptedPeer> peers = new ArrayList<>();

  private ScriptedPeer connected(OptionUse use) {
    ScriptedPeer peer = EcnPeer.of(use);
    peers.add(peer);
    EcnPeer.connected(peer, CWR, NOT_ECT);
    return peer;
  }

  @AfterEach
  void noBufferIsLeft() {
    peers.forEach(ScriptedPeer::assertNoLeaks);
  }

  @Test
  void itIsOnDataToAPeerThatSendsNone() {
    // Section 3.2.3.2.3.
    ScriptedPeer peer = connected(OptionUse.ALWAYS);
    assertThat(EcnPeer.flight(peer, 2)).allMatch(EcnPeer::hasOption);
    assertThat(peer.sock.payloadMss()).isEqualTo(MSS);
  }

  @Test
  void asOnLinuxItIsSentToPeersThatSendIt() {
    ScriptedPeer peer = connected(OptionUse.ANSWERED);
    assertThat(EcnPeer.flight(peer, 1)).noneMatch(EcnPeer::hasOption);
    assertThat(peer.sock.payloadMss()).isEqualTo(MSS + 12);
    peer.arrive(1, 1 + MSS, withAce(5), 0, option(1 + MSS, 0, 1));
    assertThat(EcnPeer.flight(peer, 2)).hasSize(1).allMatch(EcnPeer::hasOption);
  }

  @Test
  void theOptionOnASynIsIgnored() {
    // Section 3.2.3.2.1: it is no sign that the peer sends it.
    ScriptedPeer peer = EcnPeer.of(OptionUse.ANSWERED);
    peers.add(peer);
    peer.arrive(
        0,
        0,
        EcnPeer.ASKS,
        0,
        s -> {
          s.options().mss(1460);
          s.options().timestamps(1_000, 0);
          s.options().accurateEcn(1, 7, 0, 0);
        });
    peer.one();
    peer.arrive(1, 1, ACK | CWR, 0);
    assertThat(EcnPeer.flight(peer, 1)).isNotEmpty().noneMatch(EcnPeer::hasOption);
  }

  @Test
  void itIsNotSentWhenNotChosen() {
    ScriptedPeer peer = connected(OptionUse.NEVER);
    peer.arrive(1, 1, withAce(5), MSS, option(1, 0, 1));
    peer.expire();
    assertThat(hasOption(peer.one())).isFalse();
    assertThat(EcnPeer.flight(peer, 1)).noneMatch(EcnPeer::hasOption);
  }

  @Test
  void dataThatIsLostWithItGoesAgainWithout() {
    // Section 3.2.3.2.2.
    ScriptedPeer peer = connected(OptionUse.ALWAYS);
    EcnPeer.flight(peer, 1);
    peer.expire(); // the tail loss probe
    peer.sent();
    peer.expire();
    assertThat(peer.sent()).isNotEmpty().noneMatch(EcnPeer::hasOption);
    peer.arrive(1, 1 + MSS, withAce(5), 0);
    assertThat(EcnPeer.flight(peer, 1)).noneMatch(EcnPeer::hasOption);
  }

  @Test
  void afterDataHasArrivedWithItLossesSayNothing() {
    ScriptedPeer peer = connected(OptionUse.ALWAYS);
    EcnPeer.flight(peer, 1);
    peer.arrive(1, 1 + MSS, withAce(5), 0);
    EcnPeer.flight(peer, 1);
    peer.expire();
    peer.sent();
    peer.expire();
    assertThat(peer.sent()).isNotEmpty().allMatch(EcnPeer::hasOption);
  }

  @Test
  void acksThatAreLostWithItGoWithout() {
    // Section 3.2.3.2.2: what is acknowledged always comes again.
    ScriptedPeer peer = connected(OptionUse.ALWAYS);
    peer.data(1, MSS);
    peer.expire();
    assertThat(hasOption(peer.one())).isTrue();
    peer.data(1, MSS);
    assertThat(hasOption(peer.one())).isTrue();
    peer.data(1, MSS);
    assertThat(hasOption(peer.one())).isFalse();
  }

  @Test
  void sackGoesFirst() {
    // Section 3.2.3.3: with timestamps and two blocks there is room for two counters, those of
    // ECT(1) and CE. A third block gives way to them, the second does not.
    ScriptedPeer peer = connected(OptionUse.ALWAYS);
    assertThat(ackOf(peer, 1 + MSS, ECT_1).ceBytes()).isZero();
    assertThat(ackOf(peer, 1 + 3 * MSS, CE).ceBytes()).isEqualTo(100);
    ScriptedPeer.Sent marked = ackOf(peer, 1 + 5 * MSS, CE);
    assertThat(marked.ceBytes()).isEqualTo(200);
    assertThat(marked.sack()).hasSize(4);
    ScriptedPeer.Sent noRoom = ackOf(peer, 1 + 7 * MSS, ECT_0);
    assertThat(hasOption(noRoom)).isFalse();
    assertThat(noRoom.sack()).hasSize(6);
  }

  private static ScriptedPeer.Sent ackOf(ScriptedPeer peer, int offset, int codePoint) {
    peer.arrive(offset, 1, withAce(5), 100, s -> s.trafficClass(codePoint));
    return peer.one();
  }
}
