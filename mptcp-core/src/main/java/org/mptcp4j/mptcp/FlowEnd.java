package org.mptcp4j.mptcp;

import java.util.Optional;
import org.mptcp4j.wire.MpTcpRst;

/**
 * What is known of the end of a flow: why it is closed, and what was said of it before. Flows that
 * live undisturbed share {@link #OPEN}.
 *
 * @param reason why it is closed
 * @param ifTimedOut why it will be, should its peer not answer any more
 * @param peerReset the MP_TCPRST in the reset that ended it
 * @param peerFailed whether that reset says that the peer found a checksum wrong
 * @param byNs when one that closes in order is cut short; {@link Long#MAX_VALUE} for never
 */
record FlowEnd(
    CloseReason reason,
    CloseReason ifTimedOut,
    Optional<MpTcpRst> peerReset,
    boolean peerFailed,
    long byNs) {
  /** Nothing. */
  static final FlowEnd OPEN =
      new FlowEnd(CloseReason.NONE, CloseReason.TIMED_OUT, Optional.empty(), false, Long.MAX_VALUE);

  /** The first reason stands, unless the flow went on after it. */
  FlowEnd because(CloseReason why) {
    return reason.isInOrder() ? new FlowEnd(why, ifTimedOut, peerReset, peerFailed, byNs) : this;
  }

  /** The peer was heard: what routers said before is over. */
  FlowEnd heard() {
    return ifTimedOut == CloseReason.TIMED_OUT
        ? this
        : new FlowEnd(reason, CloseReason.TIMED_OUT, peerReset, peerFailed, byNs);
  }

  /** A router or host said why a packet of ours did not arrive. */
  FlowEnd warned(CloseReason why) {
    return new FlowEnd(reason, why, peerReset, peerFailed, byNs);
  }

  /** The peer's reset says why. */
  FlowEnd resetBecause(MpTcpRst why) {
    return new FlowEnd(reason, ifTimedOut, Optional.of(why), peerFailed, byNs);
  }

  /** The peer's reset says that a checksum was wrong. */
  FlowEnd resetForChecksum() {
    return new FlowEnd(reason, ifTimedOut, peerReset, true, byNs);
  }

  /** It closes in order, and has until then for that. */
  FlowEnd by(long deadlineNs) {
    return new FlowEnd(reason, ifTimedOut, peerReset, peerFailed, deadlineNs);
  }

  /** Whether the peer's reset gives that reason. */
  boolean saidBecause(int code) {
    return peerReset.isPresent() && peerReset.get().reason() == code;
  }
}
