package org.mptcp4j.lab.console;

import java.io.PrintStream;
import java.util.List;

/**
 * A block of lines that changes while a command runs. On a terminal it is redrawn in place;
 * anywhere else each change is printed as new lines.
 */
public final class LiveBlock {
  private static final String ERASE_LINE = "\u001b[2K";

  private final PrintStream out;
  private final boolean terminal;
  private int drawn;

  private LiveBlock(PrintStream out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /** A block that finds its lines again on a terminal and draws over them. */
  public static LiveBlock redrawn(PrintStream out) {
    return new LiveBlock(out, true);
  }

  /** A block each of whose changes is printed below the last. */
  public static LiveBlock appended(PrintStream out) {
    return new LiveBlock(out, false);
  }

  /** Redrawn when the process writes to a terminal, appended otherwise. */
  public static LiveBlock on(PrintStream out) {
    String term = System.getenv("TERM");
    boolean terminal = System.console() != null && term != null && !term.equals("dumb");
    return terminal ? redrawn(out) : appended(out);
  }

  /** Whether the block is redrawn in place, so that it may change often. */
  public boolean isTerminal() {
    return terminal;
  }

  /** Shows {@code lines} in place of those shown before. */
  public void show(List<String> lines) {
    StringBuilder text = new StringBuilder();
    if (terminal && drawn > 0) {
      text.append("\u001b[").append(drawn).append('A');
    }
    for (String line : lines) {
      text.append(terminal ? ERASE_LINE : "").append(line).append('\n');
    }
    for (int i = lines.size(); terminal && i < drawn; i++) {
      text.append(ERASE_LINE).append('\n');
    }
    drawn = Math.max(drawn, lines.size());
    out.print(text);
    out.flush();
  }
}
