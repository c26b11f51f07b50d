package org.mptcp4j.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user sees of {@code mptcp-lab} when the machine or the peer does not go along. */
@Interop(programs = {"setpriv", "mount"})
class LabErrorsTest {
  private static final String TUN = "m4j0:10.1.0.2/24";

  @TempDir private Path directory;
  private Netns kernel;

  @BeforeEach
  void createNamespace() {
    kernel = Netns.create();
  }

  @AfterEach
  void deleteNamespace() {
    kernel.close();
  }

  /** One line on standard error, nothing else, and an exit code. */
  private static void fails(Program program, int exitCode, String... words) {
    try (program) {
      assertThat(program.exitCode(30)).as("%s", program).isEqualTo(exitCode);
      assertThat(program.output()).isEmpty();
      assertThat(program.errors()).as("%s", program).hasSize(1);
      assertThat(program.errors().get(0)).startsWith("mptcp-lab: ").contains(words);
    }
  }

  private Program load(String host, String port, String... more) {
    List<String> arguments = new ArrayList<>(List.of("load", "up", "--tun", TUN, host, port, "1"));
    arguments.addAll(Arrays.asList(more));
    return Program.lab(kernel, arguments.toArray(String[]::new));
  }

  private Program serve(String tun) {
    return Program.lab(kernel, "serve", "--port", "5001", "--tun", tun);
  }

  /** {@code serve} behind a command that changes its surroundings first. */
  private Program serveBehind(String... prefix) {
    List<String> command = new ArrayList<>(Arrays.asList(prefix));
    command.addAll(Program.labCommand("serve", "--port", "5001", "--tun", TUN));
    return Program.start(kernel, command.toArray(String[]::new));
  }

  @Test
  void unknownHost() {
    fails(load("no-such-host.invalid", "5001"), 1, "unknown host no-such-host.invalid");
  }

  @Test
  void peerThatRefuses() {
    fails(load("10.1.0.1", "81"), 1, "10.1.0.1 port 81", "refused");
  }

  @Test
  void peerThatNeverAnswers() {
    Program load = load("10.1.0.77", "5001", "--connect-timeout", "0.5");
    fails(load, 1, "10.1.0.77 port 5001", "timed out");
  }

  @Test
  void peerOfAFamilyWithoutAddress() {
    fails(load("fd01::1", "5001"), 1, "fd01::1 port 5001", "unreachable");
  }

  @Test
  void prefixThatDoesNotParse() {
    fails(serve("m4j0:10.1.0.2/99"), 2, "--tun m4j0:10.1.0.2/99", "must be 0 to 32");
  }

  @Test
  void deviceInUse() {
    try (Program first = serve(TUN)) {
      first.await("listening");
      fails(serve(TUN), 1, "TUN device m4j0 has an owner already");
    }
  }

  @Test
  void deviceOfAnotherKind() {
    fails(serve("lo:10.1.0.2/24"), 1, "lo exists and is not a TUN device");
  }

  @Test
  void noTunDriver() {
    String hide = "mount -t tmpfs none /dev/net && exec \"$@\"";
    fails(serveBehind("sh", "-c", hide, "sh"), 1, "/dev/net/tun is missing");
  }

  @Test
  void noTunDriverForBench() {
    List<String> command =
        new ArrayList<>(List.of("sh", "-c", "mount -t tmpfs none /dev/net && exec \"$@\"", "sh"));
    command.addAll(Program.labCommand("bench", "--only", "up"));
    Program bench = Program.start(kernel, command.toArray(String[]::new));
    fails(bench, 1, "/dev/net/tun is missing");
  }

  @Test
  void somethingElseThanTheTunDriver() {
    String replace = "mount -t tmpfs none /dev/net && touch /dev/net/tun && exec \"$@\"";
    fails(serveBehind("sh", "-c", replace, "sh"), 1, "/dev/net/tun is something else");
  }

  @Test
  void noPermissionForTheDriver() {
    // nobody, but one who may read the class path
    String read = "+dac_read_search";
    Program nobody =
        serveBehind(
            "setpriv",
            "--reuid=65534",
            "--regid=65534",
            "--clear-groups",
            "--inh-caps=" + read,
            "--ambient-caps=" + read);
    fails(nobody, 1, "no permission", "run as root");
  }

  @Test
  void noPermissionForTheDevice() {
    Program weak = serveBehind("setpriv", "--bounding-set=-net_admin", "--inh-caps=-net_admin");
    fails(weak, 1, "no permission to create TUN device m4j0", "CAP_NET_ADMIN");
  }

  /** The demo behind a shell command that lists directory d after it and keeps its exit code. */
  private Program demo(String surroundings, String... options) {
    String script =
        "cd '%s' && mkdir d && %s \"$@\"; code=$?; ls d; exit $code"
            .formatted(directory, surroundings);
    List<String> command = new ArrayList<>(List.of("sh", "-c", script, "sh"));
    List<String> arguments = new ArrayList<>(List.of("demo", "--json", "--out", "d"));
    arguments.addAll(Arrays.asList(options));
    command.addAll(Program.labCommand(arguments.toArray(String[]::new)));
    return Program.start(kernel, command.toArray(String[]::new));
  }

  @Test
  void noSpaceForTheCapture() {
    fails(
        demo("mount -t tmpfs -o size=64k none d &&", "--size=1M"),
        1,
        "cannot write to d/demo.pcap: No space left on device");
  }

  @Test
  void noSpaceForTheChart() {
    try (Program demo =
        demo("mount -t tmpfs -o size=512k none d && ln -s /dev/full d/demo.svg &&", "--size=64k")) {
      assertThat(demo.exitCode(30)).as("%s", demo).isEqualTo(1);
      assertThat(demo.errors())
          .containsExactly("mptcp-lab: cannot write to d/demo.svg: No space left on device");
      assertThat(demo.output()).containsExactly("demo.pcap", "demo.svg");
    }
  }

  @Test
  void noSpaceForWhatIsPrinted() {
    String full = "mount -t tmpfs none d && all() { \"$@\" > /dev/full; } && all";
    try (Program demo = demo(full, "--size=64k")) {
      assertThat(demo.exitCode(30)).as("%s", demo).isEqualTo(1);
      assertThat(demo.errors())
          .containsExactly("mptcp-lab: cannot write all of the output to standard output");
      assertThat(demo.output()).containsExactly("demo.pcap", "demo.svg");
    }
  }

  // As "| head" does: a reader that has seen enough is no failure.
  @Test
  void theReaderHasGone() {
    String gone = "all() { mkfifo f; head -c 0 f & exec 3>f; wait $!; \"$@\" >&3; } && all";
    try (Program demo = demo(gone, "--size=64k")) {
      assertThat(demo.exitCode(30)).as("%s", demo).isZero();
      assertThat(demo.errors()).isEmpty();
    }
  }
}
