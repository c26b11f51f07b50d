package org.mptcp4j.lab.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.mptcp4j.lab.bench.BenchMode.Condition;
import org.mptcp4j.lab.system.Namespaces;

/**
 * One side of the comparison: a server under the conditions of a mode, and the namespace in which
 * the kernel's client finds it.
 */
abstract class Side {
  static final int PORT = 5001;

  private final Namespaces namespaces;
  private final Programs programs;
  private final BenchMode mode;
  private final String clientNamespace;

  Side(Namespaces namespaces, Programs programs, BenchMode mode, String clientName) {
    this.namespaces = namespaces;
    this.programs = programs;
    this.mode = mode;
    this.clientNamespace = addNamespace(clientName);
  }

  /** The server, once started. */
  abstract Server server();

  /** Where the client connects to. */
  abstract String address();

  /** Figures of the server's own that have grown since it was asked before; empty without any. */
  Map<String, Double> figuresSince(Map<String, String> before) {
    return Map.of();
  }

  /** What the server says of itself now; empty when it cannot be asked. */
  Map<String, String> figures() {
    return Map.of();
  }

  /** Options of the sockets of the kernel's client and server. */
  List<String> socketOptions() {
    return List.of("-m", "-c", "cubic");
  }

  final Namespaces namespaces() {
    return namespaces;
  }

  final Set<Condition> conditions() {
    return mode.conditions();
  }

  final String clientNamespace() {
    return clientNamespace;
  }

  /** A namespace under the conditions of the mode. */
  final String addNamespace(String name) {
    String namespace = namespaces.add(name);
    namespaces.ip(namespace, "mptcp", "limits", "set", "subflows", "2", "add_addr_accepted", "2");
    if (mode.conditions().contains(Condition.CHECKSUM)) {
      namespaces.set(namespace, "net.mptcp.checksum_enabled", "1");
    }
    return namespace;
  }

  /** A command under the conditions of the mode. */
  final List<String> place(List<String> command) {
    if (!mode.conditions().contains(Condition.ONE_CPU)) {
      return command;
    }
    List<String> pinned = new ArrayList<>();
    pinned.addAll(List.of("taskset", "-c", Integer.toString(Machine.lastProcessor())));
    pinned.addAll(command);
    return pinned;
  }

  /** Runs the kernel's client once; what it measured, and what the server says of itself. */
  final Map<String, Double> measure(double seconds) {
    Map<String, String> figuresBefore = figures();
    JoinCount joinsBefore = joins();
    double compilersBefore = server().compilerSeconds();
    long startedNs = System.nanoTime();
    Map<String, String> printed =
        KernelLoad.parse(namespaces.run(clientNamespace, client(Double.toString(seconds))));
    double took = (System.nanoTime() - startedNs) / 1e9;
    Map<String, Double> measured = new LinkedHashMap<>();
    printed.forEach(
        (key, value) -> {
          if (!key.equals("mode")) {
            measured.put(key, Double.valueOf(value));
          }
        });
    measured.put(
        "compiler_cores", Math.max(0, server().compilerSeconds() - compilersBefore) / took);
    measured.put("joins_per_connection", joins().perConnectionSince(joinsBefore));
    measured.putAll(figuresSince(figuresBefore));
    return measured;
  }

  /**
   * Runs the kernel's client once; what it printed, whether it was content or not.
   *
   * @param amount what it is to do, as the mode has it
   */
  final Map<String, String> check(String amount, int patienceSeconds) {
    return KernelLoad.parse(namespaces.tryRun(clientNamespace, client(amount), patienceSeconds));
  }

  /** A server on the kernel's sockets, ready. */
  final Server startKernelServer(String namespace) {
    List<String> command = kernelLoad(List.of("srv", Integer.toString(PORT)));
    return Server.start(namespaces, namespace, command, "the kernel's server");
  }

  private List<String> client(String amount) {
    return kernelLoad(mode.client(address(), PORT, amount));
  }

  private List<String> kernelLoad(List<String> arguments) {
    List<String> command = new ArrayList<>(List.of(programs.kernelLoad().toString()));
    command.addAll(socketOptions());
    command.addAll(arguments);
    return place(command);
  }

  private JoinCount joins() {
    return JoinCount.parse(namespaces.run(clientNamespace, List.of("cat", "/proc/net/netstat")));
  }
}
