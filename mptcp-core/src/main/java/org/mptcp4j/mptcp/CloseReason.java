package org.mptcp4j.mptcp;

import java.util.Optional;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.tcp.TcpNotice;
import org.mptcp4j.wire.IcmpError;
import org.mptcp4j.wire.MpTcpRst;

/**
 * Why a flow is closed. What follows from that stands in this table: how it is closed, what the
 * reset says (RFC 8684 section 3.6), which error it ends with, and when its data goes out again on
 * other subflows.
 */
enum CloseReason {
  /** It is not closed. */
  NONE(Manner.GONE, Says.NOTHING, SocketError.NONE, Reinjection.WHEN_GONE),

  /** Both ends finished: RFC 8684 section 3.3.3. */
  FINISHED(Manner.FIN, Says.NOTHING, SocketError.NONE, Reinjection.NEVER),
  /** The peer sent a FIN on this subflow alone. */
  PEER_FIN(Manner.FIN, Says.NOTHING, SocketError.NONE, Reinjection.WHEN_GONE),

  /** Its address at this end is not there any more, and withdrawn: RFC 8684 section 3.4.2. */
  ADDRESS_GONE(Manner.RESET, Says.GONE_FOR_NOW, SocketError.NONE, Reinjection.AT_ONCE),
  /** The path manager wants it closed, or withdraws its address; it works. */
  UNWANTED(Manner.FIN, Says.UNSPECIFIED, SocketError.NONE, Reinjection.AT_ONCE),
  /** The same, or it was closed for another reason, and it is silent or does not come to an end. */
  UNWANTED_SILENT(Manner.RESET, Says.UNSPECIFIED, SocketError.NONE, Reinjection.AT_ONCE),
  /** The peer withdrew its address: RFC 8684 section 3.4.2. */
  REMOVED_BY_PEER(Manner.FIN, Says.UNSPECIFIED, SocketError.NONE, Reinjection.AT_ONCE),
  /** The same, and it is silent. */
  REMOVED_SILENT(Manner.RESET, Says.GONE_FOR_NOW, SocketError.NONE, Reinjection.AT_ONCE),
  /** A join of the peer that is right, and too many. */
  REFUSED_JOIN(Manner.RESET, Says.PROHIBITED_NOW, SocketError.NONE, Reinjection.NEVER),
  /** The peer's options are missing, forged or contradict each other. */
  MPTCP_ERROR(Manner.RESET, Says.MPTCP_ERROR, SocketError.EPROTO, Reinjection.WHEN_GONE),
  /** Options are lost on the way, or bytes were added: RFC 8684 section 3.7. */
  INTERFERENCE(Manner.RESET, Says.MIDDLEBOX, SocketError.EPROTO, Reinjection.WHEN_GONE),
  /** A checksum is wrong: something on the way changes data. RFC 8684 section 3.7. */
  BAD_CHECKSUM(Manner.RESET, Says.MIDDLEBOX, SocketError.EPROTO, Reinjection.WHEN_GONE),
  /** The fourth ACK of a join does not come. */
  JOIN_UNANSWERED(Manner.RESET, Says.UNSPECIFIED, SocketError.ETIMEDOUT, Reinjection.WHEN_GONE),
  /** A join under way when the connection falls back: RFC 8684 section 3.7. */
  FALLBACK(Manner.RESET, Says.PROHIBITED_NOW, SocketError.NONE, Reinjection.NEVER),
  /** A router says that its peer cannot be reached: RFC 9293 section 3.9.2.2. */
  UNREACHABLE(Manner.RESET, Says.NOTHING, SocketError.EHOSTUNREACH, Reinjection.WHEN_GONE),
  /** Somebody says that nothing listens at its port. */
  PORT_UNREACHABLE(Manner.RESET, Says.NOTHING, SocketError.ECONNREFUSED, Reinjection.WHEN_GONE),
  /** Somebody says that it does not know TCP, by IPv4; by IPv6 that is a header not understood. */
  PROTOCOL_UNREACHABLE(Manner.RESET, Says.NOTHING, SocketError.ENOPROTOOPT, Reinjection.WHEN_GONE),
  /** A router says that it cannot make sense of our packets: RFC 1122 section 4.2.3.9. */
  PARAMETER_PROBLEM(Manner.RESET, Says.NOTHING, SocketError.EPROTO, Reinjection.WHEN_GONE),

  /** The connection failed, and the peer knows. */
  ABORTED(Manner.RESET, Says.UNSPECIFIED, SocketError.NONE, Reinjection.NEVER),
  /** The connection failed: RFC 8684 section 3.5. */
  FASTCLOSED(Manner.FASTCLOSE, Says.UNSPECIFIED, SocketError.NONE, Reinjection.NEVER),

  /** The peer does not answer. */
  TIMED_OUT(Manner.GONE, Says.NOTHING, SocketError.ETIMEDOUT, Reinjection.WHEN_GONE),
  /** A reset answered the SYN. */
  REFUSED(Manner.GONE, Says.NOTHING, SocketError.ECONNREFUSED, Reinjection.WHEN_GONE),
  /** The peer reset it. */
  PEER_RESET(Manner.GONE, Says.NOTHING, SocketError.ECONNRESET, Reinjection.WHEN_GONE);

  /** How it is closed. */
  enum Manner {
    /** TCP is over already. */
    GONE,
    /** In order: what was given to it leaves, and a FIN. A join under way is reset. */
    FIN,
    /** By a reset, where the state of TCP calls for one. */
    RESET,
    /** By a reset with MP_FASTCLOSE: the whole connection is over. */
    FASTCLOSE
  }

  /** When what it carries and is not acknowledged goes out again: RFC 8684 section 3.3.6. */
  enum Reinjection {
    /** As soon as it is closed. */
    AT_ONCE,
    /** When its reset, or all that it had, has left. */
    WHEN_GONE,
    /** The connection is over as well, or its data goes another way. */
    NEVER
  }

  /** The MP_TCPRST of its reset. */
  private enum Says {
    NOTHING(Optional.empty()),
    UNSPECIFIED(Optional.of(new MpTcpRst(0, MpTcpRst.UNSPECIFIED))),
    /** An address that is gone may come back. */
    GONE_FOR_NOW(Optional.of(new MpTcpRst(MpTcpRst.TRANSIENT, MpTcpRst.UNSPECIFIED))),
    MPTCP_ERROR(Optional.of(new MpTcpRst(0, MpTcpRst.MPTCP_ERROR))),
    /** A limit of the moment is nothing permanent. */
    PROHIBITED_NOW(Optional.of(new MpTcpRst(MpTcpRst.TRANSIENT, MpTcpRst.PROHIBITED))),
    MIDDLEBOX(Optional.of(new MpTcpRst(0, MpTcpRst.MIDDLEBOX)));

    private final Optional<MpTcpRst> option;

    Says(Optional<MpTcpRst> option) {
      this.option = option;
    }
  }

  private final Manner manner;
  private final Says says;
  private final SocketError error;
  private final Reinjection reinjection;

  CloseReason(Manner manner, Says says, SocketError error, Reinjection reinjection) {
    this.manner = manner;
    this.says = says;
    this.error = error;
    this.reinjection = reinjection;
  }

  /** How TCP ended, {@link #NONE} when it did not. */
  static CloseReason of(int tcpNotices) {
    if ((tcpNotices & TcpNotice.TIMED_OUT) != 0) {
      return TIMED_OUT;
    }
    if ((tcpNotices & TcpNotice.REFUSED) != 0) {
      return REFUSED;
    }
    return (tcpNotices & TcpNotice.RESET) != 0 ? PEER_RESET : NONE;
  }

  /** What a router or host says of a packet of ours that did not arrive. The errors are Linux's. */
  static CloseReason of(IcmpError error) {
    return switch (error.kind()) {
      case PORT_UNREACHABLE -> PORT_UNREACHABLE;
      case PROTOCOL_UNREACHABLE -> error.src().isV4() ? PROTOCOL_UNREACHABLE : PARAMETER_PROBLEM;
      case PARAMETER_PROBLEM -> PARAMETER_PROBLEM;
      default -> UNREACHABLE;
    };
  }

  Manner manner() {
    return manner;
  }

  /** The MP_TCPRST of the reset; empty for a reset without one. */
  Optional<MpTcpRst> resetOption() {
    return says.option;
  }

  /** What the flow ends with; NONE when that is no error. */
  SocketError error() {
    return error;
  }

  Reinjection reinjection() {
    return reinjection;
  }

  /** The same reason where a FIN is of no use, or was not enough. */
  CloseReason byReset() {
    return switch (this) {
      case UNWANTED, PEER_FIN -> UNWANTED_SILENT;
      case REMOVED_BY_PEER -> REMOVED_SILENT;
      case FINISHED -> ABORTED;
      default -> this;
    };
  }

  /** Whether an address of it is gone, here or at the peer. */
  boolean isWithdrawal() {
    return this == ADDRESS_GONE || this == REMOVED_BY_PEER || this == REMOVED_SILENT;
  }

  /** Whether the flow may go on for a while, so that something else can end it after all. */
  boolean isInOrder() {
    return this == NONE || manner == Manner.FIN;
  }
}
