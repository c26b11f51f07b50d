package org.mptcp4j.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.api.StackConfig;

/**
 * The kernel's own test client and server, {@code mptcp_connect}, with this stack as its peer. Each
 * combination once; {@code -Dmptcp4j.runs=50} for more, {@code -Dmptcp4j.connect} for those whose
 * name contains what matches an expression.
 */
@Tag("matrix")
@Interop(programs = {"gcc", "xz"})
class MptcpConnectTest {
  private static final int RUNS = Integer.getInteger("mptcp4j.runs", 1);
  private static final Pattern ONLY = Pattern.compile(System.getProperty("mptcp4j.connect", ""));
  private static final int BYTES = 1_500_000;
  private static final int SLOW_BYTES = 20_000;
  private static final int CONNECTIONS = 3;

  @TempDir private Path folder;

  /**
   * A combination.
   *
   * @param mode {@code poll}, {@code mmap}, {@code sendfile}, {@code slow} or {@code again}, which
   *     disconnects and connects again
   */
  private record Run(boolean server, String mode, boolean six, boolean two, boolean checksum) {
    int bytes() {
      return mode.equals("slow") ? SLOW_BYTES : BYTES;
    }

    int connections() {
      return mode.equals("again") ? CONNECTIONS : 1;
    }

    List<String> words() {
      return switch (mode) {
        case "slow" -> List.of("-r", "1000", "-j");
        case "again" -> List.of("-I", "" + CONNECTIONS);
        default -> List.of("-m", mode);
      };
    }

    @Override
    public String toString() {
      return (server ? "server, " : "client, ")
          + mode
          + (six ? ", IPv6" : ", IPv4")
          + (two ? ", two subflows" : "")
          + (checksum ? ", checksums" : "");
    }
  }

  @TestFactory
  Stream<DynamicTest> asItsPeer() {
    Assumptions.assumeTrue(
        KernelTestProgram.mptcpConnect().isPresent(), "linux-source-6.12 is not installed");
    List<Run> all = new ArrayList<>();
    for (String mode : List.of("poll", "mmap", "sendfile", "slow", "again")) {
      for (int bits = 0; bits < 16; bits++) {
        Run run = new Run((bits & 1) != 0, mode, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0);
        boolean half = Integer.bitCount(bits) % 2 == mode.length() % 2;
        // Every pair of properties is among those of the short form.
        if (RUNS > 1 || half) {
          all.add(run);
        }
      }
    }
    return all.stream()
        .filter(run -> ONLY.matcher(run.toString()).find())
        .map(run -> DynamicTest.dynamicTest("this stack as " + run, () -> repeat(run)));
  }

  private void repeat(Run run) throws IOException {
    for (int i = 0; i < RUNS; i++) {
      once(run, i);
    }
  }

  private static byte[] random(int bytes, long seed) {
    byte[] data = new byte[bytes];
    new Random(seed).nextBytes(data);
    return data;
  }

  private void once(Run run, int number) throws IOException {
    byte[] ours = random(run.bytes(), number);
    byte[] theirs = random(run.bytes() - 100, number + 1000);
    Path in = Files.write(folder.resolve("in"), theirs);
    Path out = folder.resolve("out");
    List<String> devices = new ArrayList<>(List.of("m4j1:10.0.1.1/24,fd01::1/64"));
    if (run.two) {
      devices.add("m4j2:10.0.2.1/24,fd02::1/64");
    }
    StackConfig config = StackConfig.builder().mptcp(m -> m.checksumRequired(run.checksum)).build();
    try (Netns kernel = Netns.create();
        StackHost host = StackHost.start(kernel, config, devices.toArray(String[]::new))) {
      kernel.sysctl("net.mptcp.checksum_enabled", run.checksum ? "1" : "0");
      if (run.two) {
        kernel.endpoint(run.six ? "fd02::2" : "10.0.2.2", "m4j2", "subflow");
      }
      List<byte[]> received =
          run.server
              ? serve(run, kernel, host, ours, in, out)
              : connect(run, kernel, host, ours, in, out);
      assertThat(received)
          .hasSize(run.connections())
          .allSatisfy(r -> assertThat(r).isEqualTo(theirs));
      byte[] there = Files.readAllBytes(out);
      assertThat(there).hasSize(ours.length * run.connections());
      for (int i = 0; i < run.connections(); i++) {
        byte[] one = java.util.Arrays.copyOfRange(there, i * ours.length, (i + 1) * ours.length);
        assertThat(one).isEqualTo(ours);
      }
      assertThat(host.counters())
          .doesNotContainKeys("MPTcpExtDataCsumErr", "MPTcpExtMPFailTx", "MPTcpExtMPFailRx");
    }
  }

  private static Program start(Netns kernel, Run run, Path in, Path out, String... words) {
    List<String> command = new ArrayList<>();
    command.add(KernelTestProgram.mptcpConnect().orElseThrow().toString());
    command.addAll(List.of("-t", "" + 1000 * Patience.seconds(3), "-p", "80", "-i", in.toString()));
    command.addAll(run.words());
    if (run.six) {
      command.add("-6");
    }
    command.addAll(List.of(words));
    return Program.start(kernel, "sh", "-c", String.join(" ", command) + " > " + out);
  }

  private static List<byte[]> serve(
      Run run, Netns kernel, StackHost host, byte[] ours, Path in, Path out) {
    List<Exchange> accepted = new ArrayList<>();
    host.onAccept(s -> accepted.add(Exchange.of(s, ours)));
    host.listen(80);
    try (Program client = start(kernel, run, in, out, run.six ? "fd01::1" : "10.0.1.1")) {
      assertThat(client.exitCode(10)).as(client::toString).isZero();
    }
    List<byte[]> received = new ArrayList<>();
    for (Exchange one : host.call(() -> List.copyOf(accepted))) {
      assertThat(host.await(one.done(), 10)).isEqualTo(SocketError.NONE);
      received.add(one.received());
    }
    return received;
  }

  private static List<byte[]> connect(
      Run run, Netns kernel, StackHost host, byte[] ours, Path in, Path out) {
    List<byte[]> received = new ArrayList<>();
    try (Program server = start(kernel, run, in, out, "-l", run.six ? "::" : "0.0.0.0")) {
      kernel.awaitListener(80, 10);
      for (int i = 0; i < run.connections(); i++) {
        Exchange one = host.exchange(run.six ? "fd01::2" : "10.0.1.2", 80, ours);
        assertThat(host.await(one.done(), 10)).isEqualTo(SocketError.NONE);
        received.add(one.received());
      }
      assertThat(server.exitCode(10)).as(server::toString).isZero();
    }
    return received;
  }
}
