package org.mptcp4j.mptcp;

/**
 * Whether the bytes of a subflow are the data of the connection, so that it can go on as TCP: RFC
 * 8684 section 3.7. Made when that is asked.
 *
 * @param meta the data level
 * @param subflows of the connection
 * @param transmitter what was given to them
 */
record StreamRules(MetaSock meta, ConnectionList subflows, Transmitter transmitter) {
  /** At expiries of the data level's timer, each twice as long as the one before. */
  private static final int QUESTIONS = 2;

  /** Whether the connection may go on as TCP on it for this reason. */
  boolean admit(MptcpTcpSock sf, FallbackCause why) {
    if (wasAlwaysAlone(sf)) {
      // A peer that may have another subflow must say that it has not.
      return why.isOfPeer(sf) || subflows.isOnlyOneOfPeer(sf);
    }
    return why.isAnswered(sf) && isContiguous(sf);
  }

  /**
   * Whether it is the only subflow that ever carried data, and its bytes are the data, in order.
   */
  boolean wasAlwaysAlone(MptcpTcpSock sf) {
    return subflows.isOnlyOne(sf)
        && transmitter.bytesReinjected() == 0
        && meta.rx().isWhole()
        && isInOrder(sf);
  }

  /**
   * Whether it is alone since boxes ruined all others, and all that this end has outstanding is
   * contiguous on it, as what came is. Whether what the peer has outstanding is as well the peer
   * must say, which is asked by MP_FAIL; what others brought beyond a hole comes again on it then.
   */
  boolean isContiguous(MptcpTcpSock sf) {
    return subflows.interfered()
        && !subflows.upBeside(sf)
        && sf.options().tx().isContiguous(meta.tx().una(), meta.tx().nxt())
        && sf.input().isAt(sf.tcp(), meta.nextByte())
        && isInOrder(sf);
  }

  /**
   * Whether the peer has to be asked whether a wrong checksum makes the connection go on as TCP.
   */
  boolean mustAsk(MptcpTcpSock sf) {
    return wasAlwaysAlone(sf) ? !subflows.isOnlyOneOfPeer(sf) : isContiguous(sf);
  }

  /**
   * Whether a reset without options, or one that ends the whole connection, is the end of a stream
   * of TCP. Where the peer may have fallen back, and could not say so, it takes for delivered what
   * TCP has acknowledged: then the bytes that wait for mappings are the last of the data. None
   * would come any more.
   */
  boolean endsPlainly(MptcpTcpSock sf) {
    boolean waits = sf.lacksMapping() || sf.bare() && sf.bytesWait();
    return waits && admit(sf, FallbackCause.PLAIN_END);
  }

  /**
   * Whether a FIN says that the peer has gone on as TCP, and what is missing will not come. Whoever
   * speaks MPTCP sends a DATA_ACK with it.
   */
  boolean fallsBack(MptcpTcpSock ended) {
    return isPlainEnd(ended) && (wasAlwaysAlone(ended) || !meta.rx().isWhole());
  }

  private boolean isPlainEnd(MptcpTcpSock ended) {
    return ended.bare() && !meta.peerFinKnown() && subflows.isOnlyOneOfPeer(ended);
  }

  /** Whether a FIN of a subflow ends the peer's stream, too, where MPTCP goes on. */
  boolean endsStream(MptcpTcpSock ended) {
    if (isPlainEnd(ended) && !ended.input().holdsBytes(ended.tcp())) {
      return true; // what this end has sent twice forbids to fall back
    }
    // Where nobody reads, a peer that fell back must not take an acknowledgement for an end.
    return !meta.peerFinKnown() && !subflows.usableBeside(ended) && meta.discardInput();
  }

  private boolean isInOrder(MptcpTcpSock sf) {
    return sf.state().isOpen() && sf.input().inOrder(sf.tcp(), meta.nextByte());
  }

  /**
   * Whether TCP has acknowledged what the data level has not, and options have ceased to come; or
   * it is the DATA_FIN alone that never arrives, although there is a path.
   */
  boolean isUnanswered(MptcpTcpSock sf, MetaRetransmission retransmission) {
    boolean arrived = sf.options().tx().allArrived();
    boolean finLost = meta.onlyFinIsDue() && retransmission.isHopeless() && !sf.stale();
    return arrived && (sf.bare() || finLost);
  }

  /**
   * Whether it is too early to send data again on the only subflow there ever was. What TCP has not
   * acknowledged is TCP's to repair. The rest has come to the peer, which may find no mapping and
   * be about to go on with the bytes as they are (after {@link SubflowInput#UNMAPPED_NS}): what is
   * repeated would be in them twice. It is asked before. A DATA_FIN alone has no such bytes.
   */
  boolean isEarly(MptcpTcpSock sf, MetaRetransmission retransmission) {
    if (sf.bare() || meta.onlyFinIsDue()) {
      return sf.bare();
    }
    return !sf.options().tx().allArrived() || !retransmission.isAnswered(sf, QUESTIONS);
  }

  /** Bytes may have been added on the way: then the FIN of TCP says where the data ends. */
  void forgetEndIfAltered(MptcpTcpSock sf, FallbackCause why) {
    if (why == FallbackCause.CHECKSUM || !subflows.isOnlyOne(sf)) {
      meta.rx().forgetEnd();
    }
  }

  /** Data sequence number of the byte that follows all that the subflow was given. */
  long contiguousEnd(MptcpTcpSock sf) {
    return sf.options().tx().contiguousEnd(meta.tx().nxt());
  }
}
