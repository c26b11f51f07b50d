package org.mptcp4j.testkit.middlebox;

import java.util.SplittableRandom;
import org.mptcp4j.wire.TcpFlags;

/** Forges resets in the name of who sends data. */
final class Resetter implements TcpBox.Flow {
  private static final int EVERY = 20;
  private static final int WITHIN = 4_000;

  private final Boxes.Guess guess;
  private final SplittableRandom random;
  private int seen;

  Resetter(Boxes.Guess guess, SplittableRandom random) {
    this.guess = guess;
    this.random = random;
  }

  @Override
  public void forth(TcpPacket p, TcpBox.Out on, TcpBox.Out back) {
    on.send(p);
    if (++seen % EVERY != 0) {
      return;
    }
    int seq =
        switch (guess) {
          case BLIND -> random.nextInt();
          case IN_WINDOW -> p.end() + 1 + random.nextInt(WITHIN);
          case EXACT -> p.end();
        };
    on.send(
        p.withSeq(seq)
            .withPayload(new byte[0])
            .withFlags(TcpFlags.RST | TcpFlags.ACK)
            .withOptions(new byte[0]));
  }
}
