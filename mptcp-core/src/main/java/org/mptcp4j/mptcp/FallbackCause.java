package org.mptcp4j.mptcp;

import java.util.Optional;
import org.mptcp4j.info.FallbackReason;

/**
 * Why a connection goes on as plain TCP, and what the peer, which may not know it yet, is told: RFC
 * 8684 section 3.7.
 */
enum FallbackCause {
  /** The first packets of the server had no option: the path takes none. */
  NO_OPTION(Says.NOTHING, Optional.of(FallbackReason.NO_OPTION_ON_DATA)),
  /** The first acknowledgement of data had no option: the same. */
  BARE_ACK(Says.NOTHING, Optional.of(FallbackReason.NO_MAPPING)),
  /** The first data had options and no mapping. */
  NO_MAPPING(Says.NOTHING, Optional.of(FallbackReason.NO_MAPPING)),
  /** The peer sent an infinite mapping. */
  INFINITE_MAPPING(Says.NOTHING, Optional.empty()),
  /** The peer's FIN or reset came without any option: it speaks plain TCP. */
  PLAIN_END(Says.NOTHING, Optional.of(FallbackReason.NO_MAPPING)),
  /** Data is acknowledged by TCP alone: options are lost on the way from the peer. */
  UNACKNOWLEDGED(Says.INFINITE_MAPPING, Optional.of(FallbackReason.NO_MAPPING)),
  /** The peer sent MP_FAIL. */
  MP_FAIL(Says.MP_FAIL, Optional.empty()),
  /** Data came without a mapping: options are lost, or bytes were added, on the way to here. */
  UNMAPPED(Says.MP_FAIL, Optional.of(FallbackReason.NO_MAPPING)),
  /** A checksum is wrong. */
  CHECKSUM(Says.MP_FAIL, Optional.of(FallbackReason.WRONG_CHECKSUM));

  private enum Says {
    NOTHING,
    INFINITE_MAPPING,
    /** And an infinite mapping. */
    MP_FAIL
  }

  private final Says says;
  private final Optional<FallbackReason> reason;

  FallbackCause(Says says, Optional<FallbackReason> reason) {
    this.says = says;
    this.reason = reason;
  }

  /**
   * What else it is when bytes have waited: a peer that does not fall back by itself must hear that
   * they are taken now, or it sends them again.
   */
  FallbackCause withWhatWaited(MptcpTcpSock sf) {
    boolean unknown = this == NO_OPTION || this == BARE_ACK || this == UNACKNOWLEDGED;
    return unknown && sf.bytesWait() ? UNMAPPED : this;
  }

  /** What the peer's word means: where it was asked after a wrong checksum, that is the cause. */
  FallbackCause asAnswer(MptcpTcpSock sf) {
    return sf.isAsking() ? CHECKSUM : this;
  }

  /** What is told and counted, unless that was done where it was seen. */
  Optional<FallbackReason> reason() {
    return reason;
  }

  /** Whether the peer has said that what it has outstanding is contiguous there. */
  boolean isAnswered(MptcpTcpSock sf) {
    return this == MP_FAIL || this == CHECKSUM && sf.isAsking();
  }

  /** Whether the peer has said that it falls back, too. */
  boolean isOfPeer(MptcpTcpSock sf) {
    return this == INFINITE_MAPPING || isAnswered(sf);
  }

  /** Whether the first new data carries an infinite mapping. */
  boolean mapsInfinitely() {
    return says != Says.NOTHING;
  }

  /** Whether an MP_FAIL leaves. */
  boolean fails() {
    return says == Says.MP_FAIL;
  }

  /** Whether the MP_FAIL asks the peer for one, and is no answer. */
  boolean asks() {
    return fails() && this != MP_FAIL;
  }
}
