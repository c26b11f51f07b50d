package org.mptcp4j.interop;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A program that runs beside the test, with what it prints, line by line; killed on close. */
final class Program implements AutoCloseable {
  private final List<String> command;
  private final Process process;
  private final Lines out;
  private final Lines err;

  private Program(List<String> command) {
    this.command = command;
    try {
      process = new ProcessBuilder(command).start();
      process.getOutputStream().close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    out = new Lines(process.getInputStream());
    err = new Lines(process.getErrorStream());
  }

  /** Starts a program inside a namespace. */
  static Program start(Netns namespace, String... command) {
    return new Program(namespace.prefixed(command));
  }

  /** Starts {@code mptcp-lab} in a JVM of its own inside a namespace. */
  static Program lab(Netns namespace, String... arguments) {
    return start(namespace, labCommand(arguments).toArray(String[]::new));
  }

  /** Starts {@code mptcp-lab} in a JVM of its own, outside of all namespaces. */
  static Program labHere(String... arguments) {
    return new Program(labCommand(arguments));
  }

  /** The command line of {@code mptcp-lab} with the class path of this JVM. */
  static List<String> labCommand(String... arguments) {
    return javaCommand("org.mptcp4j.lab.Main", arguments);
  }

  /** The command line of a class with the class path of this JVM. */
  static List<String> javaCommand(String mainClass, String... arguments) {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    List<String> all = new ArrayList<>(List.of(java.toString(), "-Xmx512m"));
    all.add("--enable-native-access=ALL-UNNAMED");
    all.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass));
    all.addAll(Arrays.asList(arguments));
    return all;
  }

  /** Waits for a line on standard output that contains these words, among those not yet seen. */
  String await(String words) {
    return await(line -> line.contains(words));
  }

  String await(Predicate<String> wanted) {
    return found(out, wanted);
  }

  /** Waits for such a line on standard error. */
  String awaitError(String words) {
    return found(err, line -> line.contains(words));
  }

  private String found(Lines lines, Predicate<String> wanted) {
    String line = lines.await(wanted, 30);
    if (line == null) {
      throw new AssertionError("no such line from " + this);
    }
    return line;
  }

  /** Sends SIGTERM. */
  void terminate() {
    process.toHandle().destroy(); // process.destroy() would close its output too
  }

  /** Waits for the end of the program; its exit code. */
  int exitCode(int seconds) {
    try {
      if (!process.waitFor(Patience.seconds(seconds), TimeUnit.SECONDS)) {
        throw new AssertionError("does not end in " + Patience.seconds(seconds) + " s: " + this);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
    out.awaitEnd();
    err.awaitEnd();
    return process.exitValue();
  }

  /** Waits for the end of a program that must succeed; its last line. */
  String result(int seconds) {
    int code = exitCode(seconds);
    List<String> lines = output();
    if (code != 0 || lines.isEmpty()) {
      throw new AssertionError("exit code " + code + ": " + this);
    }
    return lines.get(lines.size() - 1);
  }

  /** Every line of standard output so far. */
  List<String> output() {
    return out.all();
  }

  /** Every line of standard error so far. */
  List<String> errors() {
    return err.all();
  }

  @Override
  public String toString() {
    int start = Math.max(0, command.indexOf("org.mptcp4j.lab.Main"));
    return String.join(" ", command.subList(start, command.size()))
        + "\n"
        + String.join("\n", output())
        + "\n"
        + String.join("\n", errors());
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    try {
      process.waitFor(
          Patience.seconds(10), TimeUnit.SECONDS); // its devices and ports are free again
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The lines of one stream, read by a thread of their own. */
  private static final class Lines {
    private final List<String> read = new ArrayList<>();
    private int seen;
    private boolean ended;

    Lines(InputStream stream) {
      Thread reader = new Thread(() -> readFrom(stream), "lines of a program");
      reader.setDaemon(true);
      reader.start();
    }

    private void readFrom(InputStream stream) {
      try (var in = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
        in.lines().forEach(this::add);
      } catch (IOException | UncheckedIOException e) {
        add("(" + e.getMessage() + ")");
      }
      end();
    }

    private synchronized void add(String line) {
      read.add(line);
      notifyAll();
    }

    private synchronized void end() {
      ended = true;
      notifyAll();
    }

    synchronized List<String> all() {
      return List.copyOf(read);
    }

    /** The next such line; null when none comes in time. */
    synchronized String await(Predicate<String> wanted, int seconds) {
      long deadline = Patience.deadlineNs(seconds);
      while (true) {
        while (seen < read.size()) {
          String line = read.get(seen++);
          if (wanted.test(line)) {
            return line;
          }
        }
        if (!waited(deadline)) {
          return null;
        }
      }
    }

    synchronized void awaitEnd() {
      long deadline = Patience.deadlineNs(5);
      while (waited(deadline)) {
        seen = read.size();
      }
    }

    /** Waits for news until the deadline; whether there is hope for more. */
    private boolean waited(long deadline) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (ended || left <= 0) {
        return false;
      }
      try {
        wait(left);
        return true;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
  }
}
