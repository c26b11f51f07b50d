package org.mptcp4j.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The Internet checksum over a pooled buffer, and over a slice as a received payload is one. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class ChecksumBenchmark {
  @Param({"64", "1500", "65536"})
  int bytes;

  private ByteBuf whole;
  private ByteBuf slice;
  private ByteBuf unpooled;

  @Setup
  public void fill() {
    whole = PooledByteBufAllocator.DEFAULT.directBuffer(512 << 10).writeZero(512 << 10);
    slice = whole.retainedSlice(64, bytes);
    unpooled = Unpooled.directBuffer(bytes).writeZero(bytes);
  }

  @TearDown
  public void release() {
    slice.release();
    unpooled.release();
    whole.release();
  }

  @Benchmark
  public int buffer() {
    return InternetChecksum.sum(whole, 64, bytes);
  }

  @Benchmark
  public int slice() {
    return InternetChecksum.sum(slice, 0, bytes);
  }

  /** Two ranges, in a slice and in a buffer of another kind, as a sender and receiver have them. */
  @Benchmark
  public int mixed() {
    return InternetChecksum.sum(slice, 0, bytes) + InternetChecksum.sum(unpooled, 0, bytes);
  }
}
