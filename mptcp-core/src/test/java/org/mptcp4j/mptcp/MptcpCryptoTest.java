package org.mptcp4j.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufUtil;
import org.junit.jupiter.api.Test;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.wire.MpJoinAck;

/** Vectors taken from a capture of Linux 6.18. */
class MptcpCryptoTest {
  private static final long KEY_A = 0x518a68d4b2d9de2eL;
  private static final long KEY_B = 0x4be00f8a0836addcL;
  private static final int NONCE_A = 0x2dcaa08c;
  private static final int NONCE_B = 0x40110ff1;

  private final MptcpCrypto crypto = new MptcpCrypto();

  // RFC 8684 section 3.2: the token is the first 32 bits of the key's SHA-256.
  @Test
  void tokens() {
    assertThat(crypto.token(KEY_A)).isEqualTo(0x36029e94);
    assertThat(crypto.token(KEY_B)).isEqualTo(0xa973d802);
  }

  // RFC 8684 section 3.1: the initial data sequence number is its last 64 bits.
  @Test
  void initialDataSequenceNumbers() {
    assertThat(Long.toUnsignedString(crypto.initialDataSequence(KEY_A)))
        .isEqualTo("15162744227482285578");
    assertThat(Long.toUnsignedString(crypto.initialDataSequence(KEY_B)))
        .isEqualTo("11084241460372841738");
  }

  // RFC 8684 section 3.2: what was computed last does not show in what is computed next.
  @Test
  void tokensBetweenOtherHashes() {
    crypto.token(KEY_A);
    crypto.joinSynAckHmac(KEY_B, KEY_A, NONCE_B, NONCE_A);
    assertThat(crypto.token(KEY_A)).isEqualTo(0x36029e94);
    crypto.token(KEY_B);
    assertThat(Long.toUnsignedString(crypto.initialDataSequence(KEY_A)))
        .isEqualTo("15162744227482285578");
  }

  // RFC 8684 section 3.2: both HMACs of a join.
  @Test
  void joinHmacs() {
    assertThat(crypto.joinSynAckHmac(KEY_B, KEY_A, NONCE_B, NONCE_A))
        .isEqualTo(0xbec54d895c9523e2L);
    byte[] hmac = new byte[32];
    crypto.joinHmac(KEY_A, KEY_B, NONCE_A, NONCE_B, hmac);
    assertThat(MpJoinAck.of(hmac).hmac())
        .isEqualTo(ByteBufUtil.decodeHexDump("6aa9478c0d956923cc5a9f09b2296b9ee636af3c"));
  }

  // RFC 8684 section 3.4.1: the last 64 bits of the HMAC of an announcement.
  @Test
  void addAddrHmac() {
    byte[] address = IpAddress.parse("10.0.2.2").toBytes();
    assertThat(crypto.addAddrHmac(KEY_B, KEY_A, 1, address, 0)).isEqualTo(0xbe119c3d00444e5aL);
  }

  @Test
  void joinHandshakeAgreesWithItself() {
    SessionKeys a = new SessionKeys(KEY_A, 1, crypto);
    SessionKeys b = new SessionKeys(KEY_B, 1, crypto);
    a.remote(KEY_B, crypto);
    b.remote(KEY_A, crypto);
    JoinHandshake joiner = new JoinHandshake();
    JoinHandshake other = new JoinHandshake();
    joiner.begin(NONCE_A);
    other.answer(NONCE_B, NONCE_A, b, crypto);
    assertThat(joiner.acceptSynAck(NONCE_B, other.localHmac() ^ 1, a, crypto)).isFalse();
    assertThat(joiner.acceptSynAck(NONCE_B, other.localHmac(), a, crypto)).isTrue();
    assertThat(other.acceptAck(joiner.ack(), b, crypto)).isTrue();
    assertThat(other.acceptAck(new MpJoinAck(1, 2, 3), b, crypto)).isFalse();
  }
}
