package org.mptcp4j.lab.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.mptcp4j.lab.console.LabException;

/** A directory that goes when it is closed, or with the process. */
final class TemporaryDirectory implements AutoCloseable {
  private final Path path;
  private final Thread hook = new Thread(this::delete, "temporary directory");

  TemporaryDirectory() {
    try {
      path = Files.createTempDirectory("mptcp-lab");
    } catch (IOException e) {
      throw LabException.failed("cannot make a temporary directory: " + e.getMessage(), e);
    }
    Runtime.getRuntime().addShutdownHook(hook);
  }

  Path path() {
    return path;
  }

  private synchronized void delete() {
    if (!Files.exists(path)) {
      return;
    }
    try (Stream<Path> files = Files.walk(path)) {
      List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      System.err.println("mptcp-lab: cannot delete " + path + ": " + e.getMessage());
    }
  }

  @Override
  public void close() {
    delete();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      return; // the process is ending, and with it comes the hook
    }
  }
}
