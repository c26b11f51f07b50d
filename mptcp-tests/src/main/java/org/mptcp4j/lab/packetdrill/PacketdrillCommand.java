package org.mptcp4j.lab.packetdrill;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.mptcp4j.lab.console.LabException;
import org.mptcp4j.testkit.packetdrill.IpVersion;
import org.mptcp4j.testkit.packetdrill.Outcome;
import org.mptcp4j.testkit.packetdrill.PacketdrillResult;
import org.mptcp4j.testkit.packetdrill.PacketdrillScript;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mptcp-lab packetdrill}: scripts in the packetdrill language, one line for each. */
@Command(
    name = "packetdrill",
    header = "Run scripts in the packetdrill language against the stack, in virtual time.",
    description =
        "Run each script against a stack of its own and print a line for it: passed, failed (with"
            + " the expected and the actual packet), refused (with the feature that there is not)"
            + " or malformed. The exit code is 0 when all passed.")
public final class PacketdrillCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "FILE",
      arity = "1..*",
      description = "Scripts, or folders in which all files that end in .pkt are scripts.")
  private List<Path> files;

  @Option(
      names = "--ip-version",
      paramLabel = "VERSION",
      defaultValue = "ipv4",
      description =
          "ipv4, ipv4-mapped-ipv6 or ipv6, for scripts whose names do not end in v4 or v6; default:"
              + " ${DEFAULT-VALUE}.")
  private String version;

  @Option(
      names = {"-D", "--define"},
      paramLabel = "NAME=VALUE",
      description = "What stands for a name that scripts use.")
  private Map<String, String> definitions = Map.of();

  PacketdrillCommand() {}

  @Override
  public Integer call() {
    IpVersion family = family();
    PrintWriter out = spec.commandLine().getOut();
    Map<Outcome, Integer> counts = new EnumMap<>(Outcome.class);
    int scripts = 0;
    for (Path file : scripts()) {
      PacketdrillResult result = run(file, family);
      out.println(line(result));
      out.flush();
      counts.merge(result.outcome(), 1, Integer::sum);
      scripts++;
    }
    if (scripts > 1) {
      out.println(summary(scripts, counts));
    }
    out.flush();
    return counts.getOrDefault(Outcome.PASSED, 0) == scripts ? 0 : LabException.FAILED;
  }

  private IpVersion family() {
    try {
      return IpVersion.named(version);
    } catch (IllegalArgumentException e) {
      throw LabException.usage("--ip-version: " + e.getMessage());
    }
  }

  private List<Path> scripts() {
    List<Path> scripts = new ArrayList<>();
    for (Path file : files) {
      if (!Files.isDirectory(file)) {
        scripts.add(file);
        continue;
      }
      int before = scripts.size();
      try (Stream<Path> below = Files.walk(file)) {
        below.filter(f -> f.toString().endsWith(".pkt")).sorted().forEach(scripts::add);
      } catch (IOException e) {
        throw LabException.failed("cannot read " + file + ": " + e.getMessage(), e);
      }
      if (scripts.size() == before) {
        throw LabException.failed("no script in " + file);
      }
    }
    return scripts;
  }

  private PacketdrillResult run(Path file, IpVersion family) {
    try {
      IpVersion chosen = IpVersion.ofName(file).orElse(family);
      PacketdrillScript script = PacketdrillScript.of(file).ipVersion(chosen);
      definitions.forEach(script::define);
      return script.run();
    } catch (NoSuchFileException e) {
      throw LabException.failed("no such file: " + file, e);
    } catch (IOException e) {
      throw LabException.failed("cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  private static String line(PacketdrillResult result) {
    return result.passed()
        ? String.format(Locale.ROOT, "%s (%.3f s)", result, result.virtualNs() / 1e9)
        : result.toString();
  }

  private static String summary(int scripts, Map<Outcome, Integer> counts) {
    StringBuilder out = new StringBuilder(scripts + " scripts");
    counts.forEach(
        (outcome, count) ->
            out.append(", ")
                .append(count)
                .append(' ')
                .append(outcome.name().toLowerCase(Locale.ROOT)));
    return out.toString();
  }
}
