package org.mptcp4j.testkit.packetdrill;

import java.util.List;
import java.util.OptionalLong;

/**
 * A call of the socket interface and what it must answer.
 *
 * @param place where it stands
 * @param name for example {@code write}
 * @param arguments as written
 * @param result what it returns; empty when anything will do
 * @param errno name of the error that goes with -1, or empty
 * @param blocking whether it is to wait; {@code endNs} then says for how long
 * @param endNs when a waiting call returns, counted from where the time of its beginning counts
 */
record CallSpec(
    Place place,
    String name,
    List<Value> arguments,
    OptionalLong result,
    String errno,
    boolean blocking,
    long endNs) {

  CallSpec {
    arguments = List.copyOf(arguments);
  }

  /** The same call, waiting until then. */
  CallSpec until(long newEndNs) {
    return new CallSpec(place, name, arguments, result, errno, true, newEndNs);
  }
}
