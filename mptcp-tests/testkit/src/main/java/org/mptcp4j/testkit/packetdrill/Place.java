package org.mptcp4j.testkit.packetdrill;

/**
 * Where something stands in a script.
 *
 * @param file name of the script, as it was given
 * @param line counted from 1
 * @param column counted from 1
 */
public record Place(String file, int line, int column) {
  /** As compilers print it: {@code file:line:column}. */
  @Override
  public String toString() {
    return file + ":" + line + ":" + column;
  }
}
