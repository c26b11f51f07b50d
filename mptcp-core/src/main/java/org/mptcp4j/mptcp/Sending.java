package org.mptcp4j.mptcp;

/** What carries the data, as far as the bound of what may be written needs to know. */
interface Sending extends RoundTrip {
  /** Bytes that flows were given and have not sent. */
  long unsentBytes();

  /** What its flows get through in a round trip and a little more, the turn of an application. */
  long passingBytes();
}
