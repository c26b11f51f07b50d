package org.mptcp4j.lab.bench;

import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.mptcp4j.lab.console.LabException;
import org.mptcp4j.lab.relay.Relay;
import org.mptcp4j.lab.relay.RelayEnd;
import org.mptcp4j.lab.system.Namespaces;
import org.mptcp4j.link.sim.LinkEmulator;

/**
 * The kernel's TCP and this stack's, by turns, as senders over the same path to the kernel as
 * receiver; CUBIC, one connection. Both servers stay; the path is made anew for each measurement,
 * so that both senders of a pair meet the same draws of losses.
 */
final class PathDuel implements AutoCloseable {
  private static final int OUR_PORT = 5001;
  private static final int KERNEL_PORT = 5002;
  private static final int MTU = 1500;
  private static final String DEVICE = "relay0";

  private final Namespaces namespaces = new Namespaces();
  private final Programs programs;
  private final String sender;
  private final String receiver;

  /** Who sends. */
  enum Sender {
    KERNEL("10.50.0.1", KERNEL_PORT),
    THIS_STACK("10.8.1.2", OUR_PORT);

    private final String address;
    private final int port;

    Sender(String address, int port) {
      this.address = address;
      this.port = port;
    }
  }

  /**
   * One measurement.
   *
   * @param megabitsPerSecond of payload at the receiver
   * @param sentPerReceived bytes that entered the path, headers and repetitions included, for each
   *     that the receiving application got
   * @param lateTimers share of the path's timers that were more than a millisecond late
   * @param notRead packets that the kernel dropped in front of the path
   */
  record Measured(
      double megabitsPerSecond, double sentPerReceived, double lateTimers, long notRead) {}

  PathDuel(Programs programs, LabBuild build) {
    this.programs = programs;
    try {
      sender = namespaces.add("sender");
      receiver = namespaces.add("receiver");
      namespaces.set(sender, "net.ipv4.ip_forward", "1");
      for (String namespace : List.of(sender, receiver)) {
        // A connection must not begin with what the one before found out.
        namespaces.set(namespace, "net.ipv4.tcp_no_metrics_save", "1");
      }
      startServers(build);
    } catch (RuntimeException e) {
      namespaces.close();
      throw e;
    }
  }

  private void startServers(LabBuild build) {
    String load = programs.kernelLoad().toString();
    List<String> kernel = List.of(load, "-c", "cubic", "srv", Integer.toString(KERNEL_PORT));
    Server.start(namespaces, sender, kernel, "the kernel's server");
    List<String> ours = new ArrayList<>();
    ours.add(ProcessHandle.current().info().command().orElse("java"));
    ours.addAll(programs.javaOptions());
    ours.addAll(List.of("-cp", build.classPath(), LabBuild.MAIN_CLASS, "serve", "--no-mptcp"));
    ours.addAll(List.of("--tun", "tun0:10.8.1.2/24", "--port", Integer.toString(OUR_PORT)));
    Server.start(namespaces, sender, ours, "the server of " + build.name());
  }

  /** Measures one sender. */
  Measured measure(Sender who, PathCell cell, long seed, double seconds) {
    LinkEmulator path =
        new LinkEmulator(
            seed,
            PooledByteBufAllocator.DEFAULT,
            cell.data(),
            cell.acknowledgements(),
            LinkEmulator.TooBig.REPORT);
    try (RelayEnd a = RelayEnd.open(sender + ":10.50.0.1/24");
        RelayEnd b = RelayEnd.open(receiver + ":10.50.0.2/24");
        Relay relay = new Relay(a, b, DEVICE, MTU, path)) {
      namespaces.ip(receiver, "route", "replace", "10.8.1.0/24", "via", "10.50.0.1");
      List<String> client = new ArrayList<>(List.of(programs.kernelLoad().toString(), "down"));
      client.addAll(List.of(who.address, Integer.toString(who.port), Double.toString(seconds)));
      Map<String, String> printed = KernelLoad.parse(namespaces.run(receiver, client));
      LockSupport.parkNanos(2 * cell.roundTrip().toNanos()); // the reset reaches the sender
      return measured(printed, relay.finish());
    } catch (IOException e) {
      throw LabException.failed(e.getMessage(), e);
    }
  }

  private static Measured measured(Map<String, String> printed, Relay.Report report) {
    double all = Double.parseDouble(printed.get("all_bytes"));
    return new Measured(
        1000 * Double.parseDouble(printed.get("gbps")),
        report.forward().bytes() / all,
        (double) report.timers().late() / Math.max(1, report.timers().wakeUps()),
        report.forward().notRead() + report.backward().notRead());
  }

  /** Pairs of measurements, whoever is first taking turns. */
  Map<Sender, List<Measured>> run(PathCell cell, int pairs, double seconds) {
    Map<Sender, List<Measured>> all = new LinkedHashMap<>();
    for (Sender who : Sender.values()) {
      all.put(who, new ArrayList<>());
    }
    for (int pair = 0; pair < pairs; pair++) {
      Sender first = pair % 2 == 0 ? Sender.KERNEL : Sender.THIS_STACK;
      Sender second = first == Sender.KERNEL ? Sender.THIS_STACK : Sender.KERNEL;
      all.get(first).add(measure(first, cell, pair + 1L, seconds));
      all.get(second).add(measure(second, cell, pair + 1L, seconds));
    }
    return all;
  }

  @Override
  public void close() {
    namespaces.close();
  }
}
