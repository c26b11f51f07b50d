package org.mptcp4j.wire;

import io.netty.buffer.ByteBufUtil;
import java.util.Locale;
import java.util.StringJoiner;
import org.mptcp4j.link.packet.IpAddress;

/**
 * Packets in words, one line each, for traces and tools. Allocates freely: not for the data path.
 */
public final class PacketText {
  private static final String[] RESET_REASONS = {
    "unspecified error",
    "MPTCP-specific error",
    "lack of resources",
    "administratively prohibited",
    "too much outstanding data",
    "unacceptable performance",
    "middlebox interference"
  };

  private PacketText() {}

  /** The whole packet; absolute sequence numbers. */
  public static String line(RxSegment segment, ParseVerdict verdict) {
    if (verdict == ParseVerdict.NOT_TCP) {
      return IcmpError.decode(segment)
          .map(PacketText::icmp)
          .orElseGet(
              () -> segment.src() + " > " + segment.dst() + " protocol " + segment.protocol());
    }
    if (verdict != ParseVerdict.OK) {
      return verdict.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
    long seq = Integer.toUnsignedLong(segment.seq());
    long ack = Integer.toUnsignedLong(segment.ack());
    return line(segment, seq, ack, options(segment.options()));
  }

  /**
   * A TCP segment with the numbers that a caller chose, such as relative ones.
   *
   * @param seq printed as sequence number
   * @param ack printed as acknowledgment number when the flag is set
   * @param options what to say about the options, without brackets; empty when there is nothing
   */
  public static String line(RxSegment segment, long seq, long ack, String options) {
    StringBuilder out = new StringBuilder(endpoints(segment));
    out.append(' ').append(TcpFlags.toString(segment.flags())).append(" seq ").append(seq);
    if (segment.hasAck()) {
      out.append(" ack ").append(ack);
    }
    out.append(" win ").append(segment.window()).append(" len ").append(segment.payloadLength());
    return options.isEmpty()
        ? out.toString()
        : out.append(" [").append(options).append(']').toString();
  }

  /** Source and destination. */
  public static String endpoints(RxSegment segment) {
    return endpoint(segment.src(), segment.srcPort())
        + " > "
        + endpoint(segment.dst(), segment.dstPort());
  }

  /** An address and port; IPv6 addresses in brackets. */
  public static String endpoint(IpAddress address, int port) {
    return address.isV4() ? address + ":" + port : "[" + address + "]:" + port;
  }

  private static String icmp(IcmpError error) {
    String text =
        String.format(
            "%s > %s ICMP %s about %s > %s seq %s",
            error.reporter(),
            error.src(),
            error.kind().name().toLowerCase(Locale.ROOT).replace('_', ' '),
            endpoint(error.src(), error.srcPort()),
            endpoint(error.dst(), error.dstPort()),
            Integer.toUnsignedString(error.seq()));
    return error.kind() == IcmpError.Kind.PACKET_TOO_BIG ? text + " mtu " + error.mtu() : text;
  }

  /** All options, separated by commas; empty when there are none. */
  public static String options(TcpOptions options) {
    StringJoiner out = new StringJoiner(", ");
    addStandard(options, out);
    if (options.dss().present()) {
      out.add(option(options.dss().toOption()));
    }
    for (int i = 0; i < options.mptcpOptions(); i++) {
      out.add(option(options.mptcp(i)));
    }
    addFaults(options, out);
    return out.toString();
  }

  /** Options other than MPTCP's, each added on its own. */
  public static void addStandard(TcpOptions options, StringJoiner out) {
    if (options.mss() >= 0) {
      out.add("mss " + options.mss());
    }
    if (options.sackPermitted()) {
      out.add("sackOK");
    }
    if (options.hasTimestamps()) {
      String val = Integer.toUnsignedString(options.tsVal());
      out.add("ts " + val + "/" + Integer.toUnsignedString(options.tsEcr()));
    }
    if (options.windowScale() >= 0) {
      out.add("ws " + options.windowScale());
    }
    for (int i = 0; i < options.sackBlocks(); i++) {
      String left = Integer.toUnsignedString(options.sackLeft(i));
      out.add("sack " + left + "-" + Integer.toUnsignedString(options.sackRight(i)));
    }
    if (options.fastOpenCookie() != null) {
      byte[] cookie = options.fastOpenCookie();
      out.add(cookie.length == 0 ? "tfo request" : "tfo " + ByteBufUtil.hexDump(cookie));
    }
    if (options.userTimeout() >= 0) {
      boolean minutes = (options.userTimeout() & 0x8000) != 0;
      out.add("user timeout " + (options.userTimeout() & 0x7fff) + (minutes ? " min" : " s"));
    }
    if (options.hasMd5()) {
      out.add("md5");
    }
    if (options.hasAuthentication()) {
      out.add("tcp-ao");
    }
  }

  /** What was wrong with the options. */
  public static void addFaults(TcpOptions options, StringJoiner out) {
    if (options.malformedMptcp() > 0) {
      out.add(options.malformedMptcp() + " malformed MPTCP");
    }
    if (options.malformed()) {
      out.add("options cut off");
    }
  }

  /** One MPTCP option. */
  public static String option(MptcpOption option) {
    // Pattern switches need Java 21.
    if (option instanceof DssOption o) {
      return dss(o);
    }
    if (option instanceof MpCapable o) {
      return capable(o);
    }
    if (option instanceof AddAddr o) {
      String to = o.hasPort() ? endpoint(o.address(), o.port()) : o.address().toString();
      String name = o.echo() ? "ADD_ADDR echo" : "ADD_ADDR";
      return name + " id " + o.addressId() + " " + to + (o.echo() ? "" : " hmac " + hex(o.hmac()));
    }
    if (option instanceof RemoveAddr o) {
      return "REMOVE_ADDR id " + o.addressIds().toString().replaceAll("[\\[\\],]", "");
    }
    if (option instanceof MpPrio o) {
      String priority = o.backup() ? "MP_PRIO backup" : "MP_PRIO normal";
      return o.hasAddressId() ? priority + " id " + o.addressId() : priority;
    }
    if (option instanceof MpFail o) {
      return "MP_FAIL dsn " + Long.toUnsignedString(o.dsn());
    }
    if (option instanceof MpFastclose o) {
      return "MP_FASTCLOSE key " + hex(o.receiverKey());
    }
    if (option instanceof MpTcpRst o) {
      String reason = o.reason() < RESET_REASONS.length ? RESET_REASONS[o.reason()] : "reason";
      return "MP_TCPRST " + reason + " (" + o.reason() + (o.isTransient() ? ", transient)" : ")");
    }
    if (option instanceof UnknownMptcp o) {
      return "MPTCP subtype " + o.subtype() + " " + ByteBufUtil.hexDump(o.body());
    }
    return join(option);
  }

  private static String join(MptcpOption option) {
    if (option instanceof MpJoinSyn o) {
      String nonce = " token " + hex(o.token()) + " nonce " + hex(o.nonce());
      return "MP_JOIN SYN id " + o.addressId() + nonce + (o.backup() ? " backup" : "");
    }
    if (option instanceof MpJoinSynAck o) {
      String hmac = " hmac " + hex(o.truncatedHmac()) + " nonce " + hex(o.nonce());
      return "MP_JOIN SYN/ACK id " + o.addressId() + hmac + (o.backup() ? " backup" : "");
    }
    return "MP_JOIN ACK hmac " + ByteBufUtil.hexDump(((MpJoinAck) option).hmac());
  }

  private static String capable(MpCapable o) {
    StringBuilder out = new StringBuilder("MP_CAPABLE v").append(o.version()).append(" flags ");
    for (int bit = 0; bit < 8; bit++) {
      if ((o.flags() & 0x80 >> bit) != 0) {
        out.append((char) ('A' + bit));
      }
    }
    if (o.hasSenderKey()) {
      out.append(" key ").append(hex(o.senderKey()));
    }
    if (o.hasReceiverKey()) {
      out.append(" peer key ").append(hex(o.receiverKey()));
    }
    if (o.hasDataLength()) {
      out.append(" map len ").append(o.dataLength());
    }
    if (o.hasChecksum()) {
      out.append(String.format(" csum %04x", o.checksum()));
    }
    return out.toString();
  }

  private static String dss(DssOption o) {
    StringBuilder out = new StringBuilder("DSS");
    if (o.hasAck()) {
      out.append(" ack ").append(Long.toUnsignedString(o.dataAck()));
      out.append((o.flags() & Dss.ACK64) != 0 ? "" : " (32 bit)");
    }
    if (o.hasMapping()) {
      out.append(" dsn ").append(Long.toUnsignedString(o.dsn()));
      out.append((o.flags() & Dss.DSN64) != 0 ? "" : " (32 bit)");
      out.append(" ssn ").append(Integer.toUnsignedString(o.ssn())).append(" len ");
      out.append(o.length() == 0 ? "infinite" : Integer.toString(o.length()));
    }
    if (o.hasChecksum()) {
      out.append(String.format(" csum %04x", o.checksum()));
    }
    return out.append(o.dataFin() ? " DATA_FIN" : "").toString();
  }

  private static String hex(long value) {
    return String.format("%016x", value);
  }

  private static String hex(int value) {
    return String.format("%08x", value);
  }
}
