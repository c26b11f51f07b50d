package org.mptcp4j.lab.console;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A table in plain text: a line of headings, then rows; the first column to the left, figures to
 * the right.
 */
public final class TextTable {
  private static final String GAP = "  ";

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
    return lines(allColumns(), widths());
  }

  /**
   * The same in a narrow place: without some columns, when it would be too wide with them.
   *
   * @param width characters of a line
   * @param dispensable numbers of the columns that may be left out, from 0, the first to go first
   */
  public List<String> linesWithin(int width, int... dispensable) {
    int[] widths = widths();
    List<Integer> columns = allColumns();
    for (int column : dispensable) {
      if (total(columns, widths) <= width) {
        break;
      }
      columns.remove(Integer.valueOf(column));
    }
    return lines(columns, widths);
  }

  private List<Integer> allColumns() {
    return IntStream.range(0, narrowest.length).boxed().collect(Collectors.toList());
  }

  private int[] widths() {
    int[] widths = narrowest.clone();
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    return widths;
  }

  private static int total(List<Integer> columns, int[] widths) {
    return columns.stream().mapToInt(column -> widths[column] + GAP.length()).sum() - GAP.length();
  }

  private List<String> lines(List<Integer> columns, int[] widths) {
    List<String> lines = new ArrayList<>();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int column : columns) {
        String cell = row.get(column);
        String blanks = " ".repeat(widths[column] - cell.length());
        line.append(line.isEmpty() ? cell + blanks : GAP + blanks + cell);
      }
      lines.add(line.toString().stripTrailing());
    }
    return lines;
  }
}
