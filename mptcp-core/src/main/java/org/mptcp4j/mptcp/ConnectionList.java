package org.mptcp4j.mptcp;

import java.util.ArrayList;
import java.util.List;

/**
 * {@code connection_list}: every subflow in order of creation, the master included, the meta socket
 * not. Edited by the connection only. The one subflow of a plain TCP connection is in it too.
 */
final class ConnectionList {
  private List<Subflow> subflows = List.of(); // replaced by each change
  private int created;

  /** Number for the next subflow. */
  int nextId() {
    return created;
  }

  void add(Subflow subflow) {
    List<Subflow> more = new ArrayList<>(subflows);
    more.add(subflow);
    subflows = List.copyOf(more);
    created++;
  }

  void remove(Subflow subflow) {
    List<Subflow> fewer = new ArrayList<>(subflows);
    fewer.remove(subflow);
    subflows = List.copyOf(fewer);
  }

  int size() {
    return subflows.size();
  }

  Subflow get(int index) {
    return subflows.get(index);
  }

  /** Subflows there ever were. */
  int created() {
    return created;
  }

  /** The subflow with that number, or null. */
  Subflow byId(int id) {
    for (int i = 0; i < subflows.size(); i++) {
      if (subflows.get(i).id() == id) {
        return subflows.get(i);
      }
    }
    return null;
  }

  /** Subflows still in their handshake, master not counted. */
  int joining() {
    int count = 0;
    for (int i = 0; i < subflows.size(); i++) {
      MptcpTcpSock mptcp = subflows.get(i).mptcp();
      if (mptcp != null && mptcp.joining()) {
        count++;
      }
    }
    return count;
  }

  /** The join of the peer whose third packet is missing for the longest time; or null. */
  Subflow oldestHalfOpenJoin() {
    for (int i = 0; i < subflows.size(); i++) {
      MptcpTcpSock mptcp = subflows.get(i).mptcp();
      if (mptcp != null && mptcp.handshake() == Handshake.JOIN_SYN_RECEIVED) {
        return subflows.get(i);
      }
    }
    return null;
  }

  /** Whether one is left that could carry data, now or before. */
  boolean anyUp() {
    for (int i = 0; i < subflows.size(); i++) {
      if (subflows.get(i).up()) {
        return true;
      }
    }
    return false;
  }

  /** Some subflow that can carry data, a regular one that works if there is one; or null. */
  Subflow anyUsable() {
    Subflow best = null;
    for (int i = 0; i < subflows.size(); i++) {
      Subflow s = subflows.get(i);
      if (s.established() && (best == null || best.stale() || best.backup() && !s.stale())) {
        best = s;
      }
    }
    return best;
  }

  /** Whether a subflow that can carry data is there beside one. */
  boolean usableBeside(Subflow one) {
    for (int i = 0; i < subflows.size(); i++) {
      if (subflows.get(i) != one && subflows.get(i).established()) {
        return true;
      }
    }
    return false;
  }

  /** Whether the peer may still send on some subflow that could carry data. */
  boolean anyReceiving() {
    for (int i = 0; i < subflows.size(); i++) {
      if (subflows.get(i).up() && !subflows.get(i).tcp().finReceived()) {
        return true;
      }
    }
    return false;
  }

  /** The subflows there are now; later changes do not show. */
  List<Subflow> view() {
    return subflows;
  }
}
