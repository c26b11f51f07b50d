package org.mptcp4j.interop;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A program on the host's kernel sockets inside a namespace: {@code peer.py}. */
final class KernelPeer implements AutoCloseable {
  private static final Path SCRIPT = script("peer.py");

  private final Process process;
  private final LinkedBlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  private KernelPeer(List<String> command) {
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread reader = new Thread(this::readLines, "peer");
    reader.setDaemon(true);
    reader.start();
  }

  /** Starts {@code peer.py} with these words. */
  static KernelPeer start(Netns namespace, String... words) {
    return run(namespace, SCRIPT, words);
  }

  /** Starts a script with these words. */
  static KernelPeer run(Netns namespace, Path script, String... words) {
    List<String> command = new ArrayList<>(List.of("python3", "-u", script.toString()));
    command.addAll(Arrays.asList(words));
    return new KernelPeer(namespace.prefixed(command.toArray(String[]::new)));
  }

  /** Starts a server of this address family and waits until it listens. */
  static KernelPeer serveFor(Netns namespace, String address, String port) {
    return address.indexOf(':') >= 0
        ? serve(namespace, "-6", "serve", port)
        : serve(namespace, "serve", port);
  }

  /** Starts a client of this address family. */
  static KernelPeer client(Netns namespace, String verb, String address, String... words) {
    List<String> all = new ArrayList<>();
    if (address.indexOf(':') >= 0) {
      all.add("-6");
    }
    all.addAll(List.of(verb, address));
    all.addAll(Arrays.asList(words));
    return start(namespace, all.toArray(String[]::new));
  }

  /** Starts a server and waits until it listens. */
  static KernelPeer serve(Netns namespace, String... words) {
    KernelPeer peer = start(namespace, words);
    String first = peer.line(10);
    if (!first.equals("ready")) {
      peer.close();
      throw new AssertionError("the kernel's server did not start: " + first);
    }
    return peer;
  }

  /** A script of the test resources as a file. */
  static Path script(String name) {
    try (InputStream in = KernelPeer.class.getResourceAsStream(name)) {
      Path file = Files.createTempFile("m4j", ".py");
      file.toFile().deleteOnExit();
      Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void readLines() {
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      in.lines().forEach(lines::add);
    } catch (IOException | UncheckedIOException e) {
      lines.add("reading from the peer: " + e);
    }
    ended.complete(null);
  }

  /** Writes a line to its standard input. */
  void say(String line) {
    try {
      process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
      process.getOutputStream().flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The kernel's counters of its namespace, the zeros too, by the names of {@code nstat}. */
  Map<String, Long> counters() {
    try {
      List<String> all = Files.readAllLines(Path.of("/proc/" + process.pid() + "/net/netstat"));
      Map<String, Long> counters = new TreeMap<>();
      for (int i = 0; i + 1 < all.size(); i += 2) {
        String[] names = all.get(i).split(" ");
        String[] values = all.get(i + 1).split(" ");
        String group = names[0].replace(":", "");
        for (int k = 1; k < names.length; k++) {
          counters.put(group + names[k], Long.parseLong(values[k]));
        }
      }
      return counters;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The next line it prints. */
  String line(int seconds) {
    try {
      String line = lines.poll(Patience.seconds(seconds), TimeUnit.SECONDS);
      if (line == null) {
        throw new AssertionError(
            "the kernel's side said nothing for " + Patience.seconds(seconds) + " s");
      }
      return line;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** Waits until it ends and returns the last line it printed. */
  String result(int seconds) {
    try {
      ended.get(Patience.seconds(seconds), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError(
          "the kernel's side did not end in " + Patience.seconds(seconds) + " s", e);
    } catch (InterruptedException | ExecutionException e) {
      throw new AssertionError(e);
    }
    List<String> all = List.copyOf(lines);
    return all.isEmpty() ? "" : all.get(all.size() - 1);
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
