package org.mptcp4j.lab.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.mptcp4j.lab.bench.FloodReport.Row;
import org.mptcp4j.lab.console.LabException;
import org.mptcp4j.lab.system.Namespaces;
import org.mptcp4j.lab.system.Shell;

/**
 * Floods of this stack and of the kernel, in namespaces: an attacker behind a TUN device, honest
 * clients on the kernel's sockets, and between them a kernel that forwards.
 */
final class FloodBench {
  private static final int PORT = 5001;
  private static final String ATTACKERS = "11.0.0.2/8";
  private static final String NOBODY = "10.99.0.1";
  private static final int CONNECTIONS = 100;
  private static final String HELD_SECONDS = "1.5";
  private static final long UPLOAD_BYTES = 4_000_000;
  private static final int PATIENCE_SECONDS = 60;
  private static final int RECOVERY_SECONDS = 90;

  private final Namespaces namespaces;
  private final String load;
  private final double seconds;
  private final int perSecond;
  private final Consumer<String> progress;
  private final String field;

  /** One of the two servers. */
  private record Target(String name, String address) {}

  /** An attacker at work. */
  private record Attack(Process process, BufferedReader lines) {}

  /**
   * @param load the load generator on kernel sockets
   * @param seconds that each rate is measured
   * @param perSecond packets of the floods
   * @param progress told what is done, and what went wrong
   */
  FloodBench(
      Namespaces namespaces,
      String load,
      double seconds,
      int perSecond,
      Consumer<String> progress) {
    this.namespaces = namespaces;
    this.progress = progress;
    this.load = load;
    this.seconds = seconds;
    this.perSecond = perSecond;
    field = namespaces.add("field");
    namespaces.set(field, "net.ipv4.ip_forward", "1");
    namespaces.ip(field, "mptcp", "limits", "set", "subflows", "2", "add_addr_accepted", "2");
  }

  /** Floods this stack. */
  List<Row> ours(List<FloodKind> kinds) {
    List<String> command = new ArrayList<>();
    command.add(java());
    command.addAll(List.of("-Xmx256m", "-XX:MaxDirectMemorySize=256m"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), LabBuild.MAIN_CLASS));
    command.addAll(List.of("serve", "--announce", "--figures", "--port", "" + PORT));
    command.addAll(List.of("--tun", "tun0:10.82.0.2/24", "--tun", "tun1:10.82.1.2/24"));
    Server server = Server.start(namespaces, field, command, "the server of this stack");
    namespaces.ip(field, "route", "add", NOBODY + "/32", "dev", "tun0");
    List<Row> rows = floods(new Target("ours", "10.82.0.2"), server, kinds);
    namespaces.ip(field, "route", "del", NOBODY + "/32");
    return rows;
  }

  /** Floods the kernel. */
  List<Row> kernel(List<FloodKind> kinds) {
    String other = namespaces.add("kernel");
    for (int i = 0; i < 2; i++) {
      String device = "veth" + i;
      String link = "ip link add %s netns %s type veth peer name %s netns %s";
      Shell.run(List.of(link.formatted(device, field, device, other).split(" ")));
      place(field, device, "10.81." + i + ".1/24");
      place(other, device, "10.81." + i + ".2/24");
    }
    namespaces.ip(other, "mptcp", "limits", "set", "subflows", "2");
    namespaces.ip(other, "mptcp", "endpoint", "add", "10.81.1.2", "dev", "veth1", "signal");
    namespaces.ip(other, "route", "add", "default", "via", "10.81.0.1");
    namespaces.ip(field, "route", "add", NOBODY + "/32", "via", "10.81.0.2");
    Server server =
        Server.start(
            namespaces, other, List.of(load, "-m", "srv", "" + PORT), "the kernel's server");
    return floods(new Target("kernel", "10.81.0.2"), server, kinds);
  }

  private void place(String namespace, String device, String address) {
    namespaces.ip(namespace, "address", "add", address, "dev", device);
    namespaces.ip(namespace, "link", "set", device, "up");
  }

  private static String java() {
    return ProcessHandle.current().info().command().orElse("java");
  }

  private List<Row> floods(Target target, Server server, List<FloodKind> kinds) {
    client("rr", target.address(), Double.toString(seconds)); // once before it counts
    List<Row> rows = new ArrayList<>();
    for (FloodKind kind : kinds) {
      progress.accept(target.name() + ": " + kind.title());
      rows.add(flood(target, server, kind));
    }
    return rows;
  }

  private Row flood(Target target, Server server, FloodKind kind) {
    boolean ours = target.name().equals("ours");
    long before = ours ? held(server) : 0;
    Attack idle = sender(kind, NOBODY);
    double reference = requests(target);
    end(idle);
    Attack attack = sender(kind, target.address());
    double attacked = requests(target);
    long most = ours ? held(server) : 0;
    int connected = connect(target);
    long joined = joined(target);
    boolean uploaded = upload(target);
    most = Math.max(most, ours ? held(server) : 0);
    long sent = end(attack);
    long after = ours ? recovered(server, before) : 0;
    boolean alive = connect(target) == CONNECTIONS;
    return new Row(
        kind.title(),
        target.name(),
        sent,
        reference,
        attacked,
        CONNECTIONS,
        connected,
        joined,
        UPLOAD_BYTES,
        uploaded,
        before,
        most,
        after,
        alive);
  }

  // ---- the attacker

  private Attack sender(FloodKind kind, String address) {
    List<String> command = new ArrayList<>(List.of(java(), "-Xmx128m", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.addAll(List.of(FloodSender.class.getName(), "atk0", ATTACKERS, kind.option()));
    command.addAll(List.of(address, "" + PORT, "" + perSecond));
    Process process = namespaces.start(field, command);
    BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
    Server.awaitListening(process, lines, "the attacker");
    return new Attack(process, lines);
  }

  private static long end(Attack attack) {
    try {
      attack.process().getOutputStream().close();
      String last = attack.lines().readLine();
      return Long.parseLong(KernelLoad.parse(last == null ? "" : last).getOrDefault("sent", "0"));
    } catch (IOException e) {
      throw LabException.failed("the attacker has ended too early", e);
    }
  }

  // ---- honest clients

  private Map<String, String> client(String mode, String address, String amount, String... more) {
    List<String> command = new ArrayList<>(List.of(load, "-m", mode, address));
    command.addAll(List.of(Integer.toString(PORT), amount));
    command.addAll(List.of(more));
    try {
      int patience = PATIENCE_SECONDS + (int) Math.ceil(seconds);
      Shell.Outcome outcome = Shell.tryRun(Namespaces.inside(field, command), patience);
      if (outcome.exitCode() != 0) {
        progress.accept(mode + ": " + outcome.complaint());
      }
      return KernelLoad.parse(outcome.output());
    } catch (LabException e) {
      progress.accept(e.getMessage());
      return Map.of();
    }
  }

  private double requests(Target target) {
    Map<String, String> result = client("rr", target.address(), Double.toString(seconds));
    return Double.parseDouble(result.getOrDefault("per_second", "0"));
  }

  private int connect(Target target) {
    Map<String, String> result =
        client("crr-count", target.address(), Integer.toString(CONNECTIONS));
    return Integer.parseInt(result.getOrDefault("connections", "0"));
  }

  /** Second subflows of connections that stay open for a while. */
  private long joined(Target target) {
    long before = joins();
    client("idle", target.address(), Integer.toString(CONNECTIONS), HELD_SECONDS);
    return joins() - before;
  }

  private long joins() {
    List<String> command = List.of("cat", "/proc/net/netstat");
    return JoinCount.parse(namespaces.run(field, command)).joins();
  }

  private boolean upload(Target target) {
    Map<String, String> result = client("hash", target.address(), Long.toString(UPLOAD_BYTES));
    return result.getOrDefault("equal", "").equals("1");
  }

  // ---- what is held

  private static long held(Server server) {
    return Long.parseLong(server.askForFigures().get("held"));
  }

  /** What is held when it is as little as before, or the patience is over. */
  private static long recovered(Server server, long before) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(RECOVERY_SECONDS);
    long held = held(server);
    while (held > before && System.nanoTime() < deadline) {
      pause();
      held = held(server);
    }
    return held;
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(200);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw LabException.failed("interrupted", e);
    }
  }
}
