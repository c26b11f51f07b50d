package org.mptcp4j.lab.system;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.mptcp4j.lab.console.LabException;

/** Runs programs of the system and waits for them. */
public final class Shell {
  private static final int PATIENCE_SECONDS = 120;

  private Shell() {}

  /** What a program printed and how it ended. */
  public record Outcome(int exitCode, String output, String error) {
    /** The first line of what it complained about. */
    public String complaint() {
      String text = error.isBlank() ? output : error;
      return text.lines()
          .map(String::strip)
          .filter(line -> !line.isEmpty())
          .findFirst()
          .orElse("exit code " + exitCode);
    }
  }

  /**
   * Runs a program to its end.
   *
   * @return what it printed to standard output
   * @throws LabException when it cannot be started, fails, or does not end in two minutes
   */
  public static String run(List<String> command) {
    Outcome outcome = tryRun(command);
    if (outcome.exitCode() != 0) {
      throw LabException.failed(String.join(" ", command) + ": " + outcome.complaint());
    }
    return outcome.output();
  }

  /** As {@link #run(List)}. */
  public static String run(String... command) {
    return run(List.of(command));
  }

  /** Runs a program to its end, whatever its exit code. */
  public static Outcome tryRun(List<String> command) {
    return tryRun(command, PATIENCE_SECONDS);
  }

  /** The same with another patience. */
  public static Outcome tryRun(List<String> command, int patienceSeconds) {
    Process process = start(command);
    CompletableFuture<String> output =
        CompletableFuture.supplyAsync(() -> read(process.getInputStream()));
    CompletableFuture<String> error =
        CompletableFuture.supplyAsync(() -> read(process.getErrorStream()));
    try {
      if (!process.waitFor(patienceSeconds, TimeUnit.SECONDS)) {
        throw LabException.failed(
            String.join(" ", command) + ": did not end within " + patienceSeconds + " seconds");
      }
      return new Outcome(process.exitValue(), output.join(), error.join());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw LabException.failed("interrupted", e);
    } finally {
      process.destroyForcibly();
    }
  }

  /** Waits for a program that says nothing. */
  public static void await(Process process) {
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw LabException.failed(
            process.info().command().orElse("program") + ": " + read(process.getErrorStream()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw LabException.failed("interrupted", e);
    } finally {
      process.destroyForcibly();
    }
  }

  /** Starts a program whose output the caller reads. */
  public static Process start(List<String> command) {
    try {
      return new ProcessBuilder(command).start();
    } catch (IOException e) {
      throw LabException.failed(
          "cannot run " + command.get(0) + ": it is not installed, or not in PATH", e);
    }
  }

  /** The path of an installed program. */
  public static Optional<String> find(String program) {
    List<String> directories =
        new ArrayList<>(List.of(System.getenv().getOrDefault("PATH", "").split(":")));
    directories.addAll(List.of("/usr/sbin", "/sbin"));
    return directories.stream()
        .map(directory -> Path.of(directory, program))
        .filter(Files::isExecutable)
        .map(Path::toString)
        .findFirst();
  }

  private static String read(InputStream stream) {
    try (stream) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    }
  }
}
