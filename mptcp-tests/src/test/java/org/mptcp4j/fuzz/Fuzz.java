package org.mptcp4j.fuzz;

import com.code_intelligence.jazzer.Jazzer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.mptcp4j.lab.decode.DecoderFuzz;

/**
 * Starts the coverage-guided fuzzing of one target, from its corpus. What is found is written to
 * the working directory as {@code crash-...}, with its stack trace on the output; the process then
 * ends with another exit code than 0.
 *
 * <pre>{@code
 * Fuzz stack /tmp/fuzz -max_total_time=3600
 * Fuzz coverage /tmp/fuzz
 * }</pre>
 */
public final class Fuzz {
  /** Where the inputs are that a run begins with. */
  static final Path CORPUS = Path.of("src/test/resources/org/mptcp4j/fuzz/corpus");

  /** The targets by their names. */
  static final Map<String, Class<?>> TARGETS =
      Map.of("stack", StackFuzz.class, "wire", WireFuzz.class, "decoder", DecoderFuzz.class);

  private static final String COVERAGE = "coverage.exec";

  private Fuzz() {}

  /**
   * Fuzzes; ends the process.
   *
   * @param args the name of the target, a working directory, and any options of libFuzzer; or
   *     {@code coverage} and the working directory of a run that is over, which prints what lines
   *     it reached; or only {@code classpath}, which prints what this program was started with
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    switch (args[0]) {
      case "classpath" -> System.out.println("classpath=" + System.getProperty("java.class.path"));
      case "coverage" -> LineCoverage.print(Path.of(args[1]).resolve(COVERAGE));
      default -> fuzz(args[0], Files.createDirectories(Path.of(args[1])), List.of(args));
    }
  }

  private static void fuzz(String target, Path work, List<String> args)
      throws IOException, InterruptedException {
    List<String> options = new ArrayList<>();
    options.add("--target_class=" + TARGETS.get(target).getName());
    options.add("--instrumentation_includes=org.mptcp4j.**");
    options.add("--instrumentation_excludes=org.mptcp4j.fuzz.**:org.mptcp4j.testkit.**");
    options.add("--custom_hook_includes=org.mptcp4j.none");
    options.add("--reproducer_path=" + work);
    options.add("--coverage_dump=" + work.resolve(COVERAGE));
    options.add("-artifact_prefix=" + work + "/");
    options.add("-max_len=" + (target.equals("stack") ? 400 : 2000));
    options.add("-timeout=300"); // a machine with other work is slow
    options.add("-print_final_stats=1");
    // Inputs that take long are tried less often: more are tried in all.
    options.add("-entropic_scale_per_exec_time=1");
    Path words = CORPUS.resolveSibling(target + ".dict");
    if (Files.exists(words)) {
      options.add("-dict=" + words);
    }
    options.addAll(args.subList(2, args.size()));
    options.add(Files.createDirectories(work.resolve("corpus")).toString());
    if (!Boolean.getBoolean("mptcp4j.fuzz.empty")) {
      options.add(CORPUS.resolve(target).toString());
    }
    Jazzer.main(options.toArray(String[]::new));
  }
}
