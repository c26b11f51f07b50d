package org.mptcp4j.lab.console;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A table in plain text: a line of headings, then rows; the first column to the left, figures to
 * the right.
 */
public final class TextTable {
  private final List<List<String>> rows = new ArrayList<>();
  private int[] narrowest;

  /** A table with these column headings. */
  public TextTable(String... headings) {
    rows.add(List.of(headings));
    narrowest = new int[headings.length];
  }

  /**
   * Makes columns at least so many characters wide, so that a table drawn over itself keeps still.
   */
  public TextTable atLeast(int... widths) {
    narrowest = Arrays.copyOf(widths, narrowest.length);
    return this;
  }

  /**
   * Adds a row.
   *
   * @throws IllegalArgumentException when it has not as many cells as there are headings
   */
  public TextTable row(String... cells) {
    if (cells.length != rows.get(0).size()) {
      throw new IllegalArgumentException(
          "a row of " + cells.length + " cells in a table of " + rows.get(0).size());
    }
    rows.add(List.of(cells));
    return this;
  }

  /** The lines of the table, headings first, without line ends and without trailing blanks. */
  public List<String> lines() {
    int columns = rows.get(0).size();
    int[] widths = narrowest.clone();
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    List<String> lines = new ArrayList<>();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < columns; i++) {
        String blanks = " ".repeat(widths[i] - row.get(i).length());
        line.append(i == 0 ? row.get(i) + blanks : "  " + blanks + row.get(i));
      }
      lines.add(line.toString().stripTrailing());
    }
    return lines;
  }
}
