package org.mptcp4j.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mptcp4j.lab.bench.KernelLoad;

/** {@code mptcp-lab load} as a user runs it, against a server on the kernel's MPTCP sockets. */
@Interop(programs = "gcc")
class LabLoadTest {
  private static final String PORT = "5001";

  @TempDir private static Path directory;
  private static Path load;
  private Netns kernel;
  private Program server;

  @BeforeAll
  static void compile() {
    load = KernelLoad.compile(directory);
  }

  @BeforeEach
  void startServer() {
    kernel = Netns.create();
    server = Program.start(kernel, load.toString(), "-m", "-c", "cubic", "srv", PORT);
    server.await("listening");
  }

  @AfterEach
  void stopServer() {
    server.close();
    kernel.close();
  }

  private List<String> load(String mode, String address, String amount, String option) {
    String first = "m4j0:10.1.0.2/24,fd01::2/64";
    String second = "m4j1:10.2.0.2/24,fd02::2/64";
    try (Program client =
        Program.lab(
            kernel, "load", mode, "--tun", first, "--tun", second, address, PORT, amount, option)) {
      assertThat(client.exitCode(30)).as("%s", client).isZero();
      assertThat(client.errors()).isEmpty();
      return client.output();
    }
  }

  private void spokeMptcpWithoutFaults() {
    Map<String, Long> counters = kernel.counters();
    assertThat(counters.get("MPTcpExtMPCapableACKRX")).isPositive();
    Map<String, Long> faults = Faults.in(counters);
    // a run ends in mid-transfer, and connections of crr before their joins
    faults.keySet().removeIf(name -> name.matches(".*(Fastclose|MPRst|JoinRejected|NoToken).*"));
    assertThat(faults).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "up, 10.1.0.1, 1, 1, up \\S+ \\S+ in \\S+ \\S+: [\\d.]+ [MG]b/s.*",
    "down, fd01::1, 1, 2, down \\S+ \\S+ in \\S+ \\S+: [\\d.]+ [MG]b/s.*",
    "rr, fd01::1, 1, 3, rr \\d+/s of 64 bytes on 3 connection.*",
    "crr, 10.1.0.1, 1, 4, 'crr \\d+ connections/s, 4 at a time.*'",
    "hash, 10.1.0.1, 20M, 1, hash .*"
  })
  void saysWhatItMeasured(
      String mode, String address, String amount, String connections, String line) {
    List<String> output = load(mode, address, amount, "--connections=" + connections);

    assertThat(output.get(0)).matches(line);
    if (mode.equals("hash")) {
      assertThat(output.get(2)).endsWith("equal");
    }
    spokeMptcpWithoutFaults();
    if (amount.equals("20M") || mode.equals("up") || mode.equals("down")) {
      assertThat(kernel.counters().get("MPTcpExtMPJoinAckRx")).isPositive();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "up, 10.1.0.1, 1, bits_per_second",
    "rr, 10.1.0.1, 1, p99_us",
    "crr, fd01::1, 1, per_second",
    "hash, fd01::1, 1000, bytes"
  })
  void measuresForProgramsToo(String mode, String address, String amount, String name)
      throws IOException {
    List<String> output = load(mode, address, amount, "--json");

    Path file = Files.write(directory.resolve("result"), output);
    String print = "import json, sys; print(json.load(open(sys.argv[1]))['" + name + "'])";
    String value = Shell.run("python3", "-c", print, file.toString());
    assertThat(Double.parseDouble(value)).isPositive();
    spokeMptcpWithoutFaults();
  }
}
