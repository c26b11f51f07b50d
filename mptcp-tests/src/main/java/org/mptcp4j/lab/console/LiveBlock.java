package org.mptcp4j.lab.console;

import java.io.PrintStream;
import java.util.List;
import java.util.Optional;

/**
 * A block of lines that changes while a command runs. On a terminal it is redrawn in place;
 * anywhere else each change is printed as new lines.
 */
public final class LiveBlock {
  /** The narrowest terminal on which a block is redrawn. */
  public static final int FEWEST_COLUMNS = 40;

  /** The lowest: the cursor does not find back to a line that has left the screen. */
  static final int FEWEST_ROWS = 12;

  private static final String ERASE_LINE = "\u001b[2K";

  private final PrintStream out;
  private final boolean terminal;
  private final int columns;
  private int drawn;

  private LiveBlock(PrintStream out, boolean terminal, int columns) {
    this.out = out;
    this.terminal = terminal;
    this.columns = columns;
  }

  /**
   * A block that finds its lines again on a terminal and draws over them.
   *
   * @param columns of the terminal; what is longer is cut off, since a line that is wrapped would
   *     be two
   */
  public static LiveBlock redrawn(PrintStream out, int columns) {
    return new LiveBlock(out, true, columns);
  }

  /** A block each of whose changes is printed below the last. */
  public static LiveBlock appended(PrintStream out) {
    return new LiveBlock(out, false, Integer.MAX_VALUE);
  }

  /**
   * A block on standard output: redrawn when that is a terminal of at least {@link
   * #FEWEST_COLUMNS}, appended otherwise.
   */
  public static LiveBlock onStandardOutput() {
    return on(System.out, Terminal.ofStandardOutput());
  }

  static LiveBlock on(PrintStream out, Optional<Terminal> terminal) {
    return terminal
        .filter(size -> size.columns() >= FEWEST_COLUMNS && size.rows() >= FEWEST_ROWS)
        .map(size -> redrawn(out, size.columns()))
        .orElseGet(() -> appended(out));
  }

  /** Whether the block is redrawn in place, so that it may change often. */
  public boolean isTerminal() {
    return terminal;
  }

  /** How long a line may be. */
  public int columns() {
    return columns;
  }

  /** Shows {@code lines} in place of those shown before. */
  public void show(List<String> lines) {
    StringBuilder text = new StringBuilder();
    if (terminal && drawn > 0) {
      text.append("\u001b[").append(drawn).append('A');
    }
    for (String line : lines) {
      text.append(terminal ? ERASE_LINE : "");
      text.append(line, 0, Math.min(line.length(), columns)).append('\n');
    }
    for (int i = lines.size(); terminal && i < drawn; i++) {
      text.append(ERASE_LINE).append('\n');
    }
    drawn = Math.max(drawn, lines.size());
    out.print(text);
    out.flush();
  }
}
