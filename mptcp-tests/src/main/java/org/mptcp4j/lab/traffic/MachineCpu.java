package org.mptcp4j.lab.traffic;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How busy the whole machine was: what a figure in CPU seconds per gigabyte is made of. */
public final class MachineCpu {
  private static final Path STAT = Path.of("/proc/stat");

  // proc_stat(5): in units of USER_HZ, which is 100 on every architecture that Java runs on.
  private static final double TICKS_PER_SECOND = 100;

  private MachineCpu() {}

  /**
   * Seconds that all processors together spent working since the machine started; 0 where there is
   * no /proc/stat.
   */
  public static double busySeconds() {
    if (!Files.isReadable(STAT)) {
      return 0;
    }
    try (BufferedReader reader = Files.newBufferedReader(STAT)) {
      return busySeconds(reader.readLine());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + STAT, e);
    }
  }

  /** The same from the line {@code cpu user nice system idle iowait irq softirq ...}. */
  static double busySeconds(String line) {
    String[] fields = line.trim().split("\\s+");
    long ticks = 0;
    for (int field : new int[] {1, 2, 3, 6, 7}) {
      ticks += Long.parseLong(fields[field]);
    }
    return ticks / TICKS_PER_SECOND;
  }
}
