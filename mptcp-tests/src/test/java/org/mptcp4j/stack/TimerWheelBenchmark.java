package org.mptcp4j.stack;

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

/** Timers of a stack among many that are scheduled. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class TimerWheelBenchmark {
  private static final long STEP_NS = 10_000;
  private static final long RTO_NS = 200_000_000;

  @Param({"2", "200000"})
  int timers;

  private final TimerWheel wheel = new TimerWheel();
  private final TimerWheel.Timer timer = new TimerWheel.Timer();
  private long nowNs;

  @Setup
  public void fill() {
    for (int i = 0; i < timers; i++) {
      wheel.schedule(new TimerWheel.Timer(), Long.MAX_VALUE / 2 + i * STEP_NS);
    }
  }

  @Benchmark
  public void armAndCancel() {
    wheel.schedule(timer, nowNs + RTO_NS);
    wheel.cancel(timer);
  }

  /** As every acknowledgement does to the retransmission timer. */
  @Benchmark
  public void moveLater() {
    nowNs++;
    wheel.schedule(timer, RTO_NS + nowNs);
  }

  /** Time goes on by a turn; once in 20,000 the timer expires and is armed again. */
  @Benchmark
  public long advance() {
    nowNs += STEP_NS;
    wheel.schedule(timer, nowNs + RTO_NS);
    if (wheel.nextTimeoutNs() <= nowNs) {
      wheel.expire(nowNs);
    }
    return nowNs;
  }
}
