package org.mptcp4j.mptcp;

import java.util.Optional;
import org.mptcp4j.wire.MpTcpRst;

/** What became of a join of the peer. RFC 8684 section 3.2: a refused join is answered by RST. */
public enum JoinVerdict {
  /** A subflow was made and registered, or will be when the answer comes back. */
  ACCEPTED,
  /** No connection has the token. */
  NO_TOKEN(0, MpTcpRst.MPTCP_ERROR),
  /** The third ACK does not show that the peer knows the keys. */
  WRONG_HMAC(0, MpTcpRst.MPTCP_ERROR),
  /** The connection is not (or no longer) MPTCP. */
  NOT_MPTCP(0, MpTcpRst.MPTCP_ERROR),
  /** Nobody listens there. */
  NOT_LISTENING,
  /** Nothing may be joined there. */
  PROHIBITED(0, MpTcpRst.PROHIBITED),
  /** There are as many subflows, or joins, as there may be at a time. */
  TOO_MANY(MpTcpRst.TRANSIENT, MpTcpRst.PROHIBITED),
  /** No resources for another flow. */
  NO_RESOURCES(MpTcpRst.TRANSIENT, MpTcpRst.LACK_OF_RESOURCES);

  private final Optional<MpTcpRst> reset;

  JoinVerdict() {
    reset = Optional.empty();
  }

  JoinVerdict(int flags, int reason) {
    reset = Optional.of(new MpTcpRst(flags, reason));
  }

  /** MP_TCPRST for the answer (RFC 8684 section 3.6); empty when accepted. */
  public Optional<MpTcpRst> reset() {
    return reset;
  }
}
