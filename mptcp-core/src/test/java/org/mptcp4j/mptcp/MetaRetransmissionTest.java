package org.mptcp4j.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mptcp4j.mptcp.MetaTimers.Timer;
import org.mptcp4j.sched.LowestRtt;

/** The timers of the data level: RFC 8684 section 3.3.6. */
class MetaRetransmissionTest {
  private Workbench bench;
  private Transmitter transmitter;
  private MetaRetransmission retransmission;

  @BeforeEach
  void twoSubflows() {
    bench = new Workbench();
    bench.add();
    transmitter = new Transmitter(bench.meta, bench.subflows, new LowestRtt(), false);
    retransmission =
        new MetaRetransmission(bench.config, bench.meta, bench.subflows, transmitter, bench.timers);
  }

  private void sendAndLose(int bytes) {
    bench.write(bytes);
    transmitter.push(bench.nowNs);
    bench.subflows.live().forEach(bench::lose);
    retransmission.update(bench.nowNs);
  }

  private long toRetransmissionNs() {
    return bench.timers.next() - bench.nowNs;
  }

  private void timeout() {
    bench.nowNs = bench.timers.next();
    retransmission.onTimeout(bench.nowNs);
  }

  @Test
  void nothingRunsWhileNothingIsOutstanding() {
    retransmission.update(bench.nowNs);
    assertThat(bench.timers.next()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void itLeavesWorkingSubflowsTheTimeToRepairTheirLosses() {
    sendAndLose(1_000);
    for (MptcpTcpSock s : bench.subflows.live()) {
      assertThat(toRetransmissionNs()).isGreaterThanOrEqualTo(2 * s.tcp().rtoNs());
    }
  }

  @Test
  void whatNoSubflowRepairedGoesOutAgain() {
    sendAndLose(1_000);
    bench.subflows.live().stream()
        .filter(s -> s.options().tx().size() > 0)
        .forEach(MptcpTcpSock::silenced);
    timeout();
    transmitter.push(bench.nowNs);
    assertThat(transmitter.bytesReinjected()).isEqualTo(1_000);
  }

  @Test
  void theIntervalDoublesUntilThereIsProgress() {
    sendAndLose(2_000);
    long once = toRetransmissionNs();
    timeout();
    assertThat(toRetransmissionNs()).isEqualTo(2 * once);
    timeout();
    assertThat(toRetransmissionNs()).isEqualTo(4 * once);
    retransmission.progress(bench.nowNs);
    assertThat(toRetransmissionNs()).isEqualTo(once);
  }

  // RFC 9293 section 3.8.3: a peer that takes nothing is given up, here at the data level.
  @Test
  void itGivesUpAfterAsManyTriesAsTcp() {
    sendAndLose(1_000);
    for (int i = 0; i <= bench.config.tcp().retries(); i++) {
      assertThat(retransmission.isExhausted(bench.nowNs)).as("after %d", i).isFalse();
      timeout();
    }
    assertThat(retransmission.isExhausted(bench.nowNs)).isTrue();
  }

  @Test
  void progressBeginsTheTriesAnew() {
    sendAndLose(2_000);
    for (int i = 0; i < bench.config.tcp().retries(); i++) {
      timeout();
    }
    retransmission.progress(bench.nowNs);
    timeout();
    timeout();
    assertThat(retransmission.isExhausted(bench.nowNs)).isFalse();
  }

  @Test
  void itStopsWhenEverythingIsAcknowledged() {
    sendAndLose(1_000);
    bench.meta.acknowledge(bench.meta.tx().nxt());
    retransmission.update(bench.nowNs);
    assertThat(bench.timers.armed(Timer.RETRANSMIT)).isFalse();
  }

  // RFC 8684 section 3.3.3: the DATA_FIN is repeated until it is acknowledged, on every subflow.
  @Test
  void theDataFinIsRepeated() {
    bench.meta.shutdownOutput();
    bench.meta.sendFin();
    retransmission.update(bench.nowNs);
    timeout();
    for (MptcpTcpSock s : bench.subflows.live()) {
      assertThat(bench.poll(s).options().dss().dataFin()).isTrue();
    }
  }

  @Test
  void silentSubflowsAreProbed() {
    MptcpTcpSock silent = bench.subflows.get(1);
    silent.silenced();
    retransmission.update(bench.nowNs);
    assertThat(bench.timers.armed(Timer.PROBE)).isTrue();
    timeout();
    assertThat(bench.poll(silent).payloadLength()).isZero();
    silent.become(silent.state().whenHeard());
    retransmission.update(bench.nowNs);
    assertThat(bench.timers.armed(Timer.PROBE)).isFalse();
  }
}
