package org.mptcp4j.testkit.peer;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.mptcp4j.wire.AddAddr;

/**
 * The cryptography of RFC 8684 on the JDK's primitives, written apart from the stack's own so that
 * one checks the other.
 */
public final class MptcpKeys {
  private MptcpKeys() {}

  /** The token of a key. RFC 8684 section 3.2: the most significant 32 bits of its SHA-256 hash. */
  public static int token(long key) {
    return digest(key).getInt(0);
  }

  /**
   * The initial data sequence number of a key. RFC 8684 section 3.1: the least significant 64 bits
   * of its SHA-256 hash.
   */
  public static long initialDsn(long key) {
    return digest(key).getLong(24);
  }

  /**
   * HMAC of a join: of the sender's key and nonce followed by the receiver's. RFC 8684 section 3.2.
   */
  public static byte[] joinHmac(
      long senderKey, long receiverKey, int senderNonce, int receiverNonce) {
    byte[] nonces = ByteBuffer.allocate(8).putInt(senderNonce).putInt(receiverNonce).array();
    return hmac(senderKey, receiverKey, nonces);
  }

  /** The last 64 bits of the HMAC of an announcement. RFC 8684 section 3.4.1. */
  public static long addAddrHmac(long senderKey, long receiverKey, AddAddr option) {
    byte[] address = option.address().toBytes();
    ByteBuffer message = ByteBuffer.allocate(3 + address.length);
    message.put((byte) option.addressId()).put(address).putShort((short) option.port());
    return ByteBuffer.wrap(hmac(senderKey, receiverKey, message.array())).getLong(24);
  }

  private static byte[] hmac(long firstKey, long secondKey, byte[] message) {
    try {
      byte[] key = ByteBuffer.allocate(16).putLong(firstKey).putLong(secondKey).array();
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(message);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }

  private static ByteBuffer digest(long key) {
    try {
      byte[] bytes = ByteBuffer.allocate(8).putLong(key).array();
      return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
