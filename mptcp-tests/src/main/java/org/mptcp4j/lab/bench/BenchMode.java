package org.mptcp4j.lab.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.mptcp4j.lab.bench.BenchReport.Better;

/** A row of the benchmark: what the kernel's client does, and under which conditions. */
enum BenchMode {
  /** Into this stack. */
  UP("kernel sends", Work.UP),
  /** Out of this stack. */
  DOWN("kernel receives", Work.DOWN),
  /** 64 bytes and back, one connection, the scheduler places both ends. */
  RR("64 bytes and back", Work.RR),
  /** The same, both ends on one processor. */
  RR_PINNED("64 bytes and back, one CPU", Work.RR, Condition.ONE_CPU),
  /** Connect, one byte each way, close. */
  CRR("connections, 16 threads", Work.CRR),
  /** Into this stack with DSS checksums. */
  UP_CSUM("kernel sends, checksums", Work.UP, Condition.CHECKSUM),
  /** Out of this stack with DSS checksums. */
  DOWN_CSUM("kernel receives, checksums", Work.DOWN, Condition.CHECKSUM),
  /** Into this stack over devices that refuse offloads. */
  MTU1500_UP("kernel sends, no offloads", Work.UP, Condition.PLAIN_TUN),
  /** Out of this stack over devices that refuse offloads. */
  MTU1500_DOWN("kernel receives, no offloads", Work.DOWN, Condition.PLAIN_TUN),
  /** A check: the kernel sends random bytes and both ends hash them. */
  HASH_UP("kernel sends, both ends hash", Work.HASH),
  /** A check: this stack sends random bytes and both ends hash them. */
  HASH_DOWN("kernel receives, both ends hash", Work.HASH_DOWN);

  /** What the kernel's client is asked to do. */
  enum Work {
    UP,
    DOWN,
    RR,
    CRR,
    HASH,
    HASH_DOWN
  }

  /** What is different from the usual, on both sides. */
  enum Condition {
    /** Client and server have one processor. */
    ONE_CPU,
    /** DSS checksums are on. */
    CHECKSUM,
    /** TUN devices without virtio-net header, packets of 1500 bytes; A is kernel TCP. */
    PLAIN_TUN
  }

  /** Title of what a mode is about, in each mode. */
  static final String RATE = "rate";

  private static final int CONNECTING_THREADS = 16;
  private final String title;
  private final Work work;
  private final Set<Condition> conditions;

  BenchMode(String title, Work work, Condition... conditions) {
    this.title = title;
    this.work = work;
    this.conditions = EnumSet.noneOf(Condition.class);
    this.conditions.addAll(List.of(conditions));
  }

  /** What {@code --only} calls it. */
  String option() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** What a report calls a measure of this mode. */
  String nameOf(Measure measure) {
    return option().replace('-', '_') + "_" + measure.key();
  }

  /** What it is, in words. */
  String title() {
    return title;
  }

  Set<Condition> conditions() {
    return conditions;
  }

  /** Whether a server that keeps nothing to send again, sums nothing and hashes nothing can do. */
  boolean isForBareServer() {
    return work != Work.DOWN
        && !isCheck()
        && !conditions.contains(Condition.CHECKSUM)
        && !conditions.contains(Condition.PLAIN_TUN);
  }

  /** Whether connections are opened all the time. */
  boolean isConnecting() {
    return work == Work.CRR;
  }

  /** Whether it is no measurement: {@link HashCheck}. */
  boolean isCheck() {
    return work == Work.HASH || work == Work.HASH_DOWN;
  }

  /**
   * Arguments of the kernel's client.
   *
   * @param amount seconds, or bytes for a check
   */
  List<String> client(String host, int port, String amount) {
    List<String> words = new ArrayList<>();
    words.add(work.name().toLowerCase(Locale.ROOT).replace('_', '-'));
    words.addAll(List.of(host, Integer.toString(port), amount));
    if (work == Work.CRR) {
      words.add(Integer.toString(CONNECTING_THREADS));
    }
    return words;
  }

  /** What is measured, the rate that the mode is about first. */
  List<Measure> measures() {
    return switch (work) {
      case UP, DOWN ->
          List.of(
              Measure.figure("gbps", RATE, "Gb/s", Better.HIGHER),
              Measure.figure("cpu_s_per_gb", "CPU of the machine", "s/GB", Better.LOWER),
              Measure.context("allocated_kb_per_gb", "heap allocated", "KB/GB", Better.LOWER),
              Measure.context("gc_pauses", "GC pauses", "each run", Better.LOWER),
              Measure.context("gc_longest_ms", "longest GC pause", "ms", Better.LOWER));
      case RR ->
          List.of(
              Measure.figure("per_second", RATE, "1/s", Better.HIGHER),
              Measure.figure("p50_us", "median", "us", Better.LOWER),
              Measure.figure("p99_us", "99th percentile", "us", Better.LOWER));
      case CRR ->
          List.of(
              Measure.figure("per_second", RATE, "1/s", Better.HIGHER),
              Measure.figure("cpu_us_per_connection", "CPU of the machine", "us", Better.LOWER),
              Measure.context(Measure.JOINS, "joins per connection", "", Better.HIGHER));
      case HASH, HASH_DOWN -> List.of();
    };
  }

  /** Key of the rate that the mode is about. */
  String rate() {
    return measures().get(0).key();
  }

  /** What {@code --only} may be given. */
  static String options() {
    return Arrays.stream(values()).map(BenchMode::option).collect(Collectors.joining(", "));
  }
}
