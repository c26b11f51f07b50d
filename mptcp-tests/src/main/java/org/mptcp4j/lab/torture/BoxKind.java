package org.mptcp4j.lab.torture;

import java.util.function.LongFunction;
import org.mptcp4j.testkit.middlebox.Boxes;
import org.mptcp4j.testkit.middlebox.Boxes.Guess;
import org.mptcp4j.testkit.middlebox.Boxes.Keeps;
import org.mptcp4j.testkit.middlebox.TcpBox;

/** What stands on the way. */
enum BoxKind {
  STRIPS_SYN(seed -> Boxes.stripsSyn()),
  STRIPS_SYN_ACK(seed -> Boxes.stripsSynAck()),
  STRIPS_THIRD_ACK(seed -> Boxes.stripsThirdAck()),
  STRIPS_DATA(seed -> Boxes.stripsData()),
  STRIPS_ACKS(seed -> Boxes.stripsAcks()),
  STRIPS_ALL(seed -> Boxes.stripsAll()),
  DROPS_SYN(seed -> Boxes.dropsSyn()),
  NAT(seed -> Boxes.translates()),
  REWRITES_SEQUENCE_NUMBERS(seed -> Boxes.rewritesSequenceNumbers()),
  SPLITS_KEEPING_FIRST(seed -> Boxes.splits(Keeps.FIRST)),
  SPLITS_KEEPING_LAST(seed -> Boxes.splits(Keeps.LAST)),
  SPLITS_DUPLICATING(seed -> Boxes.splits(Keeps.ALL)),
  JOINS_KEEPING_FIRST(seed -> Boxes.joins(Keeps.FIRST)),
  JOINS_KEEPING_LAST(seed -> Boxes.joins(Keeps.LAST)),
  JOINS_KEEPING_NONE(seed -> Boxes.joins(Keeps.NONE)),
  REWRITES_PAYLOAD(seed -> Boxes.rewritesPayload()),
  ACKNOWLEDGES_EARLY(seed -> Boxes.acknowledgesEarly(0, seed)) {
    @Override
    TcpBox make(long seed, double loss) {
      return Boxes.acknowledgesEarly(loss, seed);
    }

    @Override
    double wireLoss(double loss) {
      return 0;
    }
  },
  BLOCKS_BEYOND_HOLES(Boxes::blocksBeyondHoles),
  SHRINKS_WINDOWS(seed -> Boxes.shrinksWindows()),
  RESETS_BLINDLY(seed -> Boxes.resets(Guess.BLIND, seed)),
  RESETS_WITHIN_THE_WINDOW(seed -> Boxes.resets(Guess.IN_WINDOW, seed)),
  RESETS_EXACTLY(seed -> Boxes.resets(Guess.EXACT, seed)),
  REPLAYS(Boxes::replays);

  private final LongFunction<TcpBox> maker;

  BoxKind(LongFunction<TcpBox> maker) {
    this.maker = maker;
  }

  /** A new one, on a path that loses so much. */
  TcpBox make(long seed, double loss) {
    return maker.apply(seed);
  }

  /** What of that the wire behind it loses. */
  double wireLoss(double loss) {
    return loss;
  }

  /** Whether it changes what the application gets, so that only a checksum shows it. */
  boolean changesData() {
    return this == REWRITES_PAYLOAD;
  }
}
