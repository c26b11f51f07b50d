package org.mptcp4j.cc;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** An acknowledgement of a super-segment in congestion avoidance. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class CongestionControlBenchmark {
  private static final int LENGTH = 64_260;

  @Param({"cubic", "reno"})
  String algorithm;

  private final Flow flow = new Flow();
  private CongestionControl control;
  private long nowNs;

  @Setup
  public void start() {
    control = CongestionControls.byName(algorithm).create(flow);
    control.onLoss(0, 64 * LENGTH);
    control.onRecoveryExit(1);
  }

  @Benchmark
  public int onAck() {
    nowNs += 10_000;
    flow.peak = control.cwndBytes();
    control.onAck(nowNs, flow);
    return control.cwndBytes();
  }

  /** A connection whose window is always used. */
  private static final class Flow implements CcContext, RateSample {
    private int peak;

    @Override
    public boolean canSend() {
      return true;
    }

    @Override
    public int mssBytes() {
      return 1428;
    }

    @Override
    public int cwndBytes() {
      return 64 * LENGTH;
    }

    @Override
    public int ssthreshBytes() {
      return Integer.MAX_VALUE;
    }

    @Override
    public int inFlightBytes() {
      return peak;
    }

    @Override
    public long srttNs() {
      return 100_000;
    }

    @Override
    public long minRttNs() {
      return 100_000;
    }

    @Override
    public long deliveredBytes() {
      return LENGTH;
    }

    @Override
    public long lossEvents() {
      return 1;
    }

    @Override
    public CongestionControl control() {
      throw new UnsupportedOperationException("the benchmark has it");
    }

    @Override
    public int initialWindowBytes() {
      return 14_280;
    }

    @Override
    public long rtoNs() {
      return 200_000_000;
    }

    @Override
    public boolean inRecovery() {
      return false;
    }

    @Override
    public int subflows() {
      return 1;
    }

    @Override
    public CcSubflow subflow(int index) {
      return this;
    }

    @Override
    public int ackedBytes() {
      return LENGTH;
    }

    @Override
    public int newlyDeliveredBytes() {
      return LENGTH;
    }

    @Override
    public long totalDeliveredBytes() {
      return LENGTH;
    }

    @Override
    public long priorDeliveredBytes() {
      return 0;
    }

    @Override
    public long intervalNs() {
      return 100_000;
    }

    @Override
    public boolean appLimited() {
      return false;
    }

    @Override
    public long rttNs() {
      return 100_000;
    }

    @Override
    public int peakInFlightBytes() {
      return peak;
    }

    @Override
    public int lostBytes() {
      return 0;
    }

    @Override
    public int ecnMarkedBytes() {
      return 0;
    }
  }
}
