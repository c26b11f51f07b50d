package org.mptcp4j.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.tcp.EcnPeer.withAce;
import static org.mptcp4j.wire.TcpFlags.ACK;
import static org.mptcp4j.wire.TcpFlags.AE;
import static org.mptcp4j.wire.TcpFlags.CWR;
import static org.mptcp4j.wire.TcpFlags.ECE;
import static org.mptcp4j.wire.TcpFlags.SYN;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.mptcp4j.api.AccurateEcnRules;
import org.mptcp4j.api.EcnMode;
import org.mptcp4j.cc.CongestionControl;
import org.mptcp4j.cc.CongestionControls;
import org.mptcp4j.cc.RateSample;

/** What a congestion control is told of marks: {@link RateSample#ecnMarkedBytes}. */
class MarkedBytesTest {

  private static final int MSS = 1448;

  /** Marked bytes and bytes of growth of each acknowledgement. */
  private final List<String> samples = new ArrayList<>();

  private final class Recorder implements CongestionControl {
    @Override
    public int cwndBytes() {
      return 100_000;
    }

    @Override
    public void onAck(long nowNs, RateSample sample) {
      samples.add(sample.ecnMarkedBytes() + " marked, " + sample.ackedBytes() + " grown");
    }

    @Override
    public void onLoss(long nowNs, int inFlightBytes) {}

    @Override
    public void onRto(long nowNs, int inFlightBytes) {}
  }

  private void recordOf(ScriptedPeer peer) {
    peer.algorithm = CongestionControls.of("recorder", context -> new Recorder());
  }

  @Test
  void withoutEcnNothingIsMarked() {
    ScriptedPeer peer = new ScriptedPeer();
    recordOf(peer);
    peer.established().write(4 * MSS);
    peer.sent();
    peer.arrive(1, 1 + 2 * MSS, ACK | ECE, 0);
    assertThat(samples).containsExactly("0 marked, " + 2 * MSS + " grown");
  }

  // RFC 3168 section 6.1.3: ECE says that there was a mark, not on which packet.
  @Test
  void anEchoMarksAllThatItDelivers() {
    ScriptedPeer peer =
        new ScriptedPeer(
            TcpConfig.builder().options(o -> o.quickAcks(0).ecn(EcnMode.REQUEST)).build());
    recordOf(peer);
    peer.connect();
    peer.one();
    peer.arrive(0, 1, SYN | ACK | ECE, 0, ScriptedPeer.fullOptions(peer));
    peer.sent();
    peer.write(4 * MSS);
    peer.sent();
    peer.arrive(1, 1 + 2 * MSS, ACK | ECE, 0);
    peer.arrive(1, 1 + 4 * MSS, ACK, 0);
    assertThat(samples)
        .containsExactly(2 * MSS + " marked, 0 grown", "0 marked, " + 2 * MSS + " grown");
  }

  // RFC 9768 section 3.2.2: the counter says how many packets were marked.
  @Test
  void aCounterMarksAsManyPacketsAsItSays() {
    ScriptedPeer peer = EcnPeer.of(AccurateEcnRules.DEFAULT);
    recordOf(peer);
    EcnPeer.connected(peer, AE | CWR, Ecn.NOT_ECT);
    samples.clear();
    EcnPeer.flight(peer, 4);
    peer.arrive(1, 1 + 3 * EcnPeer.MSS, withAce(6), 0);
    peer.arrive(1, 1 + 4 * EcnPeer.MSS, withAce(6), 0);
    assertThat(samples)
        .containsExactly(EcnPeer.MSS + " marked, 0 grown", "0 marked, " + EcnPeer.MSS + " grown");
  }
}
