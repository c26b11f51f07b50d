package org.mptcp4j.lab.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.mptcp4j.lab.console.LabException;
import org.mptcp4j.lab.system.Shell;

/** A small program in C that comes as source and is compiled when it is needed. */
final class CProgram {
  private CProgram() {}

  /**
   * Compiles {@code name.c} into {@code directory}.
   *
   * @return the executable
   * @throws LabException when there is no gcc, or it fails
   */
  static Path compile(String name, Path directory) {
    String gcc =
        Shell.find("gcc")
            .orElseThrow(
                () ->
                    LabException.failed(
                        "gcc is missing: it compiles the programs of the kernel's side (apt-get"
                            + " install gcc libc6-dev)"));
    Path source = directory.resolve(name + ".c");
    Path program = directory.resolve(name);
    try (InputStream in = CProgram.class.getResourceAsStream(name + ".c")) {
      Files.copy(in, source);
    } catch (IOException e) {
      throw LabException.failed("cannot write " + source + ": " + e.getMessage(), e);
    }
    Shell.run(List.of(gcc, "-O2", "-pthread", "-o", program.toString(), source.toString()));
    return program;
  }
}
