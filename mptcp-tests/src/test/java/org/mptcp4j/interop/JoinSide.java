package org.mptcp4j.interop;

import java.util.List;
import java.util.Map;

/** Path management of one end of a case of the join matrix: Linux's endpoints and limits. */
interface JoinSide {
  void limits(int subflows, int addAddrAccepted);

  /**
   * Adds an endpoint.
   *
   * @param flags separated by commas
   * @param id 0 for any
   * @param port 0 for none
   * @param link the number of the link it is bound to, 0 for none
   */
  void add(String address, String flags, int id, int port, int link);

  void delete(int id);

  /** What {@code ip mptcp endpoint delete id 0 ADDRESS} does. */
  void deleteInitial(String address);

  /** Sets or clears backup and fullmesh, as {@code ip mptcp endpoint change} does. */
  void change(int id, String flags);

  void flush();

  /** The endpoints there are: id, then what they are, as {@code ip mptcp endpoint show} says it. */
  Map<Integer, String> endpoints();

  /** Counters by the names of {@code nstat}; what is missing is zero. */
  Map<String, Long> counters();

  /** The ids of {@link #endpoints()} in their order. */
  default List<Integer> ids() {
    return List.copyOf(endpoints().keySet());
  }
}
