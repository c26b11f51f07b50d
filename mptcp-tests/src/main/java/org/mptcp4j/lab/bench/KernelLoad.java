package org.mptcp4j.lab.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.mptcp4j.lab.console.LabException;

/**
 * The load generator on kernel sockets, in C, compiled when it is needed. Speaks the load protocol
 * from both sides.
 */
public final class KernelLoad {
  private static final String SOURCE = "kernel-load.c";

  private KernelLoad() {}

  /**
   * Compiles the program into {@code directory}.
   *
   * @return the executable
   * @throws LabException when there is no gcc, or it fails
   */
  public static Path compile(Path directory) {
    String gcc =
        Shell.find("gcc")
            .orElseThrow(
                () ->
                    LabException.failed(
                        "gcc is missing: it compiles the load generator of the kernel's side (apt-get install gcc libc6-dev)"));
    Path source = directory.resolve(SOURCE);
    Path program = directory.resolve("kernel-load");
    try (InputStream in = KernelLoad.class.getResourceAsStream(SOURCE)) {
      Files.copy(in, source);
    } catch (IOException e) {
      throw LabException.failed("cannot write " + source + ": " + e.getMessage(), e);
    }
    Shell.run(List.of(gcc, "-O2", "-pthread", "-o", program.toString(), source.toString()));
    return program;
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
