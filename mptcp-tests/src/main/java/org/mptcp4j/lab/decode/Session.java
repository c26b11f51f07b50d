package org.mptcp4j.lab.decode;

import org.mptcp4j.testkit.peer.MptcpKeys;
import org.mptcp4j.wire.Seq64;

/** What a capture told about one MPTCP connection. Side 0 opened it, side 1 accepted it. */
final class Session {
  private final int number;
  private final long[] keys = new long[2];
  private final boolean[] known = new boolean[2];
  private final long[] latestDsn = new long[2];
  private int subflows;

  Session(int number) {
    this.number = number;
  }

  int number() {
    return number;
  }

  /** The number of the next subflow, counted from 0. */
  int addSubflow() {
    return subflows++;
  }

  boolean knows(int side) {
    return known[side];
  }

  boolean knowsBoth() {
    return known[0] && known[1];
  }

  long key(int side) {
    return keys[side];
  }

  /** Learns a key; false when another one was seen before. */
  boolean learn(int side, long key) {
    if (known[side]) {
      return keys[side] == key;
    }
    keys[side] = key;
    known[side] = true;
    latestDsn[side] = initialDsn(side);
    return true;
  }

  int token(int side) {
    return MptcpKeys.token(keys[side]);
  }

  long initialDsn(int side) {
    return MptcpKeys.initialDsn(keys[side]);
  }

  /**
   * The full data sequence number of what a side sent, or acknowledged of it, from what was on the
   * wire.
   */
  long expand(int side, long value, boolean wide) {
    long full = wide ? value : Seq64.expand(latestDsn[side], (int) value);
    latestDsn[side] = Seq64.max(latestDsn[side], full);
    return full;
  }
}
