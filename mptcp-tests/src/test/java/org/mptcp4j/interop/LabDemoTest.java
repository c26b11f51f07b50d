package org.mptcp4j.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code mptcp-lab demo} on terminals of several widths. */
@Interop(programs = {"stty", "python3"})
class LabDemoTest {
  /** Runs a command on a terminal of so many columns; what it draws goes to standard output. */
  private static final String ON_TERMINAL =
      """
      import fcntl, os, pty, struct, sys, termios
      pid, terminal = pty.fork()
      if pid == 0:
          fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack('HHHH', 24, int(sys.argv[1]), 0, 0))
          os.environ['TERM'] = 'xterm'
          os.execvp(sys.argv[2], sys.argv[2:])
      try:
          while drawn := os.read(terminal, 65536):
              sys.stdout.buffer.write(drawn)
      except OSError:
          pass  # the terminal has no program any more
      sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
      """;

  @TempDir private static Path directory;

  private static List<String> demo(int columns) {
    List<String> command =
        new ArrayList<>(List.of("python3", "-c", ON_TERMINAL, Integer.toString(columns)));
    command.addAll(
        Program.labCommand("demo", "--size=1M", "--out=" + directory.resolve("" + columns)));
    try (Netns kernel = Netns.create();
        Program demo = Program.start(kernel, command.toArray(String[]::new))) {
      assertThat(demo.exitCode(30)).as("%s", demo).isZero();
      return demo.output();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {40, 80, 132})
  void redrawsNothingThatTheTerminalWouldWrap(int columns) {
    List<String> drawn =
        demo(columns).stream()
            .filter(line -> line.contains("\033[2K"))
            .map(line -> line.replaceAll("\033\\[[0-9]*[A-Z]|\r", ""))
            .toList();
    assertThat(drawn).hasSizeGreaterThan(20).allMatch(line -> line.length() <= columns);
    assertThat(drawn).anyMatch(line -> line.contains("path A") && line.contains("b/s"));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 39})
  void printsLinesWhereNoBlockFits(int columns) {
    assertThat(demo(columns))
        .noneMatch(line -> line.contains("\033"))
        .anyMatch(line -> line.contains("100.0 %"));
  }
}
