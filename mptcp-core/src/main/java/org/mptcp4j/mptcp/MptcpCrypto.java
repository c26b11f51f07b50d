package org.mptcp4j.mptcp;

import java.nio.ByteBuffer;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * Keys to tokens and initial data sequence numbers, and the HMACs of MP_JOIN and ADD_ADDR: RFC 8684
 * sections 3.1, 3.2 and 3.4.1. One instance serves a stack; it reuses one digest and its buffers
 * and is not thread-safe.
 */
public final class MptcpCrypto {
  private static final int BLOCK = 64;
  private static final int HASH = 32;
  private static final byte INNER = 0x36;
  private static final byte OUTER = 0x5c;
  private static final long INNER_WORD = 0x3636_3636_3636_3636L;
  private static final long OUTER_WORD = 0x5c5c_5c5c_5c5c_5c5cL;

  private final MessageDigest sha256;
  private final byte[] hash = new byte[HASH];
  private final byte[] innerPad = new byte[BLOCK];
  private final byte[] outerPad = new byte[BLOCK];
  private final byte[] key = new byte[8];
  private final byte[] message = new byte[32];
  private final ByteBuffer keyView = ByteBuffer.wrap(key);
  private final ByteBuffer innerView = ByteBuffer.wrap(innerPad);
  private final ByteBuffer outerView = ByteBuffer.wrap(outerPad);
  private final ByteBuffer messageView = ByteBuffer.wrap(message);
  private final ByteBuffer hashView = ByteBuffer.wrap(hash);
  private long digestedKey;
  private boolean digested;

  /** Makes one. */
  public MptcpCrypto() {
    Arrays.fill(innerPad, INNER);
    Arrays.fill(outerPad, OUTER);
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java runtime has no SHA-256, which MPTCP needs", e);
    }
  }

  /** Token of a key. RFC 8684 section 3.2: the first 32 bits of its SHA-256. */
  public int token(long ofKey) {
    digestKey(ofKey);
    return hashView.getInt(0);
  }

  /** Initial data sequence number. RFC 8684 section 3.1: the last 64 bits of the key's SHA-256. */
  public long initialDataSequence(long ofKey) {
    digestKey(ofKey);
    return hashView.getLong(HASH - 8);
  }

  /**
   * HMAC of MP_JOIN, keyed with the sender's key before the receiver's, over the sender's nonce
   * before the receiver's. RFC 8684 section 3.2.
   *
   * @param into where the 32 bytes go
   */
  public void joinHmac(
      long senderKey, long receiverKey, int senderNonce, int receiverNonce, byte[] into) {
    messageView.putInt(0, senderNonce).putInt(4, receiverNonce);
    hmac(senderKey, receiverKey, 8);
    System.arraycopy(hash, 0, into, 0, HASH);
  }

  /** The HMAC of a join SYN/ACK: RFC 8684 section 3.2, the leftmost 64 bits. */
  public long joinSynAckHmac(long senderKey, long receiverKey, int senderNonce, int receiverNonce) {
    messageView.putInt(0, senderNonce).putInt(4, receiverNonce);
    hmac(senderKey, receiverKey, 8);
    return hashView.getLong(0);
  }

  /**
   * HMAC of ADD_ADDR. RFC 8684 section 3.4.1: the rightmost 64 bits of an HMAC over address id,
   * address and port, the port being 0 when the option has none.
   *
   * @param address 4 or 16 bytes in network order
   */
  public long addAddrHmac(
      long senderKey, long receiverKey, int addressId, byte[] address, int port) {
    messageView.put(0, (byte) addressId).put(1, address).putShort(1 + address.length, (short) port);
    hmac(senderKey, receiverKey, 3 + address.length);
    return hashView.getLong(HASH - 8);
  }

  /** A key's token and sequence number are asked for one after the other: one digest for both. */
  private void digestKey(long ofKey) {
    if (digested && digestedKey == ofKey) {
      return;
    }
    keyView.putLong(0, ofKey);
    sha256.reset();
    sha256.update(key, 0, 8);
    finish();
    digestedKey = ofKey;
    digested = true;
  }

  /** RFC 2104, for the 16-byte key that both ends' keys make. */
  private void hmac(long firstKey, long secondKey, int messageLength) {
    digested = false;
    innerView.putLong(0, firstKey ^ INNER_WORD).putLong(8, secondKey ^ INNER_WORD);
    sha256.reset();
    sha256.update(innerPad, 0, BLOCK);
    sha256.update(message, 0, messageLength);
    finish();
    outerView.putLong(0, firstKey ^ OUTER_WORD).putLong(8, secondKey ^ OUTER_WORD);
    sha256.update(outerPad, 0, BLOCK);
    sha256.update(hash, 0, HASH);
    finish();
  }

  private void finish() {
    try {
      sha256.digest(hash, 0, HASH);
    } catch (DigestException e) {
      throw new IllegalStateException("SHA-256 did not fit " + HASH + " bytes", e);
    }
  }
}
