package org.mptcp4j.tcp;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** One round trip of a window of 32 super-segments, of which every eighth was lost. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class ScoreboardBenchmark {
  private static final int LENGTH = 64_260;
  private static final int SEGMENTS = 32;

  private final Scoreboard board = new Scoreboard();
  private final SendTimes times = new SendTimes();
  private final Rack rack = new Rack();
  private long una;
  private long nowNs;

  /** SACK blocks as they come, what is lost, its retransmission, and the ACK for all of it. */
  @Benchmark
  public long recovery() {
    long nxt = una + (long) SEGMENTS * LENGTH;
    for (int i = 1; i <= SEGMENTS; i++) {
      times.onSent(++nowNs, una + (long) i * LENGTH);
    }
    nowNs += 1_000;
    for (int i = 0; i < SEGMENTS; i++) {
      if (i % 8 != 0) {
        long start = una + (long) i * LENGTH;
        rack.begin(++nowNs, una, 1_000);
        board.sack(start, start + LENGTH, times, rack);
        rack.updateReoWnd(board.isDupThreshReached(1428), 1_000);
        rack.detectLoss(nowNs, una, board, times);
      }
    }
    long lost;
    while ((lost = board.nextLost(una)) >= 0) {
      board.onRetransmit(++nowNs, lost, board.lostRangeEnd(lost));
    }
    long pipe = board.pipe(una, nxt);
    nowNs += 1_000;
    rack.begin(nowNs, una, 1_000);
    board.advance(una, nxt, times, rack);
    times.onAcked(nxt);
    una = nxt;
    return pipe;
  }
}
