package org.mptcp4j.lab.relay;

import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.mptcp4j.lab.console.Json;
import org.mptcp4j.lab.console.LabException;
import org.mptcp4j.lab.console.Units;
import org.mptcp4j.lab.system.Interruption;
import org.mptcp4j.link.sim.LinkEmulator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mptcp-lab relay}. */
@Command(
    name = "relay",
    header = "A link with rate, delay, queue and faults between two TUN devices.",
    description =
        "Join two TUN devices, each in a network namespace, through a link of the simulator, in"
            + " real time, until it is interrupted: the path between two kernels, or between the"
            + " kernel and this stack. Needs root.")
public final class RelayCommand implements Callable<Integer> {
  private static final long PATIENCE_MILLIS = 200;

  @Spec private CommandSpec spec;

  @Mixin private LinkArguments link;

  @Option(
      names = "--a",
      defaultValue = "relay-a:10.50.0.1/24,fd50::1/64",
      paramLabel = "NAMESPACE[:ADDR/PREFIX]",
      description =
          "The one end: a network namespace, which is made unless it is there, and addresses of"
              + " its kernel. Default: ${DEFAULT-VALUE}.")
  private String a;

  @Option(
      names = "--b",
      defaultValue = "relay-b:10.50.0.2/24,fd50::2/64",
      paramLabel = "NAMESPACE[:ADDR/PREFIX]",
      description = "The other end. Default: ${DEFAULT-VALUE}.")
  private String b;

  @Option(
      names = "--device",
      defaultValue = "relay0",
      paramLabel = "NAME",
      description =
          "Of the TUN device in both namespaces: another one for each further path. Default:"
              + " relay0.")
  private String device;

  @Option(
      names = "--device-mtu",
      paramLabel = "BYTES",
      description = "Of the devices. Default: as --mtu.")
  private Integer deviceMtu;

  @Option(
      names = "--report-too-big",
      description = "Answer packets beyond --mtu by ICMP, as a router does. Else they vanish.")
  private boolean reportTooBig;

  @Option(
      names = "--seed",
      defaultValue = "1",
      paramLabel = "N",
      description = "Of everything random. Default: 1.")
  private long seed;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description = "End after so long. Default: when interrupted.")
  private double seconds;

  @Option(names = "--json", description = "Print what it did as JSON and nothing else.")
  private boolean json;

  RelayCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    LinkEmulator emulator =
        new LinkEmulator(
            seed,
            PooledByteBufAllocator.DEFAULT,
            link.forward(),
            link.backward(),
            reportTooBig ? LinkEmulator.TooBig.REPORT : LinkEmulator.TooBig.DROP);
    int mtu = deviceMtu == null ? link.mtu() : deviceMtu;
    LabException.requireRange("--device-mtu", mtu, 68, 65_535);
    PrintWriter out = spec.commandLine().getOut();
    try (Interruption interruption = Interruption.watch();
        RelayEnd endA = RelayEnd.open(a);
        RelayEnd endB = RelayEnd.open(b);
        Relay relay = new Relay(endA, endB, device, mtu, emulator)) {
      if (!json) {
        out.printf("relaying %s between %s and %s%n", device, endA, endB);
        out.printf("  there: %s%n", emulator.forward().profile());
        out.printf("  back:  %s%n", emulator.backward().profile());
        out.flush();
      }
      waitForTheEnd(interruption, relay);
      Relay.Report report = relay.finish();
      if (json) {
        out.println(Json.of(report));
      } else {
        print(out, report);
      }
      out.flush();
    } catch (IOException e) {
      throw LabException.failed(e.getMessage(), e);
    }
    return 0;
  }

  private void waitForTheEnd(Interruption interruption, Relay relay) throws InterruptedException {
    long endNs = System.nanoTime() + (long) (seconds * 1e9);
    while (!interruption.await(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
      if (relay.failure() != null) {
        throw LabException.failed("the relay ended", relay.failure());
      }
      if (seconds > 0 && System.nanoTime() - endNs >= 0) {
        return;
      }
    }
  }

  private static void print(PrintWriter out, Relay.Report report) {
    print(out, "there", report.forward(), report.seconds());
    print(out, "back", report.backward(), report.seconds());
    Punctuality.Summary timers = report.timers();
    out.printf(
        Locale.ROOT,
        "%s woke it, %s of them more than 1 ms late, the latest by %.1f ms%n",
        Units.count(timers.wakeUps(), "timer"),
        Units.count(timers.late()),
        timers.worstMillis());
  }

  private static void print(
      PrintWriter out, String name, Relay.Direction direction, double seconds) {
    out.printf(
        "%s: %s, %s, %s on the average; dropped %s%n",
        name,
        Units.count(direction.deliveredPackets(), "packet"),
        Units.bytes(direction.deliveredBytes()),
        Units.rate(Units.bitsPerSecond(direction.deliveredBytes(), seconds)),
        direction.dropped().isEmpty() ? "none" : direction.dropped());
    if (direction.notRead() > 0) {
      out.printf(
          "  %s not read in time: this machine is too slow for the link%n",
          Units.count(direction.notRead(), "packet"));
    }
  }
}
