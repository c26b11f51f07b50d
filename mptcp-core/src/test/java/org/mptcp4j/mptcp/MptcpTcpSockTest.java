package org.mptcp4j.mptcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.MethodSource;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.mib.Mib;
import org.mptcp4j.mptcp.CloseReason.Manner;
import org.mptcp4j.tcp.TcpNotice;
import org.mptcp4j.tcp.TcpState;
import org.mptcp4j.wire.MpFastclose;
import org.mptcp4j.wire.MpTcpRst;
import org.mptcp4j.wire.RxSegment;

/** The state of a subflow, and how it ends. */
class MptcpTcpSockTest {
  private static MptcpTcpSock in(SubflowState state) {
    return new Workbench(0, state).subflows.master();
  }

  static List<Arguments> transitions() {
    return Stream.of(SubflowState.values())
        .flatMap(from -> Stream.of(SubflowState.values()).map(to -> Arguments.of(from, to)))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("transitions")
  void itBecomesWhatTheTableAllowsAndNothingElse(SubflowState from, SubflowState to) {
    MptcpTcpSock subflow = in(from);
    if (from.successors().contains(to)) {
      subflow.become(to);
      assertThat(subflow.state()).isEqualTo(to);
    } else {
      assertThatExceptionOfType(AssertionError.class)
          .isThrownBy(() -> subflow.become(to))
          .withMessageContaining(from + " to " + to);
    }
  }

  // Whatever happens in whatever state, it is a way of the table.
  @ParameterizedTest
  @EnumSource(SubflowState.class)
  void everyVerbIsLegalInEveryState(SubflowState state) {
    for (CloseReason why : CloseReason.values()) {
      MptcpTcpSock subflow = in(state);
      subflow.close(why);
      subflow.silenced();
      subflow.heard(0, TcpNotice.ACKED);
      subflow.close(CloseReason.FASTCLOSED);
      subflow.gone();
      assertThat(subflow.state().isOver()).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource(CloseReason.class)
  void whatFollowsFromTheReason(CloseReason why) {
    Workbench bench = new Workbench();
    MptcpTcpSock subflow = bench.subflows.master();
    subflow.close(why);
    assertThat(subflow.error()).isEqualTo(why.error());
    assertThat(subflow.established()).isFalse();
    RxSegment last = bench.poll(subflow);
    if (why.manner() == Manner.FIN) {
      assertThat(subflow.state()).isEqualTo(SubflowState.CLOSING);
      assertThat(last.fin()).isTrue();
      return;
    }
    assertThat(subflow.state()).isEqualTo(SubflowState.CLOSED);
    assertThat(last.rst()).isTrue();
    assertThat(Optional.ofNullable(last.options().mptcp(MpTcpRst.class)))
        .isEqualTo(why.resetOption());
    // RFC 8684 section 3.5: MP_FASTCLOSE closes the whole connection.
    assertThat(last.options().mptcp(MpFastclose.class) != null)
        .isEqualTo(why == CloseReason.FASTCLOSED);
  }

  // What could not carry data yet has nothing to finish.
  @ParameterizedTest
  @EnumSource(
      value = SubflowState.class,
      names = {"JOIN_SYN_SENT", "JOIN_SYN_RECEIVED", "JOIN_ACK_SENT"})
  void aJoinUnderWayIsResetWhenTheConnectionFinishes(SubflowState state) {
    MptcpTcpSock join = in(state);
    join.close(CloseReason.FINISHED);
    assertThat(join.state()).isEqualTo(SubflowState.FAILED);
    assertThat(join.tcp().state()).isEqualTo(TcpState.CLOSED);
  }

  @ParameterizedTest
  @EnumSource(
      value = CloseReason.class,
      mode = Mode.EXCLUDE,
      names = {"NONE", "FINISHED", "PEER_FIN", "UNWANTED", "REMOVED_BY_PEER", "FASTCLOSED"})
  void theFirstReasonStandsWhenTheConnectionEndsAfterIt(CloseReason why) {
    MptcpTcpSock subflow = in(SubflowState.ESTABLISHED);
    subflow.close(why);
    subflow.close(CloseReason.FASTCLOSED);
    assertThat(subflow.reason()).isEqualTo(why);
  }

  @Test
  void whatClosesInOrderMayFailAfterAll() {
    MptcpTcpSock subflow = in(SubflowState.ESTABLISHED);
    subflow.close(CloseReason.PEER_FIN);
    assertThat(subflow.died(TcpNotice.TIMED_OUT)).isEqualTo(Decision.TIMED_OUT);
    assertThat(subflow.state()).isEqualTo(SubflowState.CLOSED);
    assertThat(subflow.error()).isEqualTo(SocketError.ETIMEDOUT);
  }

  // RFC 8684 section 3.5: a reset that has not left yet says that the connection is over, too.
  @Test
  void aResetThatWaitsCarriesTheFastclose() {
    Workbench bench = new Workbench();
    bench.subflows.master().close(CloseReason.MPTCP_ERROR);
    bench.subflows.master().close(CloseReason.FASTCLOSED);
    RxSegment reset = bench.poll(bench.subflows.master());
    assertThat(reset.options().mptcp(MpFastclose.class)).isNotNull();
  }

  @Test
  void itIsStaleUntilItIsHeard() {
    Workbench bench = new Workbench();
    MptcpTcpSock subflow = bench.subflows.master();
    assertThat(subflow.silenced()).isTrue();
    assertThat(subflow.silenced()).as("the second time is no news").isFalse();
    assertThat(subflow.stale()).isTrue();
    assertThat(subflow.established()).as("it may still carry data").isTrue();
    subflow.heard(bench.nowNs, TcpNotice.ACKED);
    assertThat(subflow.stale()).isFalse();
    assertThat(bench.count(Mib.SUBFLOW_STALE)).isOne();
    assertThat(bench.count(Mib.SUBFLOW_RECOVER)).isOne();
  }

  // RFC 6298 section 2.3: what comes sooner than an acknowledgement can may have been under way.
  @Test
  void aSegmentThatMayHaveBeenUnderWayDoesNotMakeItWorkAgain() {
    Workbench bench = new Workbench();
    MptcpTcpSock subflow = bench.subflows.master();
    subflow.silenced();
    subflow.heard(bench.nowNs + 499 * Workbench.MS, 0);
    assertThat(subflow.stale()).isTrue();
    subflow.heard(bench.nowNs + 501 * Workbench.MS, 0);
    assertThat(subflow.stale()).isFalse();
  }

  @Test
  void aSilentOneThatClosesIsSilentStill() {
    MptcpTcpSock subflow = in(SubflowState.ESTABLISHED);
    subflow.silenced();
    subflow.close(CloseReason.FINISHED);
    assertThat(subflow.state()).isEqualTo(SubflowState.CLOSING_STALE);
  }

  @Test
  void aLinkThatIsDownMakesItStaleInAnyState() {
    MptcpTcpSock subflow = in(SubflowState.ESTABLISHED);
    subflow.linkDown(true);
    assertThat(subflow.stale()).isTrue();
    assertThat(subflow.state()).isEqualTo(SubflowState.ESTABLISHED);
  }
}
