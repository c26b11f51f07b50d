package org.mptcp4j.mptcp;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * The one state of a connection, at the data level: RFC 8684 section 3.3.3 and figure 15, with the
 * names of TCP. There is no TIME-WAIT; subflows have theirs. {@link MetaSock} has the one way from
 * one to another; {@link #successors()} says which ways there are.
 */
public enum Life {
  /** The first handshake runs, at either end. */
  CONNECTING,
  /** Data flows both ways. */
  ESTABLISHED,
  /** Our DATA_FIN is not acknowledged; the peer may still send. */
  FIN_WAIT_1,
  /** Our DATA_FIN is acknowledged; the peer may still send. */
  FIN_WAIT_2,
  /** Both DATA_FINs crossed; ours is not acknowledged. */
  CLOSING,
  /** The peer finished; we may still send. */
  CLOSE_WAIT,
  /** The peer finished first; our DATA_FIN is not acknowledged. */
  LAST_ACK,
  /** Both ends finished; the flows are still to be told. */
  FINISHED,
  /** Over, in order or not; what is left are flows that close. */
  CLOSED;

  private static final Map<Life, Set<Life>> TABLE = table();

  private static Map<Life, Set<Life>> table() {
    Map<Life, Set<Life>> t = new EnumMap<>(Life.class);
    t.put(CONNECTING, EnumSet.of(ESTABLISHED, CLOSED));
    t.put(ESTABLISHED, EnumSet.of(FIN_WAIT_1, CLOSE_WAIT, CLOSED));
    t.put(FIN_WAIT_1, EnumSet.of(FIN_WAIT_2, CLOSING, CLOSED));
    t.put(FIN_WAIT_2, EnumSet.of(FINISHED, CLOSED));
    t.put(CLOSING, EnumSet.of(FINISHED, CLOSED));
    t.put(CLOSE_WAIT, EnumSet.of(LAST_ACK, CLOSED));
    t.put(LAST_ACK, EnumSet.of(FINISHED, CLOSED));
    t.put(FINISHED, EnumSet.of(CLOSED));
    t.put(CLOSED, EnumSet.noneOf(Life.class));
    return t;
  }

  /** The states that may follow: the picture in {@code docs/sockets.md}. */
  Set<Life> successors() {
    return TABLE.get(this);
  }

  /** Whether nothing more is sent or received at the data level. */
  public boolean isOver() {
    return this == FINISHED || this == CLOSED;
  }
}
