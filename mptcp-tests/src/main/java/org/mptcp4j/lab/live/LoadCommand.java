package org.mptcp4j.lab.live;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.mptcp4j.api.MptcpMode;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.lab.console.Json;
import org.mptcp4j.lab.console.LabException;
import org.mptcp4j.lab.console.SizeConverter;
import org.mptcp4j.lab.traffic.LoadClient;
import org.mptcp4j.lab.traffic.LoadResult;
import org.mptcp4j.netty.MptcpHost;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code mptcp-lab load}. */
@Command(
    name = "load",
    header = "Measure a server of the load protocol.",
    description = "Put load on a server of the load protocol and print what was measured.",
    footer = {
      "%nServer and client on one machine, as root, in a network namespace whose kernel forwards"
          + " between the devices of both:",
      "  ip netns add lab",
      "  ip netns exec lab sysctl -w net.ipv4.ip_forward=1",
      "  ip netns exec lab mptcp-lab serve --port 5001 \\",
      "      --tun s0:10.9.1.2/24 --tun s1:10.9.2.2/24 &",
      "  ip netns exec lab mptcp-lab load up \\",
      "      --tun c0:10.8.1.2/24 --tun c1:10.8.2.2/24 10.9.1.2 5001 10"
    })
public final class LoadCommand implements Callable<Integer> {
  private static final int WATER_MARK = 256 << 10;

  /** What to do. */
  enum Mode {
    up,
    down,
    rr,
    crr,
    hash
  }

  /** Reads the name of a mode. */
  static final class ModeConverter implements ITypeConverter<Mode> {
    ModeConverter() {}

    @Override
    public Mode convert(String name) {
      try {
        return Mode.valueOf(name.toLowerCase(Locale.ROOT));
      } catch (IllegalArgumentException e) {
        String modes =
            Arrays.stream(Mode.values()).map(Mode::name).collect(Collectors.joining(", "));
        throw new TypeConversionException("'" + name + "' is not a mode: choose one of " + modes);
      }
    }
  }

  @Spec private CommandSpec spec;
  @Mixin private TunArguments tuns;
  @Mixin private StatusArguments status;

  @Parameters(
      index = "0",
      paramLabel = "MODE",
      converter = ModeConverter.class,
      description =
          "up: send; down: receive; rr: request and response; crr: connect, one byte, close; hash:"
              + " send random bytes and compare SHA-256.")
  private Mode mode;

  @Parameters(index = "1", paramLabel = "HOST", description = "Name or address of the server.")
  private String host;

  @Parameters(index = "2", paramLabel = "PORT", description = "Port of the server.")
  private int port;

  @Parameters(
      index = "3",
      paramLabel = "SECONDS-or-BYTES",
      description = "How long to measure, or for hash how many bytes to send, such as 64M.")
  private String amount;

  @Option(
      names = {"--connections", "--threads"},
      defaultValue = "1",
      paramLabel = "K",
      description = "Connections at a time. Default: 1.")
  private int connections;

  @Option(
      names = "--size",
      defaultValue = "64",
      paramLabel = "N",
      description = "Bytes of a request of rr. Default: 64.")
  private int size;

  @Option(
      names = "--connect-timeout",
      defaultValue = "10",
      paramLabel = "SECONDS",
      description = "How long to wait for an answer to a connection attempt. Default: 10.")
  private double connectTimeout;

  @Option(names = "--no-mptcp", description = "Plain TCP only.")
  private boolean plainTcp;

  @Option(names = "--checksum", description = "Require DSS checksums.")
  private boolean checksum;

  @Option(names = "--json", description = "Print the result as JSON.")
  private boolean json;

  LoadCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    checkArguments();
    double seconds = mode == Mode.hash ? 0 : seconds();
    long bytes = mode == Mode.hash ? bytes() : 0;
    InetSocketAddress remote = new InetSocketAddress(resolve(host), port);
    StackConfig config =
        StackConfig.builder()
            .mptcp(plainTcp ? MptcpMode.DISABLED : MptcpMode.ENABLED)
            .mptcp(m -> m.checksumRequired(checksum))
            .build();
    try (MptcpHost stack = TunArguments.start(tuns.devices(), config, 1, Duration.ZERO);
        StatusArguments.Open shown = status.open(stack)) {
      assert shown != null;
      LoadClient client = new LoadClient(bootstrap(stack, remote), System::nanoTime);
      LoadResult result = await(run(client, seconds, bytes));
      spec.commandLine()
          .getOut()
          .println(json ? Json.of(result) : String.join("\n", result.lines()));
      spec.commandLine().getOut().flush();
      return result.succeeded() ? 0 : LabException.FAILED;
    }
  }

  private void checkArguments() {
    LabException.requireRange("PORT", port, 1, 65_535);
    if (connections < 1) {
      throw LabException.usage(
          "--connections (or --threads) must be at least 1, not " + connections);
    }
    if (size < 1) {
      throw LabException.usage("--size must be at least 1 byte, not " + size);
    }
    if (!(connectTimeout > 0)) {
      throw LabException.usage("--connect-timeout must be more than 0 seconds");
    }
  }

  private double seconds() {
    try {
      double seconds = Double.parseDouble(amount);
      if (seconds > 0 && seconds < 1e6) {
        return seconds;
      }
    } catch (NumberFormatException e) {
      throw LabException.usage("'" + amount + "' is not a number of seconds");
    }
    throw LabException.usage(
        "the number of seconds must be more than 0 and less than a million, not " + amount);
  }

  private long bytes() {
    try {
      return new SizeConverter().convert(amount);
    } catch (TypeConversionException e) {
      throw LabException.usage(e.getMessage());
    }
  }

  private static InetAddress resolve(String name) {
    try {
      return InetAddress.getByName(name);
    } catch (UnknownHostException e) {
      throw LabException.failed("unknown host " + name, e);
    }
  }

  private Bootstrap bootstrap(MptcpHost stack, InetSocketAddress remote) {
    return new Bootstrap()
        .group(stack.eventLoop())
        .channelFactory(stack.channelFactory())
        .remoteAddress(remote)
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) Math.ceil(connectTimeout * 1000))
        .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
        .option(
            ChannelOption.WRITE_BUFFER_WATER_MARK,
            new WriteBufferWaterMark(WATER_MARK / 2, WATER_MARK));
  }

  private Future<LoadResult> run(LoadClient client, double seconds, long bytes) {
    return switch (mode) {
      case up -> client.up(connections, seconds);
      case down -> client.down(connections, seconds);
      case rr -> client.requestResponse(connections, size, seconds);
      case crr -> client.connectRate(connections, seconds);
      case hash -> client.hash(new SplittableRandom(new SecureRandom().nextLong()), bytes);
    };
  }

  // The user has just named the address and need not be told it twice.
  private static String withoutAddress(String message) {
    return message.replaceAll(": \\S+:[0-9]+$", "");
  }

  private LoadResult await(Future<LoadResult> future) throws InterruptedException {
    future.await();
    if (future.isSuccess()) {
      return future.getNow();
    }
    Throwable cause = future.cause();
    String why = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    throw LabException.failed(host + " port " + port + ": " + withoutAddress(why), cause);
  }
}
