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

  private CongestionControl control;
  private long nowNs;

  @Setup
  public void start() {
    control = algorithm.equals("cubic") ? new Cubic() : new NewReno();
    control.start(0, 1428);
    control.onLoss(0, 64 * LENGTH);
    control.onRecoveryExit(1);
  }

  @Benchmark
  public int onAck() {
    nowNs += 10_000;
    control.onAck(nowNs, LENGTH, 100_000, control.cwndBytes());
    return control.cwndBytes();
  }
}
