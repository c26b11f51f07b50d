package org.mptcp4j.testkit.middlebox;

import java.util.SplittableRandom;

/** Sends segments again that passed a while ago. */
final class Replayer implements TcpBox.Flow {
  private static final int KEPT = 64;
  private static final int EVERY = 10;

  private final SplittableRandom random;
  private final TcpPacket[] old = new TcpPacket[KEPT];
  private int seen;

  Replayer(SplittableRandom random) {
    this.random = random;
  }

  @Override
  public void forth(TcpPacket p, TcpBox.Out on, TcpBox.Out back) {
    on.send(p);
    old[seen % KEPT] = p;
    seen++;
    if (seen % EVERY == 0) {
      on.send(old[random.nextInt(Math.min(seen, KEPT))]);
    }
  }
}
