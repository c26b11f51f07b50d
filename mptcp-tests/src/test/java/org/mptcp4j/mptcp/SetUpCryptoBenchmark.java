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

/** What the keys of a connection and the HMAC of a join cost. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class SetUpCryptoBenchmark {
  private final MptcpCrypto crypto = new MptcpCrypto();
  private final byte[] hmac = new byte[32];
  private long key = 1;

  @Benchmark
  public long tokenAndDataSequence() {
    key++;
    return crypto.token(key) + crypto.initialDataSequence(key);
  }

  @Benchmark
  public byte[] joinHmac() {
    crypto.joinHmac(key, 2, 3, 4, hmac);
    return hmac;
  }
}
