package org.mptcp4j.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mptcp4j.lab.bench.KernelLoad;

/** {@code mptcp-lab serve} as a user runs it, under load from the kernel's sockets. */
@Interop(programs = {"gcc", "ss"})
class LabServeTest {
  private static final String PORT = "5001";

  @TempDir private static Path directory;
  private static Path load;
  private Netns kernel;

  @BeforeAll
  static void compile() {
    load = KernelLoad.compile(directory);
  }

  @BeforeEach
  void createNamespace() {
    kernel = Netns.create();
  }

  @AfterEach
  void deleteNamespace() {
    kernel.close();
  }

  private Program serve(String... options) {
    List<String> arguments = new ArrayList<>(List.of("serve", "--port", PORT));
    arguments.addAll(List.of("--tun", "m4j0:10.1.0.2/24,fd01::2/64"));
    arguments.addAll(List.of("--tun", "m4j1:10.2.0.2/24,fd02::2/64"));
    arguments.addAll(Arrays.asList(options));
    return Program.lab(kernel, arguments.toArray(String[]::new));
  }

  private Program client(String mode, String address, String... more) {
    List<String> words = new ArrayList<>(List.of(load.toString(), "-m", mode, address, PORT));
    words.addAll(Arrays.asList(more));
    return Program.start(kernel, words.toArray(String[]::new));
  }

  /** Runs the kernel's client to its end; what it measured. */
  private Map<String, String> measure(String mode, String address, String... more) {
    try (Program client = client(mode, address, more)) {
      return KernelLoad.parse(client.result(30));
    }
  }

  private static void endsInOrder(Program server) {
    server.terminate();
    assertThat(server.exitCode(15)).as("%s", server).isZero();
    assertThat(server.errors()).isEmpty();
  }

  @Test
  void everyModeOfTheLoadProtocol() {
    try (Program server = serve("--announce")) {
      server.await("listening on 10.1.0.2 port 5001 (device m4j0; the kernel's side is 10.1.0.1)");
      server.await("listening on fd02::2 port 5001");

      assertThat(Double.parseDouble(measure("up", "10.1.0.2", "1").get("gbps"))).isPositive();
      assertThat(Double.parseDouble(measure("down", "fd01::2", "1").get("gbps"))).isPositive();
      assertThat(measure("rr", "10.1.0.2", "1", "1000")).containsKeys("p50_us", "per_second");
      assertThat(measure("idle", "10.2.0.2", "300", "0")).containsEntry("connections", "300");
      assertThat(measure("hash", "fd01::2", "20000000")).containsEntry("equal", "1");
      assertThat(measure("hash", "10.1.0.2", "0")).containsEntry("equal", "1");
      assertThat(measure("hash-down", "fd01::2", "20000001")).containsEntry("equal", "1");

      endsInOrder(server);
      assertThat(server.output())
          .anyMatch(l -> l.matches("served .*: 306 connections, .* 0 failed"));
    }
    Map<String, Long> counters = kernel.counters();
    assertThat(counters.get("MPTcpExtMPCapableSYNACKRX")).isEqualTo(306);
    assertThat(counters.get("MPTcpExtMPJoinSynAckRx")).isPositive();
    Map<String, Long> faults = Faults.in(counters);
    faults.keySet().removeIf(name -> name.matches(".*(Fastclose|MPRst).*")); // ends of up and down
    assertThat(faults).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.1.0.2", "fd01::2"})
  void thousandsOfConnectionsLeaveNothingBehind(String address) {
    try (Program server = serve("--stats", "0.2")) {
      server.await("listening on " + address);
      long connections = 2000;
      assertThat(measure("crr-count", address, "" + connections, "8"))
          .containsEntry("connections", "" + connections);

      server.await(line -> line.startsWith("0 open, " + connections + " accepted, "));
      kernel.awaitNoConnections(30);
      Map<String, Long> counters = kernel.counters();
      assertThat(counters.get("MPTcpExtMPCapableSYNACKRX")).isEqualTo(connections);
      assertThat(Faults.in(counters)).isEmpty();

      endsInOrder(server);
      String served = String.format(Locale.ROOT, ": %,d connections, ", connections);
      assertThat(server.output())
          .anyMatch(line -> line.startsWith("served ") && line.contains(served))
          .noneMatch(line -> line.contains("MPTcpExtMPCurrEstab")); // only what is not zero
    }
  }

  @Test
  void plainDevicesGetWholeChecksumsAndNoSuperSegments() {
    try (Program server = serve("--announce", "--no-offloads")) {
      server.await("listening");
      assertThat(measure("hash", "10.1.0.2", "3000001")).containsEntry("equal", "1");
      assertThat(measure("hash-down", "fd01::2", "3000001")).containsEntry("equal", "1");
      endsInOrder(server);
    }
    assertThat(kernel.counters().get("TcpInCsumErrors")).isZero();
  }

  @Test
  void severalQueuesServeAsOne() {
    try (Program server = serve("--queues", "2", "--announce", "--stats", "0.2")) {
      server.await("listening on fd02::2 port 5001");
      assertThat(Double.parseDouble(measure("up", "10.1.0.2", "1").get("gbps"))).isPositive();
      assertThat(measure("hash", "fd01::2", "20000000")).containsEntry("equal", "1");
      long connections = 1000;
      assertThat(measure("crr-count", "10.1.0.2", "" + connections, "8"))
          .containsEntry("connections", "" + connections);
      assertThat(measure("idle", "10.2.0.2", "300", "0")).containsEntry("connections", "300");
      kernel.awaitNoConnections(30);
      String last = "0 open, " + (connections + 302) + " accepted, ";
      server.await(line -> line.startsWith(last) && line.endsWith(", 0 flows"));

      endsInOrder(server);
      String served = String.format(Locale.ROOT, ": %,d connections, ", connections + 302);
      assertThat(server.output())
          .anyMatch(line -> line.startsWith("served ") && line.contains(served))
          .anyMatch(line -> line.startsWith("left: 0 connections, 0 half-open, 0 flows"));
    }
    Map<String, Long> counters = kernel.counters();
    assertThat(counters.get("MPTcpExtMPJoinSynAckRx")).isPositive();
    Map<String, Long> faults = Faults.in(counters);
    faults.keySet().removeIf(name -> name.matches(".*(Fastclose|MPRst).*")); // the end of up
    assertThat(faults).isEmpty();
  }

  @Test
  void interruptedInTheMiddleOfATransferItStillSumsUp() throws IOException {
    try (Program server = serve("--json")) {
      await(() -> succeeds("hash", "10.1.0.2", "100000"));
      try (Program down = client("down", "10.1.0.2", "60")) {
        await(() -> kernel.counters().get("TcpInSegs") > 1000);
        endsInOrder(server);
        assertThat(down.exitCode(10)).isNotZero();
      }
      Path summary = directory.resolve("summary");
      Files.write(summary, server.output());
      Shell.run("python3", "-m", "json.tool", summary.toString());
      assertThat(Files.readString(summary)).contains("\"accepted\"", "MPCapableSYNRX");
    }
  }

  private boolean succeeds(String mode, String address, String amount) {
    try (Program client = client(mode, address, amount)) {
      return client.exitCode(10) == 0;
    }
  }

  private static void await(BooleanSupplier condition) {
    long deadline = Patience.deadlineNs(20);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("time").isLessThan(deadline);
    }
  }
}
