package org.mptcp4j.lab.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.mptcp4j.lab.console.LabException;

/** A server that is ready, and the namespace in which the kernel's client finds it. */
final class Side {
  private static final int PORT = 5001;
  private static final String SECOND_JOIN = "MPJoinSynAckRx";

  private final Namespaces namespaces;
  private final Path kernelLoad;
  private final String clientNamespace;
  private final String address;

  private Side(Namespaces namespaces, Path kernelLoad, String clientNamespace, String address) {
    this.namespaces = namespaces;
    this.kernelLoad = kernelLoad;
    this.clientNamespace = clientNamespace;
    this.address = address;
  }

  /** Kernel to kernel: two namespaces, two veth pairs between them. */
  static Side kernel(Namespaces namespaces, Path kernelLoad) {
    String client = namespaces.add("a-client");
    String server = namespaces.add("a-server");
    for (int i = 0; i < 2; i++) {
      String device = "veth" + i;
      Shell.run(
          "ip", "link", "add", device, "netns", client, "type", "veth", "peer", "name", device,
          "netns", server);
      namespaces.ip(client, "address", "add", "10.81." + i + ".1/24", "dev", device);
      namespaces.ip(server, "address", "add", "10.81." + i + ".2/24", "dev", device);
      namespaces.ip(client, "link", "set", device, "up");
      namespaces.ip(server, "link", "set", device, "up");
    }
    limits(namespaces, client);
    limits(namespaces, server);
    namespaces.ip(server, "mptcp", "endpoint", "add", "10.81.1.2", "dev", "veth1", "signal");
    List<String> command =
        List.of(kernelLoad.toString(), "-m", "-c", "cubic", "srv", Integer.toString(PORT));
    awaitListening(namespaces.start(server, command), "the kernel's server");
    return new Side(namespaces, kernelLoad, client, "10.81.0.2");
  }

  /** This stack to the kernel: one namespace with two TUN devices, the stack behind them. */
  static Side stack(Namespaces namespaces, Path kernelLoad, List<String> javaOptions) {
    String client = namespaces.add("b-client");
    limits(namespaces, client);
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(javaOptions);
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            "org.mptcp4j.lab.Main",
            "serve",
            "--announce"));
    command.addAll(List.of("--tun", "tun0:10.82.0.2/24", "--tun", "tun1:10.82.1.2/24"));
    command.addAll(List.of("--port", Integer.toString(PORT)));
    awaitListening(namespaces.start(client, command), "this stack's server");
    return new Side(namespaces, kernelLoad, client, "10.82.0.2");
  }

  private static void limits(Namespaces namespaces, String namespace) {
    namespaces.ip(namespace, "mptcp", "limits", "set", "subflows", "2", "add_addr_accepted", "2");
  }

  private static void awaitListening(Process server, String what) {
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8));
    try {
      String line = lines.readLine();
      if (line == null || !line.startsWith("listening")) {
        String complaint =
            new String(server.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        throw LabException.failed(
            what + " does not start: " + (complaint.isBlank() ? line : complaint.strip()));
      }
    } catch (IOException e) {
      throw LabException.failed(what + " does not start", e);
    }
    Thread drain = new Thread(() -> drain(lines), "output of " + what);
    drain.setDaemon(true);
    drain.start();
  }

  // A server whose output nobody reads would stop when the pipe is full.
  private static void drain(BufferedReader lines) {
    try {
      while (lines.readLine() != null) {
        continue;
      }
    } catch (IOException e) {
      return; // the server was ended
    }
  }

  /** Runs the kernel's client once and returns what it measured. */
  Map<String, String> measure(String mode, double seconds) {
    List<String> command =
        List.of(
            kernelLoad.toString(),
            "-m",
            "-c",
            "cubic",
            mode,
            address,
            Integer.toString(PORT),
            Double.toString(seconds));
    return KernelLoad.parse(namespaces.run(clientNamespace, command));
  }

  /**
   * How many joins the kernel's client has seen succeed: none means that one subflow was all there
   * was.
   */
  long joins() {
    List<String> lines =
        namespaces.run(clientNamespace, List.of("cat", "/proc/net/netstat")).lines().toList();
    for (int i = 0; i + 1 < lines.size(); i++) {
      List<String> names = List.of(lines.get(i).split(" "));
      if (names.get(0).equals("MPTcpExt:") && names.contains(SECOND_JOIN)) {
        return Long.parseLong(lines.get(i + 1).split(" ")[names.indexOf(SECOND_JOIN)]);
      }
    }
    return 0;
  }
}
