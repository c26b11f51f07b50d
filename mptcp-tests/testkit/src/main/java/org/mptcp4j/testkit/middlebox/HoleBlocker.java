package org.mptcp4j.testkit.middlebox;

import java.util.SplittableRandom;
import org.mptcp4j.wire.TcpFlags;

/** Lets data pass in order only, and loses some of it first. */
final class HoleBlocker implements TcpBox.Flow {
  private static final double LOSS = 0.01;

  private final SplittableRandom random;
  private boolean begun;
  private int next;

  HoleBlocker(SplittableRandom random) {
    this.random = random;
  }

  @Override
  public void forth(TcpPacket p, TcpBox.Out on, TcpBox.Out back) {
    if (!begun) {
      begun = true;
      next = p.seq() + (p.has(TcpFlags.SYN) ? 1 : 0);
    }
    if (p.payload().length > 0) {
      if (random.nextDouble() < LOSS || p.seq() - next > 0) {
        return;
      }
      next = p.end() - next > 0 ? p.end() : next;
    }
    on.send(p);
  }
}
