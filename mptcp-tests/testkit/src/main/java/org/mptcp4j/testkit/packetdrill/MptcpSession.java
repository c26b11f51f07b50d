package org.mptcp4j.testkit.packetdrill;

import java.util.OptionalLong;
import org.mptcp4j.testkit.peer.MptcpKeys;

/**
 * What both ends of a multipath connection have agreed on, as far as packets of the script have
 * shown it: keys, and how far the data has come. Data sequence numbers of scripts count from the
 * initial one of each side, so that the first byte is 1.
 */
final class MptcpSession {
  private OptionalLong localKey = OptionalLong.empty();
  private OptionalLong remoteKey = OptionalLong.empty();
  private long localNext = 1;
  private long remoteNext = 1;

  /** The key of the stack was seen. */
  void localKey(long key) {
    localKey = OptionalLong.of(key);
  }

  /** The script sends this key of the peer; the first one counts. */
  void remoteKey(long key) {
    if (remoteKey.isEmpty()) {
      remoteKey = OptionalLong.of(key);
    }
  }

  boolean isLocalKey(long key) {
    return localKey.isPresent() && localKey.getAsLong() == key;
  }

  /** Whether the key of the stack was seen. */
  boolean hasLocalKey() {
    return localKey.isPresent();
  }

  /** The key of the stack; a script that needs it before it was seen is told so. */
  long localKey(Place place) {
    return localKey.orElseThrow(
        () -> ScriptException.malformed(place, "the key of the stack is not known here"));
  }

  /** The key of the peer. */
  long remoteKey(Place place) {
    return remoteKey.orElseThrow(
        () -> ScriptException.malformed(place, "the key of the peer is not known here"));
  }

  boolean hasLocalToken(int token) {
    return localKey.isPresent() && MptcpKeys.token(localKey.getAsLong()) == token;
  }

  boolean hasRemoteToken(int token) {
    return remoteKey.isPresent() && MptcpKeys.token(remoteKey.getAsLong()) == token;
  }

  /** A data sequence number of the stack on the wire. */
  long localDsn(Place place, long scripted) {
    return MptcpKeys.initialDsn(localKey(place)) + scripted;
  }

  /** A data sequence number of the peer on the wire. */
  long remoteDsn(Place place, long scripted) {
    return MptcpKeys.initialDsn(remoteKey(place)) + scripted;
  }

  /** A data sequence number of the stack as scripts write it, as far as it can be told. */
  String localScripted(long dsn, boolean wide) {
    return scripted(localKey, dsn, wide);
  }

  /** A data sequence number of the peer as scripts write it, as far as it can be told. */
  String remoteScripted(long dsn, boolean wide) {
    return scripted(remoteKey, dsn, wide);
  }

  private static String scripted(OptionalLong key, long dsn, boolean wide) {
    if (key.isEmpty()) {
      return "0x" + Long.toHexString(dsn);
    }
    long offset = dsn - MptcpKeys.initialDsn(key.getAsLong());
    return wide ? Long.toString(offset) : Integer.toUnsignedString((int) offset);
  }

  /** The stack sent data up to there. */
  void sentUpTo(long scripted) {
    localNext = Math.max(localNext, scripted);
  }

  /** The script sends data up to there. */
  void receivedUpTo(long scripted) {
    remoteNext = Math.max(remoteNext, scripted);
  }

  /** Behind everything that the stack sent, as scripts count. */
  long localNext() {
    return localNext;
  }

  /** Behind everything that the script sent. */
  long remoteNext() {
    return remoteNext;
  }
}
