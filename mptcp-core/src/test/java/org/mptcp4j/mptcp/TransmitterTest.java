package org.mptcp4j.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mptcp4j.mib.Mib;
import org.mptcp4j.sched.LowestRtt;

/** What is handed to which subflow, and what goes out again: RFC 8684 sections 3.3.1 and 3.3.6. */
class TransmitterTest {
  private Workbench bench;
  private MptcpTcpSock first;
  private MptcpTcpSock second;
  private Transmitter transmitter;

  @BeforeEach
  void twoSubflows() {
    bench = new Workbench();
    first = bench.subflows.master();
    second = bench.add();
    transmitter = new Transmitter(bench.meta, bench.subflows, new LowestRtt(), false);
  }

  private static int mapped(MptcpTcpSock subflow) {
    int bytes = 0;
    for (int i = 0; i < subflow.options().tx().size(); i++) {
      bytes += subflow.options().tx().length(i);
    }
    return bytes;
  }

  @Test
  void whatWasWrittenIsMappedInOrderFromTheFirstByte() {
    bench.write(3_000);
    transmitter.push(bench.nowNs);
    assertThat(mapped(first) + mapped(second)).isEqualTo(3_000);
    MptcpTcpSock used = mapped(first) > 0 ? first : second;
    // RFC 8684 section 3.1: the first byte follows the initial data sequence number.
    assertThat(used.options().tx().dsn(0)).isEqualTo(bench.keys.localIdsn() + 1);
    assertThat(used.options().tx().seq(0)).isEqualTo(used.tcp().iss() + 1);
  }

  @Test
  void nothingIsHandedOutBeyondThePeersWindow() {
    MetaSock meta = bench.meta;
    int window = (int) meta.sendWindowBytes();
    bench.write(3 * window);
    for (int i = 0; i < 100; i++) {
      transmitter.push(bench.nowNs);
      bench.exchange(first);
      bench.exchange(second);
    }
    assertThat(meta.sendWindowBytes()).isNotNegative();
    assertThat(meta.bytesSent()).isLessThanOrEqualTo(window);
    assertThat(meta.unsentBytes()).isGreaterThanOrEqualTo(2L * window);
  }

  @Test
  void oneThatClosesGetsNothing() {
    first.close(CloseReason.PEER_FIN);
    bench.write(1_000);
    transmitter.push(bench.nowNs);
    assertThat(mapped(first)).isZero();
    assertThat(mapped(second)).isEqualTo(1_000);
  }

  @Test
  void oneThatIsSilentGetsNothingNewWhileAnotherWorks() {
    first.silenced();
    bench.write(1_000);
    transmitter.push(bench.nowNs);
    assertThat(mapped(second)).isEqualTo(1_000);
  }

  @Test
  void whatASubflowCarriedInVainGoesOutOnTheOther() {
    second.linkDown(true);
    bench.write(2_000);
    transmitter.push(bench.nowNs);
    assertThat(mapped(first)).isEqualTo(2_000);
    bench.lose(first);
    second.linkDown(false);
    first.silenced();
    transmitter.reinject(first);
    transmitter.push(bench.nowNs);
    assertThat(mapped(second)).isEqualTo(2_000);
    assertThat(second.options().tx().dsn(0)).isEqualTo(first.options().tx().dsn(0));
    assertThat(transmitter.bytesReinjected()).isEqualTo(2_000);
    assertThat(bench.count(Mib.MPTCP_RETRANS)).isPositive();
  }

  // RFC 8684 section 3.3.6: a subflow gets a range once.
  @Test
  void whatIsAskedForTwiceGoesOutOnceOnEachSubflow() {
    whatASubflowCarriedInVainGoesOutOnTheOther();
    transmitter.reinject(first);
    transmitter.push(bench.nowNs);
    assertThat(mapped(second)).isEqualTo(2_000);
  }

  @Test
  void whatIsAcknowledgedMeanwhileDoesNotGoOutAgain() {
    second.linkDown(true);
    bench.write(2_000);
    transmitter.push(bench.nowNs);
    second.linkDown(false);
    transmitter.reinject(first);
    bench.meta.acknowledge(bench.meta.tx().nxt());
    transmitter.push(bench.nowNs);
    assertThat(mapped(second)).isZero();
  }

  @Test
  void aMappingHasTheChecksumOfItsBytesWhenTheyAreUsed() {
    bench.write(1_000);
    new Transmitter(bench.meta, bench.subflows, new LowestRtt(), true).push(bench.nowNs);
    MptcpTcpSock used = mapped(first) > 0 ? first : second;
    // RFC 8684 section 3.3.1: over the data, which is zeros, and a pseudo header, which is not.
    assertThat(used.options().tx().checksum(0)).isNotZero();
  }

  @Test
  void aClosedWindowWithNothingInFlightBlocks() {
    assertThat(transmitter.blockedByWindow()).isFalse();
    int window = (int) bench.meta.sendWindowBytes();
    bench.write(window);
    bench.meta.tx().give(bench.meta.tx().nxt(), window, (buf, index, length) -> {});
    bench.write(1);
    assertThat(transmitter.blockedByWindow()).as("something is in flight").isFalse();
    bench.meta.acknowledge(bench.meta.tx().nxt());
    assertThat(transmitter.blockedByWindow()).isTrue();
  }

  // The peer has it, and may be about to fall back: RFC 8684 section 3.7 counts the bytes there.
  @Test
  void whatTheOnlySubflowHasDeliveredAfterAllDoesNotGoOutOnItAgain() {
    bench = new Workbench();
    first = bench.subflows.master();
    transmitter = new Transmitter(bench.meta, bench.subflows, new LowestRtt(), false);
    bench.write(2_000);
    transmitter.push(bench.nowNs);
    transmitter.reinject(first);
    bench.exchange(first);
    first.options().acknowledged(first.tcp().sndUna(), bench.meta.tx().una());
    assertThat(first.options().tx().allArrived()).isTrue();
    transmitter.push(bench.nowNs);
    assertThat(mapped(first)).isZero();
    assertThat(transmitter.bytesReinjected()).isZero();
  }

  // RFC 8684 section 3.3.6: what another subflow has delivered is still sent again on the one that
  // had it first, "in order to preserve the subflow's integrity", and kept until that has
  // acknowledged it.
  @Test
  void whatAnotherHasDeliveredIsRepairedOnItsSubflow() {
    whatASubflowCarriedInVainGoesOutOnTheOther();
    bench.exchange(second);
    bench.meta.acknowledge(bench.meta.tx().nxt());
    assertThat(bench.meta.tx().una()).isEqualTo(bench.meta.tx().nxt());
    second.options().acknowledged(second.tcp().sndUna(), bench.meta.tx().una());
    first.options().acknowledged(first.tcp().sndUna(), bench.meta.tx().una());
    int lost = first.tcp().sndUna();
    assertThat(mapped(first)).as("still mapped").isEqualTo(2_000);
    for (int i = 0; i < 10; i++) {
      bench.nowNs += 5_000 * Workbench.MS;
      first.tcp().onTimeout(bench.nowNs);
      bench.exchange(first);
    }
    assertThat(first.tcp().sndUna()).isEqualTo(lost + 2_000);
  }
}
