package org.mptcp4j.lab.bench;

import java.util.Map;
import org.mptcp4j.lab.console.Units;
import org.mptcp4j.lab.system.Namespaces;

/**
 * Random bytes between the kernel and this stack, hashed at both ends: figures of bytes that are
 * wrong would not count.
 *
 * @param mode the direction
 * @param sha256 of what was sent
 * @param equal whether the receiver got the same
 */
record HashCheck(
    String mode, long bytes, double seconds, double gbps, boolean equal, String sha256) {
  /** Enough for 10 GB at a fiftieth of what is expected. */
  private static final int PATIENCE_SECONDS = 1200;

  static HashCheck run(BenchMode mode, long bytes, Programs programs) {
    try (Namespaces namespaces = new Namespaces()) {
      Side stack = new StackSide(namespaces, programs, mode, LabBuild.own(), "b-client");
      return of(mode, stack.check(Long.toString(bytes), PATIENCE_SECONDS));
    }
  }

  /** Reads what the kernel's client printed. */
  static HashCheck of(BenchMode mode, Map<String, String> printed) {
    long bytes = Long.parseLong(printed.get("bytes"));
    double seconds = Double.parseDouble(printed.get("seconds"));
    return new HashCheck(
        mode.option(),
        bytes,
        seconds,
        Units.bitsPerSecond(bytes, seconds) / 1e9,
        printed.get("equal").equals("1"),
        printed.get("sha256"));
  }

  /** The check in words. */
  String describe() {
    return mode
        + ": "
        + Units.bytes(bytes)
        + " in "
        + Units.seconds(seconds)
        + ", SHA-256 "
        + (equal ? "equal" : "DIFFERENT")
        + " at both ends";
  }
}
