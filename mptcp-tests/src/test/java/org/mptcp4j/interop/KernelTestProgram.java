package org.mptcp4j.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Programs of the kernel's own MPTCP tests, compiled from the source of the Debian package {@code
 * linux-source-6.12}. Nothing of it is part of this project.
 */
final class KernelTestProgram {
  private static final String ARCHIVE = "/usr/src/linux-source-6.12.tar.xz";
  private static final String FOLDER = "linux-source-6.12/tools/testing/selftests/net/mptcp/";
  private static final Optional<Path> CONNECT = find("mptcp_connect");
  private static final Optional<Path> CONTROL = find("pm_nl_ctl");

  private KernelTestProgram() {}

  /** {@code mptcp_connect}; none when the package is not installed. */
  static Optional<Path> mptcpConnect() {
    return CONNECT;
  }

  /** {@code pm_nl_ctl}; none when the package is not installed. */
  static Optional<Path> pmNlCtl() {
    return CONTROL;
  }

  private static Optional<Path> find(String name) {
    String given = System.getProperty("mptcp4j." + name);
    if (given != null) {
      return Optional.of(Path.of(given));
    }
    if (!Files.exists(Path.of(ARCHIVE))) {
      return Optional.empty();
    }
    try {
      Path folder = Files.createTempDirectory("m4j");
      Path program = folder.resolve(name);
      Path source = folder.resolve(name + ".c");
      String extract = "xz -dc " + ARCHIVE + " | tar -xO " + FOLDER + name + ".c > " + source;
      Shell.run("sh", "-c", extract);
      Shell.run("gcc", "-O2", "-w", "-o", program.toString(), source.toString());
      folder.toFile().deleteOnExit();
      source.toFile().deleteOnExit();
      program.toFile().deleteOnExit();
      return Optional.of(program);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
