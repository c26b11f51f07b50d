package org.mptcp4j.interop;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A network namespace with its loopback up, deleted on close: the kernel peer of one test. */
final class Netns implements AutoCloseable {
  private static final AtomicInteger NUMBER = new AtomicInteger();

  private final String name;

  private Netns(String name) {
    this.name = name;
  }

  /** A fresh one, with the MPTCP limits out of the way. */
  static Netns create() {
    Netns created =
        new Netns("m4j-" + ProcessHandle.current().pid() + "-" + NUMBER.incrementAndGet());
    Shell.run("ip", "netns", "add", created.name);
    created.run("ip", "link", "set", "lo", "up");
    created.sysctl("net.ipv4.conf.all.rp_filter", "0");
    created.sysctl("net.ipv4.conf.default.rp_filter", "0");
    created.run("ip", "mptcp", "limits", "set", "subflows", "8", "add_addr_accepted", "8");
    return created;
  }

  String name() {
    return name;
  }

  /** Runs a command inside; its output. */
  String run(String... command) {
    return Shell.run(prefixed(command));
  }

  /** Runs a Python script of the test resources inside; its output. */
  String python(String script, String... words) {
    List<String> command =
        new ArrayList<>(List.of("python3", KernelPeer.script(script).toString()));
    command.addAll(Arrays.asList(words));
    return run(command.toArray(String[]::new));
  }

  /** The command line that runs {@code command} inside. */
  List<String> prefixed(String... command) {
    List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", name));
    all.addAll(Arrays.asList(command));
    return all;
  }

  void sysctl(String key, String value) {
    run("sysctl", "-q", "-w", key + "=" + value);
  }

  /** An MPTCP endpoint, with flags such as {@code signal} or {@code subflow}. */
  void endpoint(String address, String device, String... flags) {
    List<String> command =
        new ArrayList<>(List.of("ip", "mptcp", "endpoint", "add", address, "dev", device));
    command.addAll(Arrays.asList(flags));
    run(command.toArray(String[]::new));
  }

  /** Sends everything that comes from {@code source} through one device. */
  void routeFrom(String source, String device, int table) {
    String family = source.indexOf(':') >= 0 ? "-6" : "-4";
    run("ip", family, "rule", "add", "from", source, "table", String.valueOf(table));
    run("ip", family, "route", "add", "default", "dev", device, "table", String.valueOf(table));
  }

  /** Limits what the kernel sends on a device. */
  void rate(String device, int megabitsPerSecond) {
    run(
        "tc",
        "qdisc",
        "replace",
        "dev",
        device,
        "root",
        "tbf",
        "rate",
        megabitsPerSecond + "mbit",
        "burst",
        "128k",
        "latency",
        "50ms");
  }

  /** Limits what arrives in the kernel from a device, by a queue and not by dropping. */
  void rateIncoming(String device, int megabitsPerSecond) {
    String ifb = "i-" + device;
    run("ip", "link", "add", ifb, "type", "ifb");
    run("ip", "link", "set", ifb, "up");
    run("tc", "qdisc", "add", "dev", device, "ingress");
    run(
        "tc",
        "filter",
        "add",
        "dev",
        device,
        "ingress",
        "protocol",
        "all",
        "u32",
        "match",
        "u32",
        "0",
        "0",
        "action",
        "mirred",
        "egress",
        "redirect",
        "dev",
        ifb);
    rate(ifb, megabitsPerSecond);
  }

  /** The kernel's counters of this namespace, the zeros too, by the names of {@code nstat}. */
  Map<String, Long> counters() {
    Map<String, Long> counters = new TreeMap<>();
    for (String line : run("nstat", "-asz").split("\n")) {
      String[] words = line.trim().split("\\s+");
      if (words.length >= 2 && !words[0].startsWith("#")) {
        counters.put(words[0], Long.parseLong(words[1]));
      }
    }
    return counters;
  }

  /**
   * Starts a program that listens to the events of the kernel's path management, to be destroyed.
   * As long as none does, a path manager of type userspace admits no join.
   */
  Process listenToPaths(int seconds) throws IOException {
    Process monitor =
        new ProcessBuilder(prefixed("ip", "mptcp", "monitor"))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    long deadline = Patience.deadlineNs(seconds);
    while (!isListenedToByNetlink()) {
      if (System.nanoTime() > deadline) {
        monitor.destroy();
        throw new AssertionError("ip mptcp monitor does not listen");
      }
    }
    return monitor;
  }

  /** Whether some socket of generic netlink is in a multicast group. */
  private boolean isListenedToByNetlink() {
    for (String line : run("cat", "/proc/net/netlink").split("\n")) {
      String[] words = line.trim().split("\\s+");
      if (words.length > 3 && words[1].equals("16") && !words[3].matches("0+")) {
        return true;
      }
    }
    return false;
  }

  /** Waits until somebody listens on a port. */
  void awaitListener(int port, int seconds) {
    long deadline = Patience.deadlineNs(seconds);
    while (run("ss", "-Htnl", "sport", "=", ":" + port).isBlank()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("nobody listens on port " + port);
      }
    }
  }

  /** Waits until the kernel has no TCP connection left, those in TIME-WAIT aside. */
  void awaitNoConnections(int seconds) {
    long deadline = Patience.deadlineNs(seconds);
    String left;
    do {
      left = run("ss", "-Htan", "exclude", "time-wait", "exclude", "listening");
      if (System.nanoTime() > deadline) {
        throw new AssertionError(
            "connections left after " + Patience.seconds(seconds) + " s:\n" + left);
      }
    } while (!left.isBlank());
  }

  @Override
  public void close() {
    Shell.run("ip", "netns", "del", name);
  }
}
