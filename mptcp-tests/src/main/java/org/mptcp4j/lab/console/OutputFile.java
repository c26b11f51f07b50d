package org.mptcp4j.lab.console;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file that a command writes when it is done, and that must not turn out impossible only then.
 */
public final class OutputFile {
  private OutputFile() {}

  /**
   * Checks that a file can be written; does not create it.
   *
   * @param file there already or not
   * @throws LabException when it cannot be written; the message says why
   */
  public static void check(Path file) {
    Path directory = file.toAbsolutePath().getParent();
    if (Files.isDirectory(file)) {
      throw refused(file, "it is a directory");
    }
    if (!Files.isDirectory(directory)) {
      throw refused(file, "no such directory");
    }
    if (!Files.isWritable(Files.exists(file) ? file : directory)) {
      throw refused(file, "permission denied");
    }
  }

  private static LabException refused(Path file, String why) {
    return LabException.failed("cannot write to " + file + ": " + why);
  }
}
