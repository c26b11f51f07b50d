package org.mptcp4j.lab.chart;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a sender put on each subflow, and when: the pieces of the data sequence as their mappings
 * name them, with a note of those that another subflow had carried before.
 */
public final class SequenceTrace {
  private static final int BLOCK = 256;

  private final Map<String, List<Mark>> marks = new LinkedHashMap<>();
  private final Map<String, Byte> numbers = new HashMap<>(); // from 1
  private final List<Sent> all = new ArrayList<>();
  private byte[] firstCarrier = new byte[1024];
  private double lastSeconds;
  private long highest;

  /** An empty trace. */
  public SequenceTrace() {}

  /** How a piece of data relates to what went before it. */
  public enum Kind {
    /** New data. */
    FIRST,
    /** Data that the same subflow had carried before: TCP's retransmission. */
    RETRANSMITTED,
    /** Data that another subflow had carried before. */
    REINJECTED
  }

  /**
   * One piece of data leaving.
   *
   * @param seconds since the start
   * @param offset of its first byte, 0 being the first byte of the connection
   */
  public record Mark(double seconds, long offset, int length, Kind kind) {}

  /** A piece and the subflow that carried it. */
  public record Sent(String subflow, Mark mark) {}

  /**
   * Adds a piece; to be called in the order of time.
   *
   * @param subflow its name, as the legend shows it; at most 127 different ones
   * @param offset from the first byte of the connection, not negative
   */
  public Kind add(String subflow, double seconds, long offset, int length) {
    List<Mark> own = marks.computeIfAbsent(subflow, name -> new ArrayList<>());
    byte carrier = numbers.computeIfAbsent(subflow, name -> (byte) marks.size());
    Kind kind = claim(carrier, offset, length);
    Mark mark = new Mark(seconds, offset, length, kind);
    own.add(mark);
    all.add(new Sent(subflow, mark));
    lastSeconds = Math.max(lastSeconds, seconds);
    highest = Math.max(highest, offset + length);
    return kind;
  }

  /** Every piece of every subflow, in the order of time. */
  public List<Sent> inOrder() {
    return Collections.unmodifiableList(all);
  }

  /** The subflows in the order in which they first carried data. */
  public List<String> subflows() {
    return List.copyOf(marks.keySet());
  }

  /** What {@code subflow} carried, in the order of time. */
  public List<Mark> marks(String subflow) {
    return Collections.unmodifiableList(marks.getOrDefault(subflow, List.of()));
  }

  /** Payload bytes on {@code subflow} of one kind. */
  public long bytes(String subflow, Kind kind) {
    return marks(subflow).stream()
        .filter(mark -> mark.kind() == kind)
        .mapToLong(Mark::length)
        .sum();
  }

  /** When the last piece left, in seconds since the start. */
  public double lastSeconds() {
    return lastSeconds;
  }

  /** The end of the data, in bytes from the first. */
  public long highest() {
    return highest;
  }

  // A block belongs to whoever first carried the byte in its middle, so that neighbouring pieces do
  // not claim each other's.
  private Kind claim(byte carrier, long offset, int length) {
    int from = Math.toIntExact((offset + BLOCK / 2) / BLOCK);
    int to = Math.toIntExact((offset + length + BLOCK / 2) / BLOCK);
    if (to > firstCarrier.length) {
      firstCarrier = Arrays.copyOf(firstCarrier, Math.max(to, firstCarrier.length * 2));
    }
    Kind kind = Kind.FIRST;
    for (int block = from; block < to; block++) {
      if (firstCarrier[block] == 0) {
        firstCarrier[block] = carrier;
      } else if (firstCarrier[block] != carrier) {
        kind = Kind.REINJECTED;
      } else if (kind == Kind.FIRST) {
        kind = Kind.RETRANSMITTED;
      }
    }
    return kind;
  }
}
