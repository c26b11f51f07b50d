package org.mptcp4j.mptcp;

/**
 * What becomes of a connection of several subflows when options do not pass on segments without
 * data, so that its DATA_FIN, or the DATA_ACKs of the peer, never arrive. It cannot fall back: RFC
 * 8684 section 3.7 has that for one subflow. But the mappings pass, and so TCP's acknowledgement of
 * what they map says as much as a DATA_ACK; and the DATA_FIN may ride on data.
 */
final class BareAcks {
  /** Data-level timeouts in a row before TCP's acknowledgements are believed. */
  private static final int TIMEOUTS = 2;

  /** DATA_FINs on data, acknowledged by TCP, that count as one DATA_ACK. */
  private static final int RIDES = 3;

  private final MetaSock meta;
  private final ConnectionList subflows;
  private final Transmitter transmitter;
  private final MetaRetransmission retransmission;
  private boolean believing;
  private int rides;

  BareAcks(
      MetaSock meta,
      ConnectionList subflows,
      Transmitter transmitter,
      MetaRetransmission retransmission) {
    this.meta = meta;
    this.subflows = subflows;
    this.transmitter = transmitter;
    this.retransmission = retransmission;
  }

  /** The data-level timer is due. */
  void onTimeout(long nowNs) {
    boolean silent = retransmission.backoff() >= TIMEOUTS;
    if (!subflows.allBare()) {
      believing = false;
    } else if (silent || believing) {
      believing = true;
      acknowledge(nowNs);
    }
    // A peer that may have fallen back would take the byte for data.
    if (subflows.isShared() && meta.onlyFinIsDue() && (silent || believing)) {
      subflows.anyUsable().ifPresent(this::ride);
    }
  }

  private void acknowledge(long nowNs) {
    long nxt = meta.tx().nxt();
    if (transmitter.isReinjecting()) {
      return;
    }
    if (meta.tx().una() != nxt) {
      meta.onDataAck(nxt, subflows.widestSendWindow());
      retransmission.progress(nowNs);
    } else if (meta.onlyFinIsDue() && rides >= RIDES) {
      meta.onDataAck(nxt + 1, 0);
    }
  }

  private void ride(MptcpTcpSock usable) {
    if (transmitter.rideDataFin(usable)) {
      rides++;
    }
  }
}
