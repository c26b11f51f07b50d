package org.mptcp4j.testkit.packetdrill;

/**
 * When an event is to happen.
 *
 * @param base what the times count from
 * @param fromNs earliest
 * @param toNs latest; the same as {@code fromNs} unless the script has a range
 */
record EventTime(Base base, long fromNs, long toNs) {
  static final EventTime ANY = new EventTime(Base.ANY, 0, 0);

  enum Base {
    /** The beginning of the script. */
    START,
    /** The event before. */
    PREVIOUS,
    /** Whenever it happens. */
    ANY
  }
}
