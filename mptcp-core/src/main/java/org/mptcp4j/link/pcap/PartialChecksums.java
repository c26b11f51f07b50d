package org.mptcp4j.link.pcap;

import io.netty.buffer.ByteBuf;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.wire.InternetChecksum;
import org.mptcp4j.wire.RxSegment;

/**
 * Recognises captured TCP segments whose checksum nobody has computed. A kernel leaves that to the
 * network card, and a pair of virtual interfaces has none; a kernel also forgets the checksums of
 * segments that it merged on reception. In both cases the field holds the sum of the pseudo header
 * alone.
 */
final class PartialChecksums {
  private static final int ANY_FRAGMENT = 0x3fff;
  private static final int MIN_TCP_HEADER = 20;

  private PartialChecksums() {}

  /**
   * Whether this is such a segment. Looks at the headers only, except at one intact segment of
   * 65,536.
   *
   * @param datagram a whole IP packet
   */
  static boolean isPartial(ByteBuf datagram) {
    int ip = datagram.readerIndex();
    boolean v4 = datagram.getUnsignedByte(ip) >> 4 == 4;
    int header = v4 ? (datagram.getByte(ip) & 15) * 4 : 40;
    int length = datagram.readableBytes() - header;
    if (length < MIN_TCP_HEADER || datagram.getByte(ip + (v4 ? 9 : 6)) != RxSegment.PROTOCOL_TCP) {
      return false;
    }
    if (v4 && (datagram.getUnsignedShort(ip + 6) & ANY_FRAGMENT) != 0) {
      return false;
    }
    int pseudo = InternetChecksum.tcpPseudoHeader(datagram, v4, length);
    return datagram.getUnsignedShort(ip + header + 16) == pseudo
        && !InternetChecksum.isValid(
            InternetChecksum.add(pseudo, InternetChecksum.sum(datagram, ip + header, length)));
  }

  /**
   * What happened, why, and what to do about it.
   *
   * @param link the interface that captured the segment
   * @param mtu its MTU
   * @param datagram the segment
   */
  static String warning(String link, int mtu, ByteBuf datagram) {
    int ip = datagram.readerIndex();
    boolean v4 = datagram.getUnsignedByte(ip) >> 4 == 4;
    IpAddress from =
        v4
            ? IpAddress.ofV4(datagram.getInt(ip + 12))
            : IpAddress.of(datagram.getLong(ip + 8), datagram.getLong(ip + 16));
    int length = datagram.readableBytes();
    String cause =
        "its sender is a kernel of this machine, which leaves checksums to the network card, and"
            + " there is none in between. Switch that off on the interface that "
            + from
            + " sends from: \"ethtool -K PEER tx off tso off gso off\"";
    if (length > mtu) {
      cause =
          "it is longer than the MTU of "
              + mtu
              + ", so either "
              + link
              + " merges what it receives, which \"ethtool -K "
              + link
              + " gro off lro off\" ends, or "
              + cause;
    }
    return link
        + ": the TCP checksum of a packet of "
        + length
        + " bytes from "
        + from
        + " was never computed. It is dropped as damaged, and so is every other of the kind,"
        + " which may be all of this peer. Likely cause: "
        + cause;
  }
}
