package org.mptcp4j.lab.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.mptcp4j.lab.console.LabException;

/** The machine that the benchmark runs on, and what this process may do there. */
final class Machine {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final int CAP_NET_ADMIN = 12;
  private static final int CAP_SYS_ADMIN = 21;

  private Machine() {}

  /** Processors, kernel and Java, in words. */
  static String describe() {
    return Runtime.getRuntime().availableProcessors()
        + " processors, Linux "
        + majorAndMinor(System.getProperty("os.version"))
        + ", Java "
        + System.getProperty("java.version");
  }

  /** A version of Linux without what its builder appended. */
  static String majorAndMinor(String version) {
    return version.replaceFirst("^(\\d+\\.\\d+).*", "$1");
  }

  /**
   * Checks that network namespaces and TUN devices can be made.
   *
   * @throws LabException when they cannot
   */
  static void requireRoot() {
    long capabilities = Long.parseUnsignedLong(status("CapEff", "0"), 16);
    if ((capabilities >>> CAP_NET_ADMIN & capabilities >>> CAP_SYS_ADMIN & 1) == 0) {
      throw LabException.failed(
          "bench needs root to make network namespaces and TUN devices: run it with sudo");
    }
  }

  /** The last processor that this process may run on: the first ones have the interrupts. */
  static int lastProcessor() {
    return lastProcessor(status("Cpus_allowed_list", "0"));
  }

  /** The last number of a list such as {@code 0-2,5}. */
  static int lastProcessor(String list) {
    return Integer.parseInt(list.replaceFirst(".*[-,]", ""));
  }

  private static String status(String key, String otherwise) {
    try {
      return Files.readAllLines(STATUS).stream()
          .filter(line -> line.startsWith(key + ":"))
          .map(line -> line.substring(key.length() + 1).strip())
          .findFirst()
          .orElse(otherwise);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + STATUS, e);
    }
  }
}
