package org.mptcp4j.lab.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.mptcp4j.lab.bench.BenchMode.Condition;
import org.mptcp4j.lab.system.Namespaces;

/** This stack to the kernel: one namespace with two TUN devices, the stack behind them. */
final class StackSide extends Side {
  private final Server server;

  StackSide(
      Namespaces namespaces, Programs programs, BenchMode mode, LabBuild build, String clientName) {
    super(namespaces, programs, mode, clientName);
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(programs.javaOptions());
    command.addAll(List.of("-cp", build.classPath(), LabBuild.MAIN_CLASS));
    command.addAll(List.of("serve", "--announce", "--figures"));
    command.addAll(List.of("--tun", "tun0:10.82.0.2/24", "--tun", "tun1:10.82.1.2/24"));
    command.addAll(List.of("--port", Integer.toString(PORT)));
    if (conditions().contains(Condition.CHECKSUM)) {
      command.add("--checksum");
    }
    if (conditions().contains(Condition.PLAIN_TUN)) {
      command.add("--no-offloads");
    }
    server =
        Server.start(
            namespaces, clientNamespace(), place(command), "the server of " + build.name());
  }

  @Override
  Server server() {
    return server;
  }

  @Override
  String address() {
    return "10.82.0.2";
  }

  @Override
  Map<String, String> figures() {
    return server.askForFigures();
  }

  @Override
  Map<String, Double> figuresSince(Map<String, String> before) {
    Map<String, String> now = figures();
    double gigabytes = grown(before, now, "bytes") / 1e9;
    return Map.of(
        "allocated_kb_per_gb", grown(before, now, "allocated") / 1e3 / Math.max(1e-9, gigabytes),
        "gc_pauses", grown(before, now, "gc_pauses"),
        "gc_ms", grown(before, now, "gc_ms"),
        "gc_longest_ms", Double.parseDouble(now.get("gc_longest_ms")));
  }

  private static double grown(Map<String, String> before, Map<String, String> now, String key) {
    return Double.parseDouble(now.get(key)) - Double.parseDouble(before.get(key));
  }
}
