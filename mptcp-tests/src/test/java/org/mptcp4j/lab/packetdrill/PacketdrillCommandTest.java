package org.mptcp4j.lab.packetdrill;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mptcp4j.lab.Main;
import picocli.CommandLine;

/** {@code mptcp-lab packetdrill} as a user sees it. */
class PacketdrillCommandTest {
  private static final String PASSES = "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = FD\n";

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  @TempDir private Path folder;

  private int run(String... arguments) {
    CommandLine line = Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    return line.execute(arguments);
  }

  @Test
  void aLineForEachScript() throws IOException {
    Path passes = Files.writeString(folder.resolve("a.pkt"), PASSES);
    Path fails = Files.writeString(folder.resolve("b.pkt"), PASSES + "+0 close(FD) = 1\n");
    assertThat(run("packetdrill", "-D", "FD=3", passes.toString())).isZero();
    assertThat(out.toString()).isEqualTo(passes + ": passed (0.000 s)\n");
    assertThat(run("packetdrill", "-D", "FD=3", folder.toString())).isEqualTo(1);
    assertThat(out.toString())
        .contains(fails + ":2:4: failed: close returned 0, expected 1\n")
        .endsWith("2 scripts, 1 passed, 1 failed\n");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void theEndOfANameIsAnAddressFamily() throws IOException {
    // Without an option segments have 536 bytes with IPv4.
    String segments =
        """
           0 socket(..., SOCK_STREAM|SOCK_NONBLOCK, IPPROTO_TCP) = 3
          +0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
          +0 > S 0:0(0) <...>
          +0 < S. 0:0(0) ack 1 win 65535
          +0 > . 1:1(0) ack 1
          +0 %{ assert tcpi_snd_mss == 1220 }%
        """;
    Path script = Files.writeString(folder.resolve("a-v6.pkt"), segments);
    run("packetdrill", script.toString());
    assertThat(out.toString()).contains(": passed");
  }

  @Test
  void whatCannotBeReadIsOneLine() {
    assertThat(run("packetdrill", folder.resolve("gone.pkt").toString())).isEqualTo(1);
    assertThat(run("packetdrill", folder.toString())).isEqualTo(1);
    assertThat(run("packetdrill", "--ip-version=7", folder.toString())).isEqualTo(2);
    assertThat(err.toString())
        .containsSubsequence("no such file", "no script in", "'7' is not ipv4")
        .hasLineCount(3);
  }
}
