package org.mptcp4j.info;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.mptcp4j.mib.Mib;

/**
 * Why a connection on which Multipath TCP was offered is plain TCP: RFC 8684 section 3.7. Each
 * reason is counted under the name that Linux has for it.
 */
public enum FallbackReason {
  /** It did not fall back: it speaks Multipath TCP, or one end never asked for that. */
  NONE(null),
  /** No token was free: ours would have been another connection's. */
  NO_TOKEN(Mib.MP_FALLBACK_TOKEN_INIT),
  /** The SYN/ACK had no MP_CAPABLE, or one that cannot be agreed to. */
  PEER_DECLINED(Mib.MP_CAPABLE_FALLBACK_SYNACK),
  /** SYNs with MP_CAPABLE had no answer, one without it had. */
  SYN_DROPPED(Mib.MP_CAPABLE_SYN_TX_DROP),
  /** Both ends sent a SYN to each other: RFC 8684 section 3.1 has no rules for that. */
  SIMULTANEOUS_OPEN(Mib.SIMULT_CONNECT_FALLBACK),
  /** The third packet of the handshake did not show the keys. */
  NO_KEYS_IN_ACK(Mib.MP_CAPABLE_FALLBACK_ACK),
  /** The server's first packets had no option of MPTCP. */
  NO_OPTION_ON_DATA(Mib.MP_CAPABLE_DATA_FALLBACK),
  /** Data came without a mapping, or its acknowledgement without a DATA_ACK. */
  NO_MAPPING(Mib.DSS_FALLBACK),
  /** The peer sent an infinite mapping. */
  INFINITE_MAPPING(Mib.INFINITE_MAP_RX),
  /** The peer saw a wrong checksum and said so by MP_FAIL. */
  MP_FAIL(Mib.MP_FAIL_RX),
  /** A checksum was wrong; {@code DataCsumErr} counts that. */
  WRONG_CHECKSUM(null);

  private final @Nullable Mib counter;

  FallbackReason(@Nullable Mib counter) {
    this.counter = counter;
  }

  /** What counts it; none for {@link #NONE} and {@link #WRONG_CHECKSUM}. */
  public Optional<Mib> counter() {
    return Optional.ofNullable(counter);
  }
}
