package org.mptcp4j.tcp;

/**
 * What {@link LossRecovery} keeps once something is acknowledged out of order or sent again: most
 * connections never need it.
 */
final class Repair {
  private static final long NONE = -1;

  /** Stands for that of a connection that needed none so far; never changed. */
  static final Repair NOTHING = new Repair(true);

  final Rack rack = new Rack();
  final Prr prr = new Prr();
  final Undo undo = new Undo();
  final Frto frto;
  long recoveryPoint; // what is sent when a recovery begins ends there
  boolean firstRetransmitDue; // whatever the window says
  boolean reduced; // whether congestion control has reduced its window
  int timeoutTick; // when the retransmission timer last expired
  long timeouts;
  long fastRecoveries;
  long undone;
  long bytesRetransmitted;
  long dupBytes; // without SACK, what duplicates say has left the network
  long mtuProbeStart = NONE;
  long markPoint = NONE;

  // The acknowledgement in progress.
  long news;
  boolean probeDsacked;
  boolean allDsacked;
  long lostBytes; // since the last sample

  Repair(boolean sack) {
    frto = new Frto(sack);
  }
}
