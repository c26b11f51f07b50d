package org.mptcp4j.testkit.packetdrill;

/**
 * What a call returns.
 *
 * @param value the result, -1 with an error
 * @param errno name of the error, or empty
 */
record Answer(long value, String errno) {
  /** Success. */
  static Answer of(long value) {
    return new Answer(value, "");
  }

  /** An error. */
  static Answer error(String errno) {
    return new Answer(-1, errno);
  }

  @Override
  public String toString() {
    return errno.isEmpty() ? Long.toString(value) : value + " " + errno;
  }
}
