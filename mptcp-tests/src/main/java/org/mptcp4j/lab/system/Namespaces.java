package org.mptcp4j.lab.system;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.mptcp4j.lab.console.LabException;

/**
 * Network namespaces of our own and the programs in them. Closing ends the programs and removes the
 * namespaces, also when it comes from the shutdown of the process.
 */
public final class Namespaces implements AutoCloseable {
  private final String prefix = "lab-" + ProcessHandle.current().pid() + "-";
  private final Deque<String> created = new ArrayDeque<>();
  private final Deque<Process> started = new ArrayDeque<>();
  private final Thread hook = new Thread(this::cleanUp, "namespaces");
  private boolean closed;

  /** No namespaces yet. */
  public Namespaces() {
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /**
   * Adds a namespace with its loopback up and kernel settings for many short connections; returns
   * its whole name.
   */
  public synchronized String add(String name) {
    checkOpen();
    String whole = prefix + name;
    Shell.run("ip", "netns", "add", whole);
    created.push(whole);
    Shell.run("ip", "-n", whole, "link", "set", "lo", "up");
    // Ports come back at once, and paths need not be symmetric: otherwise crr and joins measure
    // these limits.
    set(whole, "net.ipv4.ip_local_port_range", "1024 65535");
    set(whole, "net.ipv4.tcp_tw_reuse", "1");
    set(whole, "net.ipv4.tcp_max_tw_buckets", "1000");
    set(whole, "net.ipv4.conf.all.rp_filter", "0");
    set(whole, "net.ipv4.conf.default.rp_filter", "0");
    return whole;
  }

  /** Changes a setting of the kernel in a namespace. */
  public void set(String namespace, String key, String value) {
    Shell.run("ip", "netns", "exec", namespace, "sysctl", "-qw", key + "=" + value);
  }

  /** Runs {@code ip} with these arguments in a namespace. */
  public void ip(String namespace, String... arguments) {
    List<String> command = new ArrayList<>(List.of("ip", "-n", namespace));
    command.addAll(List.of(arguments));
    Shell.run(command);
  }

  /** Runs a program in a namespace to its end and returns what it printed. */
  public String run(String namespace, List<String> command) {
    checkOpen();
    return Shell.run(inside(namespace, command));
  }

  /**
   * Runs a program in a namespace to its end and returns what it printed, whatever its exit code.
   *
   * @throws LabException when it printed nothing but complaints
   */
  public String tryRun(String namespace, List<String> command, int patienceSeconds) {
    checkOpen();
    Shell.Outcome outcome = Shell.tryRun(inside(namespace, command), patienceSeconds);
    if (outcome.output().isBlank()) {
      throw LabException.failed(String.join(" ", command) + ": " + outcome.complaint());
    }
    return outcome.output();
  }

  /** Starts a program in a namespace; it is ended with the namespaces. */
  public synchronized Process start(String namespace, List<String> command) {
    checkOpen();
    Process process = Shell.start(inside(namespace, command));
    started.push(process);
    return process;
  }

  /** The command line of a program in a namespace. */
  public static List<String> inside(String namespace, List<String> command) {
    List<String> whole = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
    whole.addAll(command);
    return whole;
  }

  private void checkOpen() {
    if (closed) {
      throw LabException.failed("interrupted");
    }
  }

  private synchronized void cleanUp() {
    if (closed) {
      return;
    }
    closed = true;
    started.forEach(Process::destroy);
    for (Process process : started) {
      try {
        if (!process.waitFor(3, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      } catch (InterruptedException e) {
        process.destroyForcibly();
        Thread.currentThread().interrupt();
      }
    }
    for (String namespace : created) {
      Shell.tryRun(List.of("ip", "netns", "del", namespace));
    }
  }

  @Override
  public void close() {
    cleanUp();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      return; // the process is ending, and the hook has run or waits for this very call
    }
  }
}
