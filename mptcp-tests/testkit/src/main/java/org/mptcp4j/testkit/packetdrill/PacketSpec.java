package org.mptcp4j.testkit.packetdrill;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.wire.IcmpError;
import org.mptcp4j.wire.TcpFlags;

/**
 * A packet as a script writes it: with numbers that count from the initial sequence number of each
 * side.
 *
 * @param place where it stands
 * @param ip what it says about the IP header
 * @param endpoints source and destination; empty for those of the socket under test
 * @param names names that stand for the addresses; empty without
 * @param body what is in the IP packet
 */
record PacketSpec(
    Place place, IpInfo ip, Optional<Endpoints> endpoints, Optional<Names> names, Body body) {

  /** Whether it opens a connection. */
  boolean isSyn() {
    return body instanceof TcpSpec tcp
        && (tcp.flags() & (TcpFlags.SYN | TcpFlags.ACK)) == TcpFlags.SYN;
  }

  /** Whether it has an option of that form. */
  boolean has(Class<? extends OptionSpec> form) {
    return body instanceof TcpSpec tcp
        && tcp.options().stream().flatMap(List::stream).anyMatch(form::isInstance);
  }

  /** Names of addresses in the direction of the packet; what it leaves out is that of before. */
  record Names(Optional<String> src, Optional<String> dst) {}

  /** Addresses and ports in the direction of the packet. */
  record Endpoints(IpAddress src, int srcPort, IpAddress dst, int dstPort) {}

  /**
   * What a script says about the IP header; empty means that it does not matter.
   *
   * @param ecn the lower two bits of the traffic class
   * @param tos the whole traffic class
   * @param ttl TTL or hop limit
   */
  record IpInfo(OptionalInt ecn, OptionalInt tos, OptionalInt ttl) {
    static final IpInfo NONE =
        new IpInfo(OptionalInt.empty(), OptionalInt.empty(), OptionalInt.empty());

    int trafficClass() {
      int dscp = tos.orElse(0);
      return ecn.isPresent() ? dscp & ~3 | ecn.getAsInt() : dscp;
    }
  }

  /** The upper layer. */
  sealed interface Body permits TcpSpec, IcmpSpec {}

  /**
   * A segment.
   *
   * @param flags bits of the header, accurate ECN's AE being 0x100
   * @param seq of the first byte
   * @param length payload in bytes
   * @param ack empty without
   * @param window the field, not scaled; empty when it does not matter
   * @param urgent the urgent pointer
   * @param options empty when they do not matter
   */
  record TcpSpec(
      int flags,
      long seq,
      int length,
      OptionalLong ack,
      OptionalInt window,
      OptionalInt urgent,
      Optional<List<OptionSpec>> options)
      implements Body {}

  /**
   * An error of a router or of the peer about a segment that we sent.
   *
   * @param kind what went wrong
   * @param mtu of the next hop, 0 when it says none
   * @param seq of the segment it is about
   * @param length payload of that segment
   */
  record IcmpSpec(IcmpError.Kind kind, int mtu, long seq, int length) implements Body {}
}
