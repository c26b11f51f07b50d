package org.mptcp4j.mptcp;

import java.security.MessageDigest;
import org.mptcp4j.wire.MpJoinAck;

/**
 * Nonces, HMACs and the timer of one join, at either end: RFC 8684 section 3.2. The end that joins
 * repeats its third ACK until the fourth arrives.
 */
final class JoinHandshake {
  private static final long FIRST_INTERVAL_NS = 1_000_000_000L;
  private static final int MAX_ACKS = 6;

  private int localNonce;
  private int remoteNonce;
  private long localHmac;
  private MpJoinAck ack;
  private int acks;
  private long deadlineNs = Long.MAX_VALUE;
  private long intervalNs = FIRST_INTERVAL_NS;

  int localNonce() {
    return localNonce;
  }

  /** Leftmost 64 bits of our HMAC: for a SYN/ACK. */
  long localHmac() {
    return localHmac;
  }

  /** The option of our third ACK, null before the SYN/ACK arrived. */
  MpJoinAck ack() {
    return ack;
  }

  /** Begins as the end that joins. */
  void begin(int nonce) {
    localNonce = nonce;
  }

  /** Begins as the end that is joined; {@code theirs} came in the SYN. */
  void answer(int nonce, int theirs, SessionKeys keys, MptcpCrypto crypto) {
    nonces(nonce, theirs);
    localHmac = keys.joinSynAckHmac(nonce, theirs, crypto);
  }

  /** The end that is joined has answered before. */
  void nonces(int nonce, int theirs) {
    localNonce = nonce;
    remoteNonce = theirs;
  }

  /**
   * A SYN/ACK arrived at the end that joins.
   *
   * @return whether its HMAC is right; the option of the third ACK is ready then
   */
  boolean acceptSynAck(int theirs, long truncatedHmac, SessionKeys keys, MptcpCrypto crypto) {
    long expected = crypto.joinSynAckHmac(keys.remoteKey(), keys.localKey(), theirs, localNonce);
    if ((expected ^ truncatedHmac) != 0) {
      return false;
    }
    remoteNonce = theirs;
    ack = MpJoinAck.of(hmacOfJoiner(keys.localKey(), keys.remoteKey(), localNonce, theirs, crypto));
    return true;
  }

  /** A third ACK arrived at the end that is joined: whether its HMAC is right. */
  boolean acceptAck(MpJoinAck option, SessionKeys keys, MptcpCrypto crypto) {
    byte[] hmac = hmacOfJoiner(keys.remoteKey(), keys.localKey(), remoteNonce, localNonce, crypto);
    byte[] expected = MpJoinAck.of(hmac).hmac();
    return MessageDigest.isEqual(expected, option.hmac());
  }

  private static byte[] hmacOfJoiner(
      long joinerKey, long otherKey, int joinerNonce, int otherNonce, MptcpCrypto crypto) {
    byte[] hmac = new byte[32];
    crypto.joinHmac(joinerKey, otherKey, joinerNonce, otherNonce, hmac);
    return hmac;
  }

  /** Sets the first interval of the third ACK's timer. */
  void interval(long ns) {
    intervalNs = ns;
  }

  /** The third ACK left: the timer runs. */
  void ackSent(long nowNs) {
    // As Linux: the first two times are the same.
    deadlineNs = nowNs + (intervalNs << Math.max(0, Math.min(acks, 7) - 1));
    acks++;
  }

  /** When the third ACK must be repeated; {@link Long#MAX_VALUE} for never. */
  long deadlineNs() {
    return deadlineNs;
  }

  /** Whether it was repeated often enough to give up. */
  boolean exhausted() {
    return acks >= MAX_ACKS;
  }
}
