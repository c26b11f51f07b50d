package org.mptcp4j.compliance;

import java.util.Arrays;
import java.util.List;

/**
 * One requirement of an RFC, in its words.
 *
 * @param section where it stands, with its number if the RFC numbers them
 * @param level the keyword of RFC 2119
 * @param text the sentence, or its part
 * @param code what implements it, as {@code Class.member}
 * @param tests what shows it, as {@code TestClass.method} or {@code script:folder/name.pkt}
 * @param reason why it is not done, or done otherwise; empty if it is done
 */
record Requirement(
    String section,
    String level,
    String text,
    List<String> code,
    List<String> tests,
    String reason) {

  private static final List<String> LEVELS =
      List.of("MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "MAY");

  /** Takes a line of six columns apart. */
  static Requirement parse(String line) {
    String[] columns = line.split("\t", -1);
    if (columns.length != 6) {
      throw new IllegalArgumentException("six columns with tabs between them, not: " + line);
    }
    if (!LEVELS.contains(columns[1])) {
      throw new IllegalArgumentException("one of " + LEVELS + ", not " + columns[1]);
    }
    return new Requirement(
        columns[0], columns[1], columns[2], list(columns[3]), list(columns[4]), columns[5]);
  }

  private static List<String> list(String column) {
    return column.isEmpty() ? List.of() : Arrays.asList(column.split(", "));
  }

  boolean isDone() {
    return reason.isEmpty();
  }

  boolean isMust() {
    return level.startsWith("MUST");
  }

  boolean isShown() {
    return !tests.isEmpty();
  }
}
