package org.mptcp4j.lab.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.mptcp4j.lab.console.LabException;
import org.mptcp4j.lab.system.Namespaces;

/** A server that is ready, in a namespace that ends it. */
final class Server {
  private static final String FIGURES = "figures ";
  private static final int PATIENCE_SECONDS = 10;

  private final String what;
  private final Process process;
  private final ProcessCpu cpu;
  private final BlockingQueue<String> figures = new LinkedBlockingQueue<>();

  private Server(String what, Process process) {
    this.what = what;
    this.process = process;
    this.cpu = ProcessCpu.of(process);
  }

  /**
   * Starts a program and waits until it says that it listens.
   *
   * @param what what it is, for messages
   */
  static Server start(Namespaces namespaces, String namespace, List<String> command, String what) {
    Server server = new Server(what, namespaces.start(namespace, command));
    server.awaitListening();
    return server;
  }

  private void awaitListening() {
    BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
    awaitListening(process, lines, what);
    Thread reader = new Thread(() -> read(lines), "output of " + what);
    reader.setDaemon(true);
    reader.start();
  }

  /** Waits for the first line of a program, which says that it listens. */
  static void awaitListening(Process process, BufferedReader lines, String what) {
    try {
      String line = lines.readLine();
      if (line == null || !line.startsWith("listening")) {
        String complaint =
            new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        throw LabException.failed(
            what + " does not start: " + (complaint.isBlank() ? line : complaint.strip()));
      }
    } catch (IOException e) {
      throw LabException.failed(what + " does not start", e);
    }
  }

  // A server whose output nobody reads would stop when the pipe is full.
  private void read(BufferedReader lines) {
    try {
      String line;
      while ((line = lines.readLine()) != null) {
        if (line.startsWith(FIGURES)) {
          figures.add(line.substring(FIGURES.length()));
        }
      }
    } catch (IOException e) {
      return; // the server was ended
    }
  }

  /** Asks a server that was started with {@code --figures} for them. */
  Map<String, String> askForFigures() {
    try {
      process.getOutputStream().write('\n');
      process.getOutputStream().flush();
      String line = figures.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (line == null) {
        throw LabException.failed(what + " does not answer");
      }
      return KernelLoad.parse(line);
    } catch (IOException e) {
      throw LabException.failed(what + " has ended", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw LabException.failed("interrupted", e);
    }
  }

  long pid() {
    return process.pid();
  }

  /** Seconds that its just-in-time compilers have used so far; 0 for a program without any. */
  double compilerSeconds() {
    return cpu.compilerSeconds();
  }
}
