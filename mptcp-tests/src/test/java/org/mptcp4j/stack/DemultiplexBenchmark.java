package org.mptcp4j.stack;

import java.util.concurrent.TimeUnit;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.tcp.FourTuple;
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

/** From the addresses and ports of a segment to its flow, among few and among many. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class DemultiplexBenchmark {
  @Param({"2", "200000"})
  int flows;

  private FlowTable<Flow> table;
  private FourTuple[] wanted;
  private int next;

  record Flow(FourTuple tuple) implements FlowTable.Flow {}

  @Setup
  public void fill() {
    table = new FlowTable<>(1, 2);
    wanted = new FourTuple[Math.min(flows, 1024)];
    IpAddress here = IpAddress.parse("10.0.0.1");
    for (int i = 0; i < flows; i++) {
      IpAddress there = IpAddress.parse("10.1." + (i >>> 16) + ".2");
      FourTuple tuple = new FourTuple(here, 5_000, there, i & 0xffff);
      table.put(new Flow(tuple));
      wanted[i % wanted.length] = tuple;
    }
  }

  @Benchmark
  public Object find() {
    FourTuple t = wanted[next++ % wanted.length];
    int ports = FlowTable.ports(t.localPort(), t.remotePort());
    return table.get(t.local().hi(), t.local().lo(), t.remote().hi(), t.remote().lo(), ports);
  }
}
