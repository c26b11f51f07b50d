package org.mptcp4j.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.concurrent.TimeUnit;
import org.mptcp4j.link.packet.ChecksumState;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.packet.Packet;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Parsing and building segments as bulk transfer has them: 64 KB with a mapping, and their ACK. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class SegmentBenchmark {
  private static final int PAYLOAD = 45 * 1428;

  private final ByteBufAllocator allocator = PooledByteBufAllocator.DEFAULT;
  private final IpAddress here = IpAddress.parse("10.0.0.1");
  private final IpAddress there = IpAddress.parse("10.0.0.2");
  private final TxSegment tx = new TxSegment();
  private final RxSegment rx = new RxSegment();
  private final Packet out = new Packet();
  private final Packet data = new Packet();
  private final Packet ack = new Packet();
  private ByteBuf payload;

  @Setup
  public void prepare() {
    payload = allocator.directBuffer(PAYLOAD).writeZero(PAYLOAD);
    keep(dataSegment(), data);
    keep(ackSegment(), ack);
  }

  private Packet dataSegment() {
    common();
    tx.options().dssAck64Map64(1L << 40, 1L << 41, 4_711, PAYLOAD);
    tx.addPayload(payload, 0, PAYLOAD);
    tx.gsoSize(1428).encodeInto(out, allocator);
    return out;
  }

  private Packet ackSegment() {
    common();
    tx.options().dssAck64(1L << 40);
    tx.encodeInto(out, allocator);
    return out;
  }

  private void common() {
    tx.src(here).dst(there).srcPort(5_000).dstPort(40_000).seq(1).ack(2).window(1_000);
    tx.flags(TcpFlags.ACK);
    tx.options().timestamps(1, 2);
  }

  private void keep(Packet from, Packet to) {
    to.header(from.linearize(allocator));
    to.gsoSize(from.gsoSize());
    to.checksum(ChecksumState.VALID);
    from.release();
  }

  @TearDown
  public void release() {
    data.release();
    ack.release();
    payload.release();
  }

  @Benchmark
  public ParseVerdict parseData() {
    return rx.parse(data);
  }

  @Benchmark
  public ParseVerdict parseAck() {
    return rx.parse(ack);
  }

  @Benchmark
  public int buildData() {
    int length = dataSegment().length();
    out.release();
    return length;
  }

  @Benchmark
  public int buildAck() {
    int length = ackSegment().length();
    out.release();
    return length;
  }
}
