package org.mptcp4j.testkit.packetdrill;

import java.util.LinkedHashMap;
import java.util.Map;

/** An epoll descriptor: which sockets it watches, and for what. */
final class Epoll {
  private final Map<Integer, Long> interests = new LinkedHashMap<>();

  /** What each descriptor is watched for. */
  Map<Integer, Long> interests() {
    return interests;
  }
}
