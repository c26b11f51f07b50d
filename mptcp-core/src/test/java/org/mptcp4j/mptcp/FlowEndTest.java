package org.mptcp4j.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.mptcp4j.wire.MpTcpRst;

class FlowEndTest {
  @Test
  void theFirstReasonStandsUnlessTheFlowWentOnAfterIt() {
    FlowEnd finished = FlowEnd.OPEN.because(CloseReason.FINISHED);
    assertThat(finished.reason()).isEqualTo(CloseReason.FINISHED);
    FlowEnd failed = finished.because(CloseReason.TIMED_OUT);
    assertThat(failed.reason()).isEqualTo(CloseReason.TIMED_OUT);
    assertThat(failed.because(CloseReason.ABORTED)).isSameAs(failed);
  }

  // RFC 1122 section 4.2.3.9: what routers say is no reason to end, but why it did when it does.
  @Test
  void whatRoutersSayHoldsUntilThePeerIsHeard() {
    FlowEnd warned = FlowEnd.OPEN.warned(CloseReason.PARAMETER_PROBLEM);
    assertThat(warned.reason()).isEqualTo(CloseReason.NONE);
    assertThat(warned.ifTimedOut()).isEqualTo(CloseReason.PARAMETER_PROBLEM);
    assertThat(warned.heard().ifTimedOut()).isEqualTo(CloseReason.TIMED_OUT);
  }

  @Test
  void aFlowThatIsHeardTakesNoMemoryForIt() {
    assertThat(FlowEnd.OPEN.heard()).isSameAs(FlowEnd.OPEN);
  }

  @Test
  void knowsWhatThePeersResetSaid() {
    FlowEnd reset = FlowEnd.OPEN.resetBecause(new MpTcpRst(0, MpTcpRst.MIDDLEBOX));
    assertThat(reset.saidBecause(MpTcpRst.MIDDLEBOX)).isTrue();
    assertThat(reset.saidBecause(MpTcpRst.MPTCP_ERROR)).isFalse();
    assertThat(FlowEnd.OPEN.saidBecause(MpTcpRst.MIDDLEBOX)).isFalse();
    assertThat(reset.peerFailed()).isFalse();
    FlowEnd failed = reset.resetForChecksum();
    assertThat(failed.peerFailed()).isTrue();
    assertThat(failed.saidBecause(MpTcpRst.MIDDLEBOX)).isTrue();
  }
}
