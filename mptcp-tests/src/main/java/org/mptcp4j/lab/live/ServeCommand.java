package org.mptcp4j.lab.live;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.mptcp4j.api.MptcpMode;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.api.StackUsage;
import org.mptcp4j.lab.console.Json;
import org.mptcp4j.lab.console.LabException;
import org.mptcp4j.lab.console.Units;
import org.mptcp4j.lab.system.Interruption;
import org.mptcp4j.lab.traffic.LoadCounters;
import org.mptcp4j.lab.traffic.LoadServerHandler;
import org.mptcp4j.link.tun.TunAddress;
import org.mptcp4j.link.tun.TunOptions;
import org.mptcp4j.netty.MptcpHost;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mptcp-lab serve}. */
@Command(
    name = "serve",
    header = "A server of the load protocol on TUN devices.",
    description =
        "Run a server of the load protocol on TUN devices until it is interrupted. The first byte"
            + " of a connection says what follows: S sink, G send, R echo, C one byte back, I one"
            + " byte back and idle, H SHA-256 of what came, D as many random bytes as asked for and"
            + " their SHA-256.")
public final class ServeCommand implements Callable<Integer> {
  private static final int BACKLOG = 4096;
  private static final int WATER_MARK = 256 << 10;
  private static final int MAX_QUEUES = 64;

  /** Number of the first endpoint that is proposed: the kernel numbers its own from 1. */
  private static final int FIRST_ENDPOINT = 100;

  @Spec private CommandSpec spec;
  @Mixin private TunArguments tuns;
  @Mixin private StatusArguments status;

  @Option(
      names = "--port",
      required = true,
      paramLabel = "PORT",
      description = "To listen on, on every address.")
  private int port;

  @Option(
      names = "--queues",
      defaultValue = "1",
      paramLabel = "N",
      description =
          "Event loops, each with a stack and a queue of every device, to use several cores."
              + " Default: 1.")
  private int queues;

  @Option(
      names = "--stats",
      paramLabel = "SECONDS",
      description = "Print what happens every so many seconds.")
  private double statsSeconds;

  @Option(
      names = "--announce",
      description = "Announce the further addresses to clients by ADD_ADDR.")
  private boolean announce;

  @Option(names = "--no-mptcp", description = "Plain TCP only.")
  private boolean plainTcp;

  @Option(names = "--checksum", description = "Require DSS checksums.")
  private boolean checksum;

  @Option(
      names = "--figures",
      description = "Answer each line on standard input with figures of the Java runtime.")
  private boolean figures;

  @Option(
      names = "--spin",
      defaultValue = "0",
      paramLabel = "MICROS",
      description =
          "Stay awake for so long after each packet, at most 1000: shorter latency for up to a"
              + " whole processor. Default: 0.")
  private int spinMicros;

  @Option(names = "--json", description = "Print the summary as JSON.")
  private boolean json;

  ServeCommand() {}

  /** What a server did until it was stopped. */
  record Summary(
      double seconds, LoadCounters.Snapshot load, StackUsage stack, Map<String, Long> counters) {}

  @Override
  public Integer call() throws InterruptedException {
    LabException.requireRange("--port", port, 1, 65_535);
    LabException.requireRange("--queues", queues, 1, MAX_QUEUES);
    List<TunOptions> devices = tuns.devices();
    Map<EventLoop, LoadCounters> counters = new ConcurrentHashMap<>();
    PrintWriter out = spec.commandLine().getOut();
    try (Interruption interruption = Interruption.watch();
        MptcpHost host = TunArguments.start(devices, config(), queues, spin());
        StatusArguments.Open shown = status.open(host)) {
      assert shown != null;
      long startedNs = System.nanoTime();
      listen(host, counters);
      if (!json) {
        hints(devices).forEach(out::println);
        out.flush();
      }
      if (figures) {
        RuntimeFigures.answer(System.in, out, () -> sum(counters), () -> usage(host));
      }
      waitForTheEnd(interruption, out, counters, host);
      Summary summary =
          new Summary(
              (System.nanoTime() - startedNs) / 1e9,
              sum(counters),
              usage(host),
              stackCounters(host));
      out.println(json ? Json.of(summary) : String.join("\n", describe(summary)));
      out.flush();
    }
    return 0;
  }

  private Duration spin() {
    LabException.requireRange("--spin", spinMicros, 0, 1000);
    return Duration.of(spinMicros, ChronoUnit.MICROS);
  }

  private StackConfig config() {
    return StackConfig.builder()
        .mptcp(plainTcp ? MptcpMode.DISABLED : MptcpMode.ENABLED)
        .mptcp(m -> m.checksumRequired(checksum).announceAddresses(announce))
        .build();
  }

  private static LoadCounters.Snapshot sum(Map<EventLoop, LoadCounters> counters) {
    return counters.values().stream()
        .map(LoadCounters::snapshot)
        .reduce(new LoadCounters.Snapshot(0, 0, 0, 0, 0), LoadCounters.Snapshot::plus);
  }

  private void listen(MptcpHost host, Map<EventLoop, LoadCounters> counters) {
    ChannelFuture bound =
        new ServerBootstrap()
            .group(host.eventLoops())
            .channelFactory(host.serverChannelFactory())
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .childOption(
                ChannelOption.WRITE_BUFFER_WATER_MARK,
                new WriteBufferWaterMark(WATER_MARK / 2, WATER_MARK))
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    LoadCounters ofLoop =
                        counters.computeIfAbsent(channel.eventLoop(), loop -> new LoadCounters());
                    channel.pipeline().addLast(new LoadServerHandler(ofLoop));
                  }
                })
            .bind(port)
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw LabException.failed(
          "cannot listen on port " + port + ": " + bound.cause().getMessage(), bound.cause());
    }
  }

  /** What a user on the kernel's side has to know. */
  private List<String> hints(List<TunOptions> devices) {
    List<String> lines = new ArrayList<>();
    List<String> endpoints = new ArrayList<>();
    for (TunOptions device : devices) {
      for (TunAddress address : device.addresses()) {
        lines.add(
            String.format(
                "listening on %s port %d (device %s; the kernel's side is %s)",
                address.local(), port, device.name(), address.kernelSide()));
        endpoints.add(endpoint(FIRST_ENDPOINT + endpoints.size(), device, address));
      }
    }
    if (!plainTcp && endpoints.size() > 1) {
      lines.add("for several subflows from this machine's kernel:");
      lines.add("  ip mptcp limits set subflows 8 add_addr_accepted 8");
      if (announce) {
        lines.add("(the further addresses are announced; the kernel joins them by itself)");
      } else {
        lines.addAll(endpoints.subList(1, endpoints.size()));
      }
    }
    return lines;
  }

  // An endpoint outlives its device, then belongs to nothing, and stands in the way of another one
  // with its address: the one of an earlier run is deleted by the number that it was given.
  private static String endpoint(int id, TunOptions device, TunAddress address) {
    return String.format(
        "  ip mptcp endpoint delete id %1$d 2>/dev/null;"
            + " ip mptcp endpoint add %2$s id %1$d dev %3$s subflow",
        id, address.kernelSide(), device.name());
  }

  private void waitForTheEnd(
      Interruption interruption,
      PrintWriter out,
      Map<EventLoop, LoadCounters> counters,
      MptcpHost host)
      throws InterruptedException {
    LoadCounters.Snapshot before = sum(counters);
    long intervalNs = statsSeconds > 0 ? (long) (statsSeconds * 1e9) : Long.MAX_VALUE;
    while (!interruption.await(intervalNs, TimeUnit.NANOSECONDS)) {
      LoadCounters.Snapshot now = sum(counters);
      if (!json) {
        out.println(statistics(before, now, usage(host).flows()));
        out.flush();
      }
      before = now;
    }
  }

  private String statistics(LoadCounters.Snapshot before, LoadCounters.Snapshot now, int flows) {
    return String.format(
        Locale.ROOT,
        "%d open, %d accepted, in %s, out %s, %s",
        now.open(),
        now.accepted(),
        Units.rate(Units.bitsPerSecond(now.bytesReceived() - before.bytesReceived(), statsSeconds)),
        Units.rate(Units.bitsPerSecond(now.bytesSent() - before.bytesSent(), statsSeconds)),
        Units.count(flows, "flow"));
  }

  private static StackUsage usage(MptcpHost host) {
    return host.withStacks((now, stack) -> stack.usage()).stream()
        .map(usage -> usage.syncUninterruptibly().getNow())
        .reduce(StackUsage.NOTHING, StackUsage::plus);
  }

  private static Map<String, Long> stackCounters(MptcpHost host) {
    Map<String, Long> counted = new TreeMap<>();
    host.withStacks((now, stack) -> stack.counters())
        .forEach(
            one ->
                one.syncUninterruptibly()
                    .getNow()
                    .forEach((name, value) -> counted.merge(name, value, Long::sum)));
    counted.values().removeIf(value -> value == 0);
    return counted;
  }

  private static List<String> describe(Summary summary) {
    List<String> lines = new ArrayList<>();
    LoadCounters.Snapshot load = summary.load();
    lines.add(
        String.format(
            "served %s: %s, %s in, %s out, %d failed",
            Units.seconds(summary.seconds()),
            Units.count(load.accepted(), "connection"),
            Units.bytes(load.bytesReceived()),
            Units.bytes(load.bytesSent()),
            load.failed()));
    StackUsage stack = summary.stack();
    lines.add(
        String.format(
            "left: %s, %s half-open, %s, %s in TIME-WAIT",
            Units.count(stack.connections(), "connection"),
            Units.count(stack.halfOpen()),
            Units.count(stack.flows(), "flow"),
            Units.count(stack.timeWait())));
    summary
        .counters()
        .forEach(
            (name, value) -> lines.add(String.format("  %-36s %15s", name, Units.count(value))));
    return lines;
  }
}
