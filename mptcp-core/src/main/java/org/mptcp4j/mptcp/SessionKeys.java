package org.mptcp4j.mptcp;

import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.random.RandomGenerator;
import org.mptcp4j.mib.Counters;
import org.mptcp4j.mib.Mib;
import org.mptcp4j.wire.MpCapable;
import org.mptcp4j.wire.MpFastclose;
import org.mptcp4j.wire.RxSegment;

/**
 * Keys of a connection, and what follows from them and from the flags of MP_CAPABLE: RFC 8684
 * section 3.1. Shared by the connection and the extensions of its subflows.
 */
final class SessionKeys {
  private final long localKey;
  private final int localToken;
  private final long localIdsn;
  private final byte localFlags; // one octet in MP_CAPABLE
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
    this.localFlags = (byte) localFlags;
    localToken = crypto.token(localKey);
    localIdsn = crypto.initialDataSequence(localKey);
  }

  /**
   * A new key of ours. RFC 8684 section 3.1: random, with a token that is unique here and not zero.
   *
   * @param flags flags of our MP_CAPABLE
   * @param attempts random keys to try
   * @param isFree whether a connection of this stack could have a token
   * @return none when no key with a free token was found: no MPTCP then
   */
  static Optional<SessionKeys> fresh(
      int flags, RandomGenerator random, MptcpCrypto crypto, int attempts, IntPredicate isFree) {
    for (int left = attempts; left > 0; left--) {
      long key = random.nextLong();
      SessionKeys keys = of(key, flags, crypto);
      if (key != 0 && isFree.test(keys.localToken())) {
        return Optional.of(keys);
      }
    }
    return Optional.empty();
  }

  /** Keys of which ours is chosen already. */
  static SessionKeys of(long key, int flags, MptcpCrypto crypto) {
    SessionKeys keys = new SessionKeys(key, flags, crypto);
    keys.checksum = (flags & MpCapable.CHECKSUM_REQUIRED) != 0;
    return keys;
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
    return Byte.toUnsignedInt(localFlags);
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

  /** What proves in a join's SYN/ACK that this end has both keys. */
  long joinSynAckHmac(int localNonce, int remoteNonce, MptcpCrypto crypto) {
    return crypto.joinSynAckHmac(localKey, remoteKey, localNonce, remoteNonce);
  }

  boolean remoteDeniesJoin() {
    return remoteDeniesJoin;
  }

  boolean checksum() {
    return checksum;
  }

  /** Whether a segment has an MP_FASTCLOSE that is for us. As {@link #isForUs}. */
  boolean isFastclose(RxSegment segment, Counters counters) {
    MpFastclose fastclose = segment.options().mptcp(MpFastclose.class);
    return fastclose != null && isForUs(fastclose, counters);
  }

  /**
   * Whether an MP_FASTCLOSE is for us, which is counted. RFC 8684 section 3.5: it names our own
   * key.
   */
  boolean isForUs(MpFastclose fastclose, Counters counters) {
    boolean ours = localKey == fastclose.receiverKey();
    if (ours) {
      counters.increment(Mib.MP_FASTCLOSE_RX);
    }
    return ours;
  }
}
