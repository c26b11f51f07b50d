package org.mptcp4j.mptcp;

import java.util.Optional;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.mib.Counters;
import org.mptcp4j.mib.Mib;
import org.mptcp4j.wire.MpCapable;
import org.mptcp4j.wire.RxSegment;

/** What MP_CAPABLE offers and how it is answered, at either end: RFC 8684 section 3.1. */
public final class Offers {
  private Offers() {}

  /** The MP_CAPABLE of a SYN, which is counted when it offers something; null without one. */
  public static MpCapable in(RxSegment syn, Counters counters) {
    MpCapable offer = syn.options().mptcp(MpCapable.class);
    if (isOffer(offer)) {
      counters.increment(Mib.MP_CAPABLE_SYN_RX);
    }
    return offer;
  }

  /**
   * Whether an option of a SYN offers what this end speaks: a higher version is answered with ours;
   * B set or H missing is none.
   *
   * @param option null when the SYN has none
   */
  public static boolean isOffer(MpCapable option) {
    return option != null
        && option.encodedLength() == MpCapable.LENGTH_SYN
        && option.version() >= MpCapable.VERSION_1
        && option.hmacSha256()
        && !option.extensibility();
  }

  /** Whether an offer is worth trying, which is counted when it is not. */
  static boolean mayGetThrough(long nowNs, IpAddress remote, StackServices services) {
    if (services.blackholes().contains(nowNs, remote)) {
      services.counters().increment(Mib.MP_CAPABLE_SYN_TX_DISABLED);
      return false;
    }
    return true;
  }

  /** Flags of our MP_CAPABLE. */
  public static int flags(ConnectionConfig config) {
    return MpCapable.HMAC_SHA256
        | (config.mptcp().checksumRequired() ? MpCapable.CHECKSUM_REQUIRED : 0)
        | (config.mptcp().joinInitialAddress() ? 0 : MpCapable.DENY_JOIN_INITIAL);
  }

  /** A new key, its token registered; none when there is no free one: no MPTCP then. */
  static Offer reserve(SubflowFactory factory, Registration registration) {
    StackServices services = factory.services();
    return registered(
        SessionKeys.fresh(
            flags(factory.config()),
            services.random(),
            services.crypto(),
            services.tokenAttempts(),
            services::isTokenFree),
        registration);
  }

  /** A key that was told to the peer already; none when its token is taken by now. */
  static Offer reserve(SubflowFactory factory, Registration registration, long key) {
    StackServices services = factory.services();
    return registered(
        Optional.of(SessionKeys.of(key, flags(factory.config()), services.crypto())), registration);
  }

  private static Offer registered(Optional<SessionKeys> keys, Registration registration) {
    return Offer.of(keys.filter(k -> registration.addToken(k.localToken())));
  }
}
