package org.mptcp4j.testkit.junit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.mptcp4j.testkit.SimWorld;

/** The world of one test, and the captures that are kept when it fails. */
final class SimulatedRun implements AutoCloseable {
  /** Goes with the failure, so that whoever reads that finds the seed. */
  private static final class Note extends Throwable {
    private static final long serialVersionUID = 1;

    Note(String text) {
      super(text, null, false, false);
    }

    @Override
    public String toString() {
      return String.valueOf(getMessage());
    }
  }

  private final SimWorld world;
  private final Path directory;
  private boolean over;

  private SimulatedRun(SimWorld world, Path directory) {
    this.world = world;
    this.directory = directory;
  }

  static SimulatedRun begin(SimWorld world, Path directory, long captureBytes) {
    delete(directory);
    if (captureBytes > 0) {
      world.captureAll(directory, captureBytes);
    }
    return new SimulatedRun(world, directory);
  }

  SimWorld world() {
    return world;
  }

  /** The test passed: unless something leaked nothing stays. */
  void finish() {
    over = true;
    try {
      world.close();
    } catch (AssertionError | RuntimeException e) {
      note(e);
      throw e;
    }
    delete(directory);
  }

  /** The test failed. */
  void keep(Throwable failure) {
    over = true;
    double seconds = world.network().nowNs() / 1e9;
    try {
      world.close();
    } catch (AssertionError | RuntimeException e) {
      // What failed first counts; that it left buffers behind is no wonder.
      failure.addSuppressed(e);
    }
    note(failure);
    System.err.println(text() + "\n  after " + seconds + " s of virtual time: " + failure);
  }

  private void note(Throwable failure) {
    failure.addSuppressed(new Note(text()));
  }

  private String text() {
    StringBuilder text = new StringBuilder("simulation with seed ").append(world.seed());
    text.append("\n  repeat it with @Seed(").append(world.seed());
    text.append(") or -Dmptcp.seed=").append(world.seed());
    captures().forEach(file -> text.append("\n  capture: ").append(file.toAbsolutePath()));
    long left = world.leftOutOfCaptures();
    if (left > 0) {
      text.append("\n  the captures are full; they are without the last ");
      text.append(left).append(" packets");
    }
    return text.toString();
  }

  private List<Path> captures() {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path directory) {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete old captures: " + e.getMessage(), e);
    }
  }

  /** Closes the world of a test that did not come to its end. */
  @Override
  public void close() {
    if (!over) {
      over = true;
      System.err.println(text());
      world.close();
    }
  }
}
