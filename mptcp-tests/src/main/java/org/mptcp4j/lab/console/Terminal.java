package org.mptcp4j.lab.console;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The terminal that standard output is.
 *
 * @param rows of text
 * @param columns of text
 */
record Terminal(int rows, int columns) {
  private static final Pattern SIZE = Pattern.compile("(\\d{1,5}) (\\d{1,5})\\s*");

  /**
   * The terminal that standard output goes to now; empty when it goes elsewhere, or to a terminal
   * that does not know its size or cannot move its cursor.
   */
  static Optional<Terminal> ofStandardOutput() {
    String term = System.getenv("TERM");
    return term == null || term.equals("dumb") ? Optional.empty() : parse(stty());
  }

  /** Reads what {@code stty size} printed: nothing where there is no terminal. */
  static Optional<Terminal> parse(String size) {
    Matcher matcher = SIZE.matcher(size);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    Terminal terminal =
        new Terminal(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
    return terminal.rows() > 0 && terminal.columns() > 0 ? Optional.of(terminal) : Optional.empty();
  }

  // stty asks the terminal that it has as standard input. This one gets our standard output for it,
  // so that no answer also means that there is no terminal, whatever System.console() says.
  private static String stty() {
    try {
      Process process =
          new ProcessBuilder("sh", "-c", "stty size 3>&1 1>&2 2>/dev/null <&3")
              .redirectOutput(Redirect.INHERIT)
              .start();
      process.getOutputStream().close();
      return new String(process.getErrorStream().readAllBytes(), StandardCharsets.US_ASCII);
    } catch (IOException e) {
      return ""; // no shell, no stty: nothing is known of any terminal
    }
  }
}
