package org.mptcp4j.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code mptcp-lab bench} as a user runs it. */
@Interop(programs = {"gcc", "sysctl"})
class LabBenchTest {
  @TempDir private static Path directory;

  @Test
  void comparesTheseClassesWithThemselves() throws IOException {
    Path jar = jarOfThisClassPath();
    Path json = directory.resolve("against.json");
    try (Netns kernel = Netns.create();
        Program bench =
            Program.lab(
                kernel,
                "bench",
                "--against=" + jar,
                "--only=rr",
                "--pairs=2",
                "--seconds=0.2",
                "--json=" + json)) {
      assertThat(bench.exitCode(200)).as("%s", bench).isZero();
      assertThat(bench.output())
          .anyMatch(line -> line.startsWith("A: " + jar))
          .anyMatch(line -> line.matches("rr: rate +\\S+ \\(\\S+\\) +\\S+ \\(\\S+\\) +1/s +\\S+"))
          .contains("no lower bound of the median ratio: that takes 5 pairs");
      assertThat(bench.errors())
          .anyMatch(line -> line.contains("rr 1/2: A "))
          .anyMatch(line -> line.contains("rr 2/2: A "));
      assertThat(Files.readString(json)).contains("\"rr_per_second\"", "\"rr_p99_us\"");
    }
  }

  @Test
  void comparesThisStackWithTheKernelOverABadPath() {
    try (Netns kernel = Netns.create();
        Program bench =
            Program.lab(
                kernel, "bench-paths", "--only=loss-10", "--pairs=1", "--seconds=0.5", "--json")) {
      assertThat(bench.exitCode(60)).as("%s", bench).isZero();
      String report = String.join("\n", bench.output());
      assertThat(report).contains("\"path\": \"loss-10\"", "\"bound\": null");
      assertThat(report).containsPattern("\"kernel_megabits\": [0-9.]*[1-9]");
      assertThat(report).containsPattern("\"our_megabits\": [0-9.]*[1-9]");
      assertThat(bench.errors()).anyMatch(line -> line.startsWith("loss-10: "));
    }
  }

  /** A jar that is as good as the one of the build, which need not be there yet. */
  private static Path jarOfThisClassPath() throws IOException {
    String[] entries = System.getProperty("java.class.path").split(File.pathSeparator);
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, "org.mptcp4j.lab.Main");
    manifest
        .getMainAttributes()
        .put(
            Attributes.Name.CLASS_PATH,
            Arrays.stream(entries)
                .map(entry -> Path.of(entry).toUri().toString())
                .collect(Collectors.joining(" ")));
    Path file = directory.resolve("same.jar");
    try (OutputStream out = Files.newOutputStream(file);
        JarOutputStream jar = new JarOutputStream(out, manifest)) {
      jar.finish();
    }
    return file;
  }
}
