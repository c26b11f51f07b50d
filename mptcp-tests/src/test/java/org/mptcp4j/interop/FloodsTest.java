package org.mptcp4j.interop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Floods of packets of every kind, beside clients of the kernel that mean it: counts, and no rates.
 */
@Interop(programs = {"gcc", "sysctl"})
class FloodsTest {
  // RFC 4987 section 3.6 for SYNs; nothing else may shut anybody out either.
  @ParameterizedTest(name = "{0}")
  @CsvSource({"syn", "capable", "join", "ack", "rst", "tiny", "sack", "slow"})
  void everybodyWhoMeansItIsServed(String kind) {
    try (Netns anywhere = Netns.create();
        Program flood =
            Program.lab(
                anywhere,
                "flood",
                "--only=" + kind,
                "--no-kernel",
                "--rate=3000",
                "--seconds=0.2",
                "--json")) {
      assertThat(flood.exitCode(200)).as("%s", flood).isZero();
      assertThat(String.join("", flood.output()).replaceAll("\\s", ""))
          .contains("\"connections\":100,\"connected\":100")
          .contains("\"uploaded\":true")
          .contains("\"held_after\":0")
          .contains("\"alive\":true");
    }
  }
}
