package org.mptcp4j.mptcp;

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

/** Mappings of a window that is always full: one more comes, the oldest goes. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class MappingBenchmark {
  private static final int LENGTH = 64_260;
  private static final int WINDOW = 64;

  private final TxMappings tx = TxMappings.begin(0);
  private final RxMappings rx = new RxMappings();
  private int txSeq;
  private long txDsn;
  private int rxSeq;
  private long rxDsn;

  /** Adds, finds for the segment that leaves, and forgets what an acknowledgement covers. */
  @Benchmark
  public long send() {
    tx.add(txSeq, LENGTH, txDsn, -1);
    long dsn = tx.dsn(tx.find(txSeq));
    txSeq += LENGTH;
    txDsn += LENGTH;
    tx.acknowledged(txSeq - WINDOW * LENGTH);
    return dsn;
  }

  /** Takes a mapping and finds it for the bytes that came with it. */
  @Benchmark
  public long receive() {
    rx.add(rxSeq, rxSeq, LENGTH, rxDsn, -1);
    long dsn = rx.covers(rxSeq) ? rx.firstDsn() : -1;
    rxSeq += LENGTH;
    rxDsn += LENGTH;
    return dsn;
  }
}
