package org.mptcp4j.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What a user sees who gets it wrong: one clear line, and an exit code. */
class CommandLineTest {
  private record Outcome(int exitCode, String out, String err) {}

  private static Outcome run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line = Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    return new Outcome(line.execute(arguments), out.toString(), err.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "demo",
        "serve",
        "load",
        "ss",
        "nstat",
        "bench",
        "bench-idle",
        "bench-link",
        "bench-flame",
        "bench-paths",
        "relay",
        "decode",
        "packetdrill",
        "soak",
        "torture"
      })
  void everyCommandHasHelpAndVersion(String command) {
    assertThat(run(command, "--help").exitCode()).isZero();
    assertThat(run(command, "--help").out())
        .contains("Usage: mptcp-lab " + command, "--help", "--version");
    assertThat(run(command, "--version").out()).startsWith("mptcp-lab ");
  }

  @Test
  void helpListsTheCommands() {
    assertThat(run("--help").out())
        .contains(
            "demo",
            "serve",
            "load",
            "ss",
            "nstat",
            "bench",
            "bench-idle",
            "bench-link",
            "bench-flame",
            "bench-paths",
            "relay",
            "decode",
            "packetdrill",
            "soak",
            "torture");
  }

  static Stream<List<String>> mistakes() {
    String tun = "--tun=lab0:10.77.0.2/24";
    return Stream.of(
        List.of("say which command"),
        List.of("mptcp-lab: demoo is no command: --help lists them", "demoo"),
        List.of("Unknown option: '--foo'", "--foo"),
        List.of("'x' is not a whole number", "demo", "--seed=x"),
        List.of("--seeds must be 1 to", "torture", "--seeds=0"),
        List.of("there is no nowhere: name the page with --table", "torture", "--table=nowhere"),
        List.of("is too large a number", "demo", "--seed=99999999999999999999"),
        List.of("'often' is not a number", "serve", "--port=1", "--stats=often", tun),
        List.of("--mtu must be 576 to 65535, not 10", "serve", "--port=1", "--mtu=10", tun),
        List.of("--mtu must be 1280", "serve", "--port=1", "--mtu=600", "--tun=l:fd00::2/64"),
        List.of("not a size", "demo", "--size", "many"),
        List.of("--size must be at least 1 byte", "demo", "--size", "0"),
        List.of("--size must be at most 64G", "demo", "--size", "10T"),
        List.of("--connections (or --threads)", "load", "up", tun, "h", "1", "1", "--threads", "0"),
        List.of("Missing required option", "serve", "--port", "1"),
        List.of("not NAME:ADDRESS/PREFIX", "serve", "--port", "1", "--tun", "lab0"),
        List.of("prefix length", "serve", "--port", "1", "--tun", "lab0:10.77.0.2"),
        List.of("must be 0 to 32", "serve", "--port", "1", "--tun", "lab0:10.77.0.2/40"),
        List.of("not an address", "serve", "--port", "1", "--tun", "lab0:10.77.0.2000/24"),
        List.of("--port must be 1 to 65535", "serve", "--port", "70000", tun),
        List.of(
            "'sideways' is not a mode: choose one of up, down, rr",
            "load",
            "sideways",
            tun,
            "h",
            "1",
            "1"),
        List.of("address of the network itself", "serve", "--port=1", "--tun=l:10.9.1.0/24"),
        List.of("PORT must be 1 to 65535", "load", "up", tun, "h", "0", "1"),
        List.of("'soon' is not a number of seconds", "load", "up", tun, "10.77.0.1", "1", "soon"),
        List.of("must be more than 0", "load", "up", tun, "10.77.0.1", "1", "0"),
        List.of("not a size", "load", "hash", tun, "10.77.0.1", "1", "lots"),
        List.of(
            "--connections (or --threads) must be at least 1, not 0",
            "load",
            "up",
            tun,
            "h",
            "1",
            "1",
            "--connections=0"),
        List.of("'sideways' is not a mode: choose from up, down", "bench", "--only", "up,sideways"),
        List.of("--rounds must be at least 1", "bench-link", "--rounds=0"),
        List.of("'fast' is not a rate", "relay", "--rate=fast"),
        List.of("at most 1000G", "relay", "--rate=2000G"),
        List.of("--rate must be at least 1", "relay", "--rate=0"),
        List.of("a probability lies between 0 and 1", "relay", "--loss=2"),
        List.of("--burst is two probabilities", "relay", "--burst=0.1"),
        List.of("--burst is two probabilities", "relay", "--burst=0.1:x"),
        List.of("must not be negative", "relay", "--delay=-1"),
        List.of("--device-mtu must be 68 to 65535", "relay", "--device-mtu=9"),
        List.of("MTU below", "relay", "--mtu=9"),
        List.of("not NAMESPACE", "relay", "--a", ":10.0.0.1/24"),
        List.of("'x' is no path: choose from", "bench-paths", "--only=x"),
        List.of("--pairs and --seconds", "bench-paths", "--pairs=0"),
        List.of("hash-up has no rate", "bench-flame", "hash-up", "f.svg"),
        List.of("--pairs, --seconds and --warm-up must be more", "bench", "--pairs", "0"),
        List.of("--pairs, --seconds and --warm-up must be more", "bench", "--warm-up=0"),
        List.of("'x' is not a whole number", "bench", "--pairs=x"),
        List.of("'x' is not a number", "bench", "--seconds=x"),
        List.of("gone.jar: no such jar", "bench", "--against=gone.jar"),
        List.of("src is no jar of mptcp-lab", "bench", "--against=src"),
        List.of("pom.xml is no jar of mptcp-lab", "bench", "--against=pom.xml"),
        List.of("omit --opponent", "bench", "--against=old.jar", "--opponent=bare"),
        List.of("omit --hash-size", "bench", "--against=old.jar", "--hash-size=1M"),
        List.of("cannot compare hash-up", "bench", "--against=old.jar", "--only=up,hash-up"),
        List.of("at least 5", "bench", "--against=old.jar", "--pairs=4", "--at-least=0.95"));
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void mistakesAreOneLineAndCodeTwo(List<String> messageAndArguments) {
    List<String> arguments = messageAndArguments.subList(1, messageAndArguments.size());
    Outcome outcome = run(arguments.toArray(String[]::new));
    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err()).startsWith("mptcp-lab: ").contains(messageAndArguments.get(0));
    assertThat(outcome.err().lines().filter(line -> line.startsWith("mptcp-lab"))).hasSize(1);
    assertThat(outcome.err()).doesNotContain("\tat ");
  }

  @Test
  void helpIsACommandToo() {
    assertThat(run("help").out()).isEqualTo(run("--help").out());
    assertThat(run("help", "load").out()).isEqualTo(run("load", "--help").out());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bench --svg FILE",
        "bench --json FILE",
        "bench-flame up FILE",
        "bench-flame up ."
      })
  void whatCannotBeWrittenInTheEndIsSaidInTheBeginning(String command, @TempDir Path directory) {
    String file = directory.resolve("missing/file").toString();
    Outcome outcome = run(command.replace("FILE", file).split(" "));
    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.err())
        .startsWith("mptcp-lab: cannot write to ")
        .containsPattern("no such directory|it is a directory")
        .hasLineCount(1);
  }

  @Test
  void aDirectoryThatCannotBeMadeIsOneLineAndCodeOne(@TempDir Path directory) throws Exception {
    Path file = Files.createFile(directory.resolve("file"));
    Outcome outcome = run("demo", "--size", "1000", "--out", file.resolve("below").toString());
    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.err()).startsWith("mptcp-lab: cannot write to ").hasLineCount(1);
  }

  @Test
  void outputThatIsLostIsAFailure() {
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("No space left on device");
          }
        };
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exitCode = Main.run(new PrintStream(full), new PrintStream(err), "--version");
    assertThat(exitCode).isEqualTo(1);
    assertThat(err).hasToString("mptcp-lab: cannot write all of the output to standard output\n");
  }
}
