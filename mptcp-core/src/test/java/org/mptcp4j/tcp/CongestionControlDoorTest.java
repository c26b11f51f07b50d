package org.mptcp4j.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.mptcp4j.cc.CcContext;
import org.mptcp4j.cc.CongestionControl;
import org.mptcp4j.cc.CongestionControlFactory;
import org.mptcp4j.cc.CongestionControls;
import org.mptcp4j.cc.RateSample;

/** What a user's own congestion control is told, and when it is made. */
class CongestionControlDoorTest {

  private static final long MS = 1_000_000L;

  /** Writes down what it is told; the window stays. */
  private static final class Recorder implements CongestionControl {
    final CcContext context;
    final int cwndBytes;
    final List<String> told = new ArrayList<>();
    long acked;
    long delivered;
    long bestRate;
    long leastRttNs = Long.MAX_VALUE;
    long lost;

    Recorder(CcContext context) {
      this.context = context;
      cwndBytes = context.cwndBytes();
      delivered = context.deliveredBytes();
    }

    @Override
    public int cwndBytes() {
      return cwndBytes;
    }

    @Override
    public void onAck(long nowNs, RateSample sample) {
      acked += sample.ackedBytes();
      delivered += sample.newlyDeliveredBytes();
      lost += sample.lostBytes();
      bestRate = Math.max(bestRate, sample.bytesPerSecond());
      leastRttNs = sample.rttNs() > 0 ? Math.min(leastRttNs, sample.rttNs()) : leastRttNs;
      assertThat(sample.totalDeliveredBytes()).isEqualTo(context.deliveredBytes());
      assertThat(sample.totalDeliveredBytes()).isEqualTo(delivered);
    }

    @Override
    public void onLoss(long nowNs, int inFlightBytes) {
      told.add("loss");
    }

    @Override
    public void onRecoveryExit(long nowNs) {
      told.add("exit");
    }

    @Override
    public void onRto(long nowNs, int inFlightBytes) {
      told.add("timeout");
    }

    @Override
    public void onIdle(long nowNs, long idleNs) {
      told.add("idle");
    }

    @Override
    public void onResume(long nowNs) {
      told.add("resume");
    }
  }

  private final TestWire wire = new TestWire(1);
  private final List<Recorder> made = new ArrayList<>();
  private final CongestionControlFactory recording =
      CongestionControls.of(
          "recording",
          context -> {
            made.add(new Recorder(context));
            return made.get(made.size() - 1);
          });

  @AfterEach
  void nothingLeaks() {
    wire.assertNoLeaks();
  }

  private Recorder recorder() {
    return made.get(made.size() - 1);
  }

  private void transfer(int bytes) {
    long until = wire.server.readBytes + bytes;
    wire.client.toWrite += bytes;
    wire.run(
        () -> wire.server.readBytes == until && wire.client.sock.inFlightBytes() == 0, 60_000 * MS);
  }

  @Test
  void itIsMadeWhenTheHandshakeIsOverAndKnowsTheSegmentSize() {
    wire.connect();
    wire.client.sock.congestionControl(recording);
    assertThat(made).isEmpty();
    assertThat(wire.client.sock.cwndBytes()).isZero();
    wire.run(() -> wire.client.sock.state() == TcpState.ESTABLISHED, 1000 * MS);
    CcContext context = recorder().context;
    assertThat(context.mssBytes()).isEqualTo(1448);
    // RFC 6928 section 2.
    assertThat(recorder().cwndBytes).isEqualTo(14_480);
    assertThat(context.subflows()).isEqualTo(1);
    assertThat(context.subflow(0)).isSameAs(wire.client.sock);
    assertThat(context.control()).isSameAs(recorder());
    assertThat(wire.client.sock.congestionControl()).isSameAs(recording);
  }

  // RFC 6928 section 2: ten segments, but no more than 14600 bytes when they are large.
  @Test
  void initialWindow() {
    assertThat(StartWindow.initialBytes(1460)).isEqualTo(14_600);
    assertThat(StartWindow.initialBytes(8960)).isEqualTo(17_920);
    assertThat(StartWindow.initialBytes(536)).isEqualTo(5_360);
  }

  @Test
  void aLiveConnectionGoesOnWithTheWindowItHas() {
    wire.established();
    transfer(100_000);
    int cwnd = wire.client.sock.cwndBytes();
    assertThat(cwnd).isGreaterThan(30_000);
    wire.client.sock.congestionControl(recording);
    assertThat(wire.client.sock.cwndBytes()).isEqualTo(cwnd);
    assertThat(recorder().context.ssthreshBytes()).isEqualTo(Integer.MAX_VALUE);
    transfer(100_000);
    assertThat(recorder().acked).isEqualTo(100_000);
    wire.client.sock.congestionControl(CongestionControls.byName("reno"));
    assertThat(wire.client.sock.cwndBytes()).isEqualTo(cwnd);
    transfer(500_000);
    assertThat(wire.client.sock.cwndBytes()).isGreaterThan(cwnd);
    assertThat(recorder().acked).isEqualTo(100_000);
  }

  @Test
  void everyByteIsCountedOnceWithLosses() {
    wire.established();
    wire.bitsPerSecond = 8_000_000;
    wire.client.sock.congestionControl(recording);
    wire.loss = 0.02;
    transfer(400_000);
    assertThat(recorder().delivered).isEqualTo(400_000);
    assertThat(recorder().acked).isLessThanOrEqualTo(400_000);
    assertThat(recorder().told).contains("loss", "exit");
    assertThat(recorder().lost).isPositive();
    assertThat(recorder().context.lossEvents()).isPositive();
    assertThat(recorder().leastRttNs).isBetween(20 * MS, 30 * MS);
    // 8 Mb/s with 40 bytes of headers and options for each 1448, and no more.
    assertThat(recorder().bestRate).isBetween(200_000L, 1_000_000L);
  }

  @Test
  void timeoutAndIdleTimeAreTold() {
    wire.established();
    wire.client.sock.congestionControl(recording);
    wire.lose = s -> s.payloadLength() > 0;
    wire.client.toWrite = 10_000;
    wire.runFor(500 * MS);
    wire.lose = s -> false;
    wire.run(() -> wire.server.readBytes == 10_000, 10_000 * MS);
    assertThat(recorder().told).contains("timeout");
    wire.runFor(20_000 * MS);
    transfer(10_000);
    assertThat(recorder().told).contains("idle");
  }

  // draft-ietf-ccwg-bbr section 5.4.1: nothing in flight, for want of data.
  @Test
  void pausesAreToldHoweverShort() {
    wire.established();
    wire.client.sock.congestionControl(recording);
    transfer(500_000);
    recorder().told.clear();
    transfer(100_000);
    assertThat(recorder().told).contains("resume").doesNotContain("idle");
    recorder().told.clear();
    wire.runFor(20_000 * MS);
    transfer(1);
    assertThat(recorder().told).contains("resume", "idle");
  }

  // RFC 7661 section 4.2: what counts is how much of the window was used, not how much of it is
  // still in flight when the acknowledgements come.
  @Test
  void aBurstThatFillsTheWindowDoublesIt() {
    wire.established();
    wire.client.sock.congestionControl(CongestionControls.byName("reno"));
    int window = wire.client.sock.cwndBytes();
    transfer(window);
    assertThat(wire.client.sock.cwndBytes()).isEqualTo(2 * window);
    transfer(window / 4);
    assertThat(wire.client.sock.cwndBytes()).isEqualTo(2 * window);
  }
}
