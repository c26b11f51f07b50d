package org.mptcp4j.testkit.packetdrill;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.testkit.peer.MptcpKeys;

/**
 * What stands for the names in a script: keys and addresses, and the connections they belong to.
 */
final class MptcpNames {
  private final IpAddress firstPeer;
  private final Map<String, Long> keys = new HashMap<>();
  private final CookieNames cookies = new CookieNames();
  private final Map<String, IpAddress> addresses = new HashMap<>();
  private final List<MptcpSession> sessions = new ArrayList<>();
  private int freshPeers;

  /**
   * Makes one without names.
   *
   * @param firstPeer the address of the peer; further ones follow it
   */
  MptcpNames(IpAddress firstPeer) {
    this.firstPeer = firstPeer;
  }

  // ---- keys

  void key(String name, long value) {
    keys.put(name, value);
  }

  Optional<Long> key(String name) {
    return Optional.ofNullable(keys.get(name));
  }

  /** The key of a name that must have one. */
  long key(Place place, String name) {
    return key(name)
        .orElseThrow(
            () -> ScriptException.malformed(place, "the key " + name + " is not known here"));
  }

  /** The name of a key, or its digits. */
  String nameOfKey(long value) {
    return keys.entrySet().stream()
        .filter(e -> e.getValue() == value)
        .map(Map.Entry::getKey)
        .sorted()
        .findFirst()
        .orElse("0x" + Long.toHexString(value));
  }

  /** What stands for the cookies of fast open. */
  CookieNames cookies() {
    return cookies;
  }

  // ---- addresses

  Optional<IpAddress> address(String name) {
    return Optional.ofNullable(addresses.get(name));
  }

  /** From now on the name stands for that address, unless it stands for one. */
  void address(String name, IpAddress address) {
    addresses.putIfAbsent(name, address);
  }

  /** The address of a name of the peer's; a name without one gets the next that is free. */
  IpAddress peer(String name) {
    return addresses.computeIfAbsent(name, n -> freshPeer());
  }

  /** The first named peer of a connection is the one that packets without names come from. */
  void firstPeer(String name) {
    addresses.putIfAbsent(name, firstPeer);
  }

  private IpAddress freshPeer() {
    freshPeers++;
    return firstPeer.isV4()
        ? IpAddress.ofV4(firstPeer.v4Bits() + freshPeers)
        : IpAddress.of(firstPeer.hi(), firstPeer.lo() + freshPeers);
  }

  // ---- connections

  MptcpSession newSession() {
    MptcpSession session = new MptcpSession();
    sessions.add(session);
    return session;
  }

  /** The connection that a join of the peer asks for. */
  Optional<MptcpSession> ofLocalToken(int token) {
    return sessions.stream().filter(s -> s.hasLocalToken(token)).findFirst();
  }

  /** The token of the only connection whose key of the stack is known. */
  int onlyLocalToken(Place place) {
    List<MptcpSession> known = sessions.stream().filter(MptcpSession::hasLocalKey).toList();
    if (known.size() != 1) {
      throw ScriptException.malformed(
          place, "a token is needed: there are " + known.size() + " connections to join");
    }
    return MptcpKeys.token(known.get(0).localKey(place));
  }

  /** The connection that a join of the stack asks for. */
  Optional<MptcpSession> ofRemoteToken(int token) {
    return sessions.stream().filter(s -> s.hasRemoteToken(token)).findFirst();
  }
}
