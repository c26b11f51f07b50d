package org.mptcp4j.api;

/**
 * The keys of a connection (RFC 8684 section 3.1). Who knows them can take it over: their text does
 * not show them.
 *
 * @param local ours
 * @param remote the peer's
 */
public record MptcpKeys(long local, long remote) {
  @Override
  public String toString() {
    return "MptcpKeys[...]";
  }
}
