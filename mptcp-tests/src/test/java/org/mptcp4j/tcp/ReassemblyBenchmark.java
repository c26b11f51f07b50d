package org.mptcp4j.tcp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Super-segments through the receive queue and through out-of-order reassembly, one at a time. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class ReassemblyBenchmark {
  private static final int LENGTH = 64_260;
  private static final int PIECES = 32;

  private final WaitingPieces inOrder = new WaitingPieces();
  private final OutOfOrderQueue outOfOrder = new OutOfOrderQueue(1024);
  private ByteBuf buffer;
  private long offset;

  @Setup
  public void allocate() {
    buffer = PooledByteBufAllocator.DEFAULT.directBuffer(LENGTH).writeZero(LENGTH);
  }

  @TearDown
  public void release() {
    buffer.release();
  }

  @Benchmark
  public int inOrder() {
    inOrder.add(buffer, 0, LENGTH);
    return take(inOrder.poll(LENGTH));
  }

  /** A hole of one segment, then 32 behind it, then all of them are taken. */
  @Benchmark
  @OperationsPerInvocation(PIECES)
  public long behindAHole() {
    offset += LENGTH;
    for (int i = 0; i < PIECES; i++) {
      outOfOrder.insert(offset + (long) i * LENGTH, buffer, 0, LENGTH);
    }
    return takeAll();
  }

  /** The same, with every second segment first. */
  @Benchmark
  @OperationsPerInvocation(PIECES)
  public long everySecondFirst() {
    offset += LENGTH;
    for (int i = 0; i < PIECES; i++) {
      int at = i < PIECES / 2 ? 2 * i : 2 * i + 1 - PIECES;
      outOfOrder.insert(offset + (long) at * LENGTH, buffer, 0, LENGTH);
    }
    return takeAll();
  }

  private long takeAll() {
    ByteBuf piece;
    while ((piece = outOfOrder.poll(offset)) != null) {
      offset += take(piece);
    }
    return offset;
  }

  private static int take(ByteBuf piece) {
    int bytes = piece.readableBytes();
    piece.release();
    return bytes;
  }
}
