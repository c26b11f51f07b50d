package org.mptcp4j.mptcp;

import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * The one state of a subflow: its MPTCP handshake (RFC 8684 sections 3.1 and 3.2), whether it may
 * carry data, whether its path is silent, and how it ends. {@link MptcpTcpSock#become} is the one
 * way from one to another; {@link #successors()} says which ways there are.
 *
 * <p>A subflow is stale while its retransmission timer has fired and the peer has not been heard
 * since: RFC 8684 section 3.3.6.
 */
enum SubflowState {
  /** Our SYN offers MP_CAPABLE. */
  CAPABLE_SYN_SENT(Stage.HANDSHAKE),
  /** Our SYN/ACK carries MP_CAPABLE; the peer's key is awaited. */
  CAPABLE_SYN_RECEIVED(Stage.HANDSHAKE),
  /** We know both keys, and may send; the peer has not shown yet that it knows them. */
  CAPABLE_ACK_SENT(Stage.OPEN),
  /** The same, and the peer is silent. */
  CAPABLE_ACK_STALE(Stage.OPEN),
  /** Our SYN carries MP_JOIN. */
  JOIN_SYN_SENT(Stage.JOIN),
  /** Our SYN/ACK carries MP_JOIN; the peer's HMAC is awaited. */
  JOIN_SYN_RECEIVED(Stage.JOIN),
  /** Our third ACK carries MP_JOIN; the fourth ACK is awaited. */
  JOIN_ACK_SENT(Stage.JOIN),
  /** It carries data. */
  ESTABLISHED(Stage.OPEN),
  /** It could carry data, and is silent. */
  STALE(Stage.OPEN),
  /** It takes no new data; what it has, and its FIN, still leave. */
  CLOSING(Stage.CLOSING),
  /** The same, and it is silent. */
  CLOSING_STALE(Stage.CLOSING),
  /** Over; a reset may still have to leave. */
  CLOSED(Stage.OVER),
  /** Over before it could carry data; a reset may still have to leave. */
  FAILED(Stage.OVER),
  /** Its TCP socket goes on as plain TCP: RFC 8684 section 3.7. */
  FELL_BACK(Stage.OVER);

  private enum Stage {
    HANDSHAKE,
    JOIN,
    OPEN,
    CLOSING,
    OVER
  }

  private static final Map<SubflowState, Set<SubflowState>> TABLE = table();

  private final Stage stage;

  SubflowState(Stage stage) {
    this.stage = stage;
  }

  private static Map<SubflowState, Set<SubflowState>> table() {
    Map<SubflowState, Set<SubflowState>> t = new EnumMap<>(SubflowState.class);
    t.put(CAPABLE_SYN_SENT, EnumSet.of(CAPABLE_ACK_SENT, FAILED, FELL_BACK));
    t.put(CAPABLE_SYN_RECEIVED, EnumSet.of(ESTABLISHED, FAILED, FELL_BACK));
    t.put(CAPABLE_ACK_SENT, EnumSet.of(CAPABLE_ACK_STALE, ESTABLISHED, CLOSING, CLOSED, FELL_BACK));
    t.put(CAPABLE_ACK_STALE, EnumSet.of(CAPABLE_ACK_SENT, STALE, CLOSING_STALE, CLOSED, FELL_BACK));
    t.put(JOIN_SYN_SENT, EnumSet.of(JOIN_ACK_SENT, FAILED));
    t.put(JOIN_SYN_RECEIVED, EnumSet.of(ESTABLISHED, FAILED));
    t.put(JOIN_ACK_SENT, EnumSet.of(ESTABLISHED, FAILED));
    t.put(ESTABLISHED, EnumSet.of(STALE, CLOSING, CLOSED, FELL_BACK));
    t.put(STALE, EnumSet.of(ESTABLISHED, CLOSING_STALE, CLOSED, FELL_BACK));
    t.put(CLOSING, EnumSet.of(CLOSING_STALE, CLOSED));
    t.put(CLOSING_STALE, EnumSet.of(CLOSING, CLOSED));
    t.put(CLOSED, Collections.unmodifiableSet(EnumSet.noneOf(SubflowState.class)));
    t.put(FAILED, Collections.unmodifiableSet(EnumSet.noneOf(SubflowState.class)));
    t.put(FELL_BACK, Collections.unmodifiableSet(EnumSet.noneOf(SubflowState.class)));
    return t;
  }

  /** The states that may follow: the picture in {@code docs/sockets.md}. */
  Set<SubflowState> successors() {
    return TABLE.get(this);
  }

  // ---- what is allowed, and what was

  /** Whether it may be given new data. */
  boolean isOpen() {
    return stage == Stage.OPEN;
  }

  /** Whether it can carry data, or once could. */
  boolean wasUp() {
    return stage == Stage.OPEN || stage == Stage.CLOSING || this == CLOSED;
  }

  /** Whether it is that of a join whose handshake runs. */
  boolean isJoining() {
    return stage == Stage.JOIN;
  }

  /** Whether it is the active end's, whose peer has not shown yet that it knows the keys. */
  boolean isUnconfirmed() {
    return this == CAPABLE_ACK_SENT || this == CAPABLE_ACK_STALE;
  }

  /** Whether both ends know the keys, so that every segment carries a DSS. */
  boolean isConfirmed() {
    return wasUp() && !isUnconfirmed();
  }

  /** Whether it takes no new data because it ends, or has ended. */
  boolean isClosing() {
    return stage == Stage.CLOSING || stage == Stage.OVER;
  }

  /** Whether it is over. */
  boolean isOver() {
    return stage == Stage.OVER;
  }

  /** Whether its peer is silent. */
  boolean isStale() {
    return this == CAPABLE_ACK_STALE || this == STALE || this == CLOSING_STALE;
  }

  // ---- where something leads to

  /** Its retransmission timer fired. */
  SubflowState whenSilent() {
    return switch (this) {
      case CAPABLE_ACK_SENT -> CAPABLE_ACK_STALE;
      case ESTABLISHED -> STALE;
      case CLOSING -> CLOSING_STALE;
      default -> this;
    };
  }

  /** The peer was heard again. */
  SubflowState whenHeard() {
    return switch (this) {
      case CAPABLE_ACK_STALE -> CAPABLE_ACK_SENT;
      case STALE -> ESTABLISHED;
      case CLOSING_STALE -> CLOSING;
      default -> this;
    };
  }

  /** The peer has shown that it knows the keys. */
  SubflowState whenConfirmed() {
    return isStale() ? STALE : ESTABLISHED;
  }

  /** It closes in order. */
  SubflowState whenFinished() {
    assert wasUp() : "what could not carry data has nothing to finish: " + this;
    if (isClosing()) {
      return this;
    }
    return isStale() ? CLOSING_STALE : CLOSING;
  }

  /** It ends at once. */
  SubflowState whenOver() {
    if (isOver()) {
      return this;
    }
    return wasUp() ? CLOSED : FAILED;
  }
}
