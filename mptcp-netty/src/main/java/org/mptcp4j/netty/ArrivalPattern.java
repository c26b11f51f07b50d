package org.mptcp4j.netty;

/**
 * Whether the packets of a device come one at a time, and whether the next one is there as soon as
 * one is answered. Where it is not so, asking for it costs a system call that finds nothing. It is
 * tried every so often, since otherwise nobody would see that it is so again.
 */
final class ArrivalPattern {
  /** So many packets in a row that had none behind them make the next one likely to be alone. */
  static final int SURE = 8;

  /** Packets taken alone before it is looked again whether there is another one behind. */
  private static final int TRUST = 256;

  private int aloneInARow;
  private int trust;
  private int lateInARow;

  /** Whether the next packet is probably alone. */
  boolean alone() {
    return trust > 0;
  }

  /** Whether after an answer the next packet takes its time. */
  boolean late() {
    return lateInARow == SURE;
  }

  /**
   * A device was asked for a lone packet as soon as the one before it was answered.
   *
   * @param count how many it had; 0 or less is none
   */
  void afterAnswer(int count) {
    lateInARow = count > 0 ? 0 : Math.min(SURE, lateInARow + 1);
  }

  /**
   * A device was asked for packets.
   *
   * @param count how many it had; 0 or less says nothing
   * @param wanted how many it was asked for: 1 says nothing about a second one
   */
  void received(int count, int wanted) {
    if (count <= 0) {
      return;
    }
    if (wanted == 1) {
      trust--;
    } else if (count > 1) {
      aloneInARow = 0;
    } else {
      aloneInARow = Math.min(SURE, aloneInARow + 1);
      trust = aloneInARow == SURE ? TRUST : 0;
      lateInARow = Math.min(SURE - 1, lateInARow);
    }
  }
}
