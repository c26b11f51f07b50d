package org.mptcp4j.mptcp;

import org.mptcp4j.api.SocketError;

/** What a connection has to do because of something that one of its flows saw. */
enum Decision {
  /** Nothing more. */
  NONE(SocketError.NONE),
  /** Both ends have agreed on MPTCP. */
  AGREED(SocketError.NONE),
  /** Go on as plain TCP, on the flow that saw it. */
  FALL_BACK(SocketError.NONE),
  /** Fail: the peer ended the connection. */
  PEER_RESET(SocketError.ECONNRESET),
  /** Fail: the peer refused it. */
  REFUSED(SocketError.ECONNREFUSED),
  /** Fail: the peer does not answer. */
  TIMED_OUT(SocketError.ETIMEDOUT),
  /** Fail: a router says that the peer cannot be reached. */
  UNREACHABLE(SocketError.EHOSTUNREACH),
  /** Fail: the peer does not know TCP. */
  PROTOCOL_UNREACHABLE(SocketError.ENOPROTOOPT),
  /** Fail: what the peer sends cannot be right. */
  PROTOCOL_ERROR(SocketError.EPROTO);

  private final SocketError error;

  Decision(SocketError error) {
    this.error = error;
  }

  /** What becomes of a connection whose only flow TCP ended so. */
  static Decision after(CloseReason why) {
    return switch (why) {
      case TIMED_OUT -> TIMED_OUT;
      case REFUSED, PORT_UNREACHABLE -> REFUSED;
      case PEER_RESET -> PEER_RESET;
      case UNREACHABLE -> UNREACHABLE;
      case PROTOCOL_UNREACHABLE -> PROTOCOL_UNREACHABLE;
      case PARAMETER_PROBLEM -> PROTOCOL_ERROR;
      default -> NONE;
    };
  }

  /** Why the connection fails; NONE when it does not. */
  SocketError error() {
    return error;
  }
}
