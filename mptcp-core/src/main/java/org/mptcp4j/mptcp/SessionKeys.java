package org.mptcp4j.mptcp;

import org.mptcp4j.wire.MpCapable;

/**
 * Keys of a connection, and what follows from them and from the flags of MP_CAPABLE: RFC 8684
 * section 3.1. Shared by the connection and the extensions of its subflows.
 */
final class SessionKeys {
  private final long localKey;
  private final int localToken;
  private final long localIdsn;
  private final int localFlags;
  private long remoteKey;
  private int remoteToken;
  private long remoteIdsn;
  private boolean remoteKnown;
  private boolean remoteDeniesJoin;
  private boolean checksum;

  /**
   * Keys of which only ours is known.
   *
   * @param localKey ours
   * @param localFlags flags of our MP_CAPABLE
   */
  SessionKeys(long localKey, int localFlags, MptcpCrypto crypto) {
    this.localKey = localKey;
    this.localFlags = localFlags;
    localToken = crypto.token(localKey);
    localIdsn = crypto.initialDataSequence(localKey);
  }

  /**
   * A new key of ours. RFC 8684 section 3.1: random, with a token that is unique here and not zero.
   * Of several stacks with one address, each takes keys of its share of the tokens.
   *
   * @return null when none was found: no MPTCP then
   */
  static SessionKeys fresh(ConnectionConfig config, StackServices services) {
    int flags =
        MpCapable.HMAC_SHA256
            | (config.checksumRequired() ? MpCapable.CHECKSUM_REQUIRED : 0)
            | (config.joinInitialAddress() ? 0 : MpCapable.DENY_JOIN_INITIAL);
    for (int left = services.tokens().attempts(); left > 0; left--) {
      long key = services.random().nextLong();
      SessionKeys keys = new SessionKeys(key, flags, services.crypto());
      if (key != 0 && services.tokens().isFree(keys.localToken())) {
        if (config.checksumRequired()) {
          keys.requireChecksum();
        }
        return keys;
      }
    }
    services.counters().increment(Mib.MP_FALLBACK_TOKEN_INIT);
    return null;
  }

  /** The peer's key is known. */
  void remote(long key, MptcpCrypto crypto) {
    remoteKey = key;
    remoteToken = crypto.token(key);
    remoteIdsn = crypto.initialDataSequence(key);
    remoteKnown = true;
  }

  /** Takes the flags of the peer's MP_CAPABLE. */
  void remoteFlags(boolean checksumRequired, boolean deniesJoin) {
    // RFC 8684 section 3.1: checksums are used when either end requires them.
    checksum |= checksumRequired;
    remoteDeniesJoin |= deniesJoin;
  }

  void requireChecksum() {
    checksum = true;
  }

  long localKey() {
    return localKey;
  }

  int localToken() {
    return localToken;
  }

  long localIdsn() {
    return localIdsn;
  }

  /** Flags of the MP_CAPABLE that we send. */
  int localFlags() {
    return localFlags;
  }

  boolean remoteKnown() {
    return remoteKnown;
  }

  long remoteKey() {
    return remoteKey;
  }

  int remoteToken() {
    return remoteToken;
  }

  long remoteIdsn() {
    return remoteIdsn;
  }

  boolean remoteDeniesJoin() {
    return remoteDeniesJoin;
  }

  boolean checksum() {
    return checksum;
  }
}
