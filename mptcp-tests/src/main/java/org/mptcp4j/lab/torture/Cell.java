package org.mptcp4j.lab.torture;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One case: which box, where, which way, from when on, and how much the wire loses.
 *
 * @param box what stands on the way
 * @param paths on which of the two
 * @param ways in which direction it works
 * @param start from when on
 * @param lossPercent of the packets on both paths, both ways
 */
record Cell(BoxKind box, Paths paths, Ways ways, Start start, int lossPercent) {
  /** Which paths have the box. */
  enum Paths {
    FIRST,
    SECOND,
    BOTH
  }

  /** Which way the box works. */
  enum Ways {
    FORWARD,
    REVERSE,
    BOTH
  }

  /** When the box begins to work. */
  enum Start {
    SYN,
    LATER
  }

  /** All of them. */
  static List<Cell> all() {
    List<Cell> all = new ArrayList<>();
    for (BoxKind box : BoxKind.values()) {
      for (Paths paths : Paths.values()) {
        for (Ways ways : Ways.values()) {
          for (Start start : Start.values()) {
            all.add(new Cell(box, paths, ways, start, 0));
            all.add(new Cell(box, paths, ways, start, 1));
          }
        }
      }
    }
    return all;
  }

  boolean on(int path) {
    return paths == Paths.BOTH || paths.ordinal() == path;
  }

  boolean forward() {
    return ways != Ways.REVERSE;
  }

  boolean reverse() {
    return ways != Ways.FORWARD;
  }

  /** Its row in the table: loss makes no difference there. */
  String row() {
    String text = box + " on " + paths + " " + ways + " from " + start;
    return text.toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  @Override
  public String toString() {
    return row() + ", loss " + lossPercent + " %";
  }
}
