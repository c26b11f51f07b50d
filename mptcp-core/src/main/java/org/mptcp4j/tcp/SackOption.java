package org.mptcp4j.tcp;

import org.mptcp4j.wire.TcpOptions;

/** Reads the SACK option of an acknowledgement: RFC 2018, and RFC 2883 for the duplicate. */
final class SackOption {

  private SackOption() {}

  /**
   * Tells loss recovery what the blocks say.
   *
   * @param ack the cumulative acknowledgement beside them, not applied yet, or overtaken by another
   */
  static void record(long nowNs, TcpOptions options, long ack, Sender sender) {
    int blocks = options.sackBlocks();
    long floor = Math.max(ack, sender.una());
    for (int i = 0; i < blocks; i++) {
      long left = sender.offsetOf(options.sackLeft(i));
      long right = sender.offsetOf(options.sackRight(i));
      if (left >= right || right > sender.nxt()) {
        continue; // RFC 2018 section 3: what was never sent says nothing.
      }
      // RFC 2883 section 4: the first block is a DSACK when it lies below the cumulative
      // acknowledgement, or within the second block.
      if (i == 0 && (left < ack || (blocks > 1 && isWithin(left, right, options, sender)))) {
        sender.recovery.dsack(left, right, ack, sender.nxt());
      } else if (right > floor) {
        sender.recovery.sack(nowNs, sender.una(), Math.max(left, floor), right);
      }
    }
  }

  private static boolean isWithin(long left, long right, TcpOptions options, Sender sender) {
    return left >= sender.offsetOf(options.sackLeft(1))
        && right <= sender.offsetOf(options.sackRight(1));
  }
}
