package org.mptcp4j.tcp;

import java.util.Objects;
import org.mptcp4j.cc.CongestionControl;

/**
 * The transmission control block of RFC 9293 section 3.3.1: the parts of one connection, for those
 * that work on several of them.
 */
abstract class Tcb {
  final TcpConfig config;
  final FourTuple tuple;
  final CongestionControl cc;
  final Handshake handshake;
  final Lifecycle life;
  final Sender sender;
  final Receiver receiver;
  TcpExtension ext;

  /** Payload of a full segment when congestion control was last told; 0 before it started. */
  int startedMss;

  long segmentsIn;
  long segmentsOut;

  Tcb(
      TcpConfig config,
      FourTuple tuple,
      TcpExtension extension,
      CongestionControl cc,
      int iss,
      int tsOffset,
      TcpState initial) {
    this.config = Objects.requireNonNull(config, "config");
    this.tuple = Objects.requireNonNull(tuple, "tuple");
    this.ext = Objects.requireNonNull(extension, "extension");
    this.cc = Objects.requireNonNull(cc, "cc");
    handshake = new Handshake(tsOffset);
    life = new Lifecycle(initial);
    sender = new Sender(iss, config);
    receiver = new Receiver(config);
  }

  /** Whether the handshake is over and congestion control runs. */
  final boolean started() {
    return startedMss != 0;
  }
}
