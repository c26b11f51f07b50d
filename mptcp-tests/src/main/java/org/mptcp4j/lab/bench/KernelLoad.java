package org.mptcp4j.lab.bench;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.mptcp4j.lab.console.LabException;

/**
 * The load generator on kernel sockets, in C, compiled when it is needed. Speaks the load protocol
 * from both sides.
 */
public final class KernelLoad {
  private KernelLoad() {}

  /**
   * Compiles the program into {@code directory}.
   *
   * @return the executable
   * @throws LabException when there is no gcc, or it fails
   */
  public static Path compile(Path directory) {
    return CProgram.compile("kernel-load", directory);
  }

  /**
   * Takes a line of results apart.
   *
   * @param line {@code name=value} pairs with blanks between them
   */
  public static Map<String, String> parse(String line) {
    Map<String, String> values = new LinkedHashMap<>();
    for (String pair : line.trim().split("\\s+")) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        values.put(pair.substring(0, equals), pair.substring(equals + 1));
      }
    }
    return values;
  }
}
