package org.mptcp4j.testkit.packetdrill;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.mptcp4j.testkit.peer.MptcpKeys;
import org.mptcp4j.wire.MpJoinAck;
import org.mptcp4j.wire.MpJoinSyn;
import org.mptcp4j.wire.MpJoinSynAck;
import org.mptcp4j.wire.MptcpOption;

/** The three forms of MP_JOIN. */
sealed interface JoinSpec extends MptcpSpec {

  /** What the peer of a script takes for a random number. */
  int PEER_NONCE = 0x5eed_0001;

  /**
   * {@code mp_join_syn address_id=1 token=sha256_32(skey)}.
   *
   * @param backup flag B; empty for 0 when the peer sends it, and for either when the stack does
   * @param addressId empty for 0 when the peer sends it
   * @param token names the connection; empty for the one that there is
   * @param nonce the random number; empty for any
   */
  record Syn(
      Place place,
      String text,
      OptionalInt backup,
      OptionalInt addressId,
      Optional<MptcpValue> token,
      OptionalLong nonce)
      implements JoinSpec {
    @Override
    public MptcpOption build(Flow flow, PacketSpec.TcpSpec segment) {
      int wanted =
          (int)
              (long)
                  token
                      .map(t -> t.value(flow.names()))
                      .orElseGet(() -> (long) flow.names().onlyLocalToken(place));
      flow.names().ofLocalToken(wanted).ifPresent(flow::join);
      flow.remoteNonce((int) nonce.orElse(PEER_NONCE));
      boolean asBackup = backup.orElse(0) != 0;
      return new MpJoinSyn(asBackup, addressId.orElse(0), wanted, flow.remoteNonce());
    }

    @Override
    public boolean fits(MptcpOption actual, Flow flow) {
      if (!(actual instanceof MpJoinSyn sent)) {
        return false;
      }
      Optional<MptcpSession> joined = flow.names().ofRemoteToken(sent.token());
      joined.ifPresent(flow::join);
      flow.localNonce(sent.nonce());
      boolean tokenFits =
          token.map(t -> (int) t.value(flow.names()) == sent.token()).orElse(joined.isPresent());
      return tokenFits
          && numbersFit(backup, sent.backup(), addressId, sent.addressId())
          && nonceFits(nonce, sent.nonce());
    }
  }

  /**
   * {@code mp_join_syn_ack address_id=1 sender_hmac=auto}.
   *
   * @param backup as in {@link Syn}
   * @param addressId as in {@link Syn}
   * @param hmac its first 64 bits; empty for the right ones
   * @param nonce the random number; empty for any
   */
  record SynAck(
      Place place,
      String text,
      OptionalInt backup,
      OptionalInt addressId,
      OptionalLong hmac,
      OptionalLong nonce)
      implements JoinSpec {
    @Override
    public MptcpOption build(Flow flow, PacketSpec.TcpSpec segment) {
      flow.remoteNonce((int) nonce.orElse(PEER_NONCE));
      long value = hmac.orElseGet(() -> ByteBuffer.wrap(remoteHmac(place, flow)).getLong());
      boolean asBackup = backup.orElse(0) != 0;
      return new MpJoinSynAck(asBackup, addressId.orElse(0), value, flow.remoteNonce());
    }

    @Override
    public boolean fits(MptcpOption actual, Flow flow) {
      if (!(actual instanceof MpJoinSynAck sent)) {
        return false;
      }
      flow.localNonce(sent.nonce());
      long right = hmac.orElseGet(() -> ByteBuffer.wrap(localHmac(place, flow)).getLong());
      return right == sent.truncatedHmac()
          && numbersFit(backup, sent.backup(), addressId, sent.addressId())
          && nonceFits(nonce, sent.nonce());
    }
  }

  /**
   * {@code mp_join_ack sender_hmac=auto}.
   *
   * @param hmac its first 64 bits, of the peer with 0 behind them; empty for the right one
   */
  record Ack(Place place, String text, OptionalLong hmac) implements JoinSpec {
    @Override
    public int length() {
      return MpJoinAck.LENGTH;
    }

    @Override
    public MptcpOption build(Flow flow, PacketSpec.TcpSpec segment) {
      return hmac.isPresent()
          ? new MpJoinAck(hmac.getAsLong(), 0, 0)
          : MpJoinAck.of(remoteHmac(place, flow));
    }

    @Override
    public boolean fits(MptcpOption actual, Flow flow) {
      return hmac.isPresent()
          ? actual instanceof MpJoinAck sent && sent.hmac0() == hmac.getAsLong()
          : MpJoinAck.of(localHmac(place, flow)).equals(actual);
    }
  }

  private static boolean numbersFit(
      OptionalInt backup, boolean sentBackup, OptionalInt addressId, int sentId) {
    return (backup.isEmpty() || backup.getAsInt() != 0 == sentBackup)
        && (addressId.isEmpty() || addressId.getAsInt() == sentId);
  }

  private static boolean nonceFits(OptionalLong nonce, int sent) {
    return nonce.isEmpty() || (int) nonce.getAsLong() == sent;
  }

  /** The HMAC that the peer has to send. */
  private static byte[] remoteHmac(Place place, Flow flow) {
    MptcpSession s = flow.session();
    return MptcpKeys.joinHmac(
        s.remoteKey(place), s.localKey(place), flow.remoteNonce(), flow.localNonce());
  }

  /** The HMAC that the stack has to send. */
  private static byte[] localHmac(Place place, Flow flow) {
    MptcpSession s = flow.session();
    return MptcpKeys.joinHmac(
        s.localKey(place), s.remoteKey(place), flow.localNonce(), flow.remoteNonce());
  }
}
