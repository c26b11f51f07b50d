package org.mptcp4j.lab.decode;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.mptcp4j.testkit.peer.MptcpKeys;
import org.mptcp4j.wire.AddAddr;
import org.mptcp4j.wire.MpCapable;
import org.mptcp4j.wire.MpFastclose;
import org.mptcp4j.wire.MpJoinAck;
import org.mptcp4j.wire.MpJoinSyn;
import org.mptcp4j.wire.MpJoinSynAck;
import org.mptcp4j.wire.MptcpOption;

/**
 * Verifies the tokens, keys and HMACs of MPTCP options against the keys that a capture showed, and
 * by them finds out which subflow belongs to which connection.
 */
final class OptionChecks {
  /** Said when the capture does not have what a check needs. */
  static final String NO_KEYS = "keys not seen";

  private record Owner(Session session, int side) {}

  private final Map<Integer, Owner> tokens = new HashMap<>();
  private int sessions;

  /**
   * Looks at an option.
   *
   * @param direction of the segment in its conversation
   * @return what the check said, with {@code BAD} in it when it failed; empty when there is nothing
   *     to check
   */
  String check(Conversation on, int direction, MptcpOption option) {
    if (option instanceof MpCapable o) {
      return o.version() == MpCapable.VERSION_1 ? capable(on, direction, o) : "";
    }
    if (option instanceof MpJoinSyn o) {
      return joinSyn(on, direction, o);
    }
    if (option instanceof MpJoinSynAck o) {
      on.joinSynAck(o);
      return joinHmac(on, direction, o.truncatedHmac(), null);
    }
    if (option instanceof MpJoinAck o) {
      return joinHmac(on, direction, 0, o.hmac());
    }
    if (option instanceof AddAddr o) {
      return o.echo() ? "" : addAddr(on, direction, o);
    }
    return option instanceof MpFastclose o ? fastclose(on, direction, o) : "";
  }

  private String capable(Conversation on, int direction, MpCapable o) {
    if (on.session() == null) {
      // Without the SYN in the capture, the form tells who sent it: only a server sends 12 bytes.
      int side = o.encodedLength() == MpCapable.LENGTH_SYN_ACK ? 1 : 0;
      on.join(new Session(++sessions), direction == 0 ? side : 1 - side);
    }
    Session session = on.session();
    int side = on.side(direction);
    StringBuilder says = new StringBuilder();
    if (o.hasSenderKey()) {
      says.append(learn(session, side, o.senderKey(), "token"));
    }
    if (o.hasReceiverKey()) {
      says.append(", ").append(learn(session, 1 - side, o.receiverKey(), "peer token"));
    }
    return says.toString();
  }

  private String learn(Session session, int side, long key, String what) {
    if (!session.learn(side, key)) {
      return "key BAD: another was seen";
    }
    tokens.put(session.token(side), new Owner(session, side));
    return String.format("%s %08x", what, session.token(side));
  }

  private String joinSyn(Conversation on, int direction, MpJoinSyn o) {
    on.joinSyn(o);
    Owner owner = tokens.get(o.token());
    if (owner == null) {
      return "token unknown";
    }
    if (on.session() == null) {
      int sender = 1 - owner.side;
      on.join(owner.session, direction == 0 ? sender : 1 - sender);
    }
    return "token ok";
  }

  // RFC 8684 section 3.2: 64 bits in the SYN/ACK, 160 bits in the third ACK.
  private static String joinHmac(Conversation on, int direction, long leading, byte[] whole) {
    Session session = on.session();
    MpJoinSyn syn = on.joinSyn();
    MpJoinSynAck synAck = on.joinSynAck();
    if (session == null || !session.knowsBoth() || syn == null || synAck == null) {
      return NO_KEYS;
    }
    int sender = on.side(direction);
    int own = whole == null ? synAck.nonce() : syn.nonce();
    int peer = whole == null ? syn.nonce() : synAck.nonce();
    byte[] hmac = MptcpKeys.joinHmac(session.key(sender), session.key(1 - sender), own, peer);
    boolean good =
        whole == null
            ? ByteBuffer.wrap(hmac).getLong() == leading
            : Arrays.equals(hmac, 0, MpJoinAck.HMAC_LENGTH, whole, 0, MpJoinAck.HMAC_LENGTH);
    return good ? "hmac ok" : "hmac BAD";
  }

  private static String addAddr(Conversation on, int direction, AddAddr o) {
    Session session = on.session();
    if (session == null || !session.knowsBoth()) {
      return NO_KEYS;
    }
    int sender = on.side(direction);
    long hmac = MptcpKeys.addAddrHmac(session.key(sender), session.key(1 - sender), o);
    return hmac == o.hmac() ? "hmac ok" : "hmac BAD";
  }

  // RFC 8684 section 3.5: the option carries the key of the host that receives it.
  private static String fastclose(Conversation on, int direction, MpFastclose o) {
    Session session = on.session();
    int receiver = 1 - on.side(direction);
    if (session == null || !session.knows(receiver)) {
      return NO_KEYS;
    }
    return session.key(receiver) == o.receiverKey() ? "key ok" : "key BAD";
  }
}
