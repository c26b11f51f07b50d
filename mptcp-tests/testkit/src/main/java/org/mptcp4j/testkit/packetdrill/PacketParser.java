package org.mptcp4j.testkit.packetdrill;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.wire.IcmpError;
import org.mptcp4j.wire.TcpFlags;

/** Parses packets: what follows {@code <} or {@code >} at the beginning of an event. */
final class PacketParser {
  private static final Set<String> IP_WORDS =
      Set.of("ect0", "ect1", "ce", "ecn", "noecn", "tos", "ttl", "hlim", "flowlabel");

  private static final Map<String, IcmpError.Kind> UNREACHABLE =
      Map.of(
          "net_unreachable", IcmpError.Kind.NETWORK_UNREACHABLE,
          "host_unreachable", IcmpError.Kind.HOST_UNREACHABLE,
          "protocol_unreachable", IcmpError.Kind.PROTOCOL_UNREACHABLE,
          "port_unreachable", IcmpError.Kind.PORT_UNREACHABLE,
          "frag_needed", IcmpError.Kind.PACKET_TOO_BIG,
          "net_prohibited", IcmpError.Kind.PROHIBITED,
          "host_prohibited", IcmpError.Kind.PROHIBITED,
          "packet_filtered", IcmpError.Kind.PROHIBITED,
          "admin_prohibited", IcmpError.Kind.PROHIBITED,
          "addr_unreachable", IcmpError.Kind.HOST_UNREACHABLE);

  private static final Map<Character, Integer> FLAGS =
      Map.of(
          'F', TcpFlags.FIN,
          'S', TcpFlags.SYN,
          'R', TcpFlags.RST,
          'P', TcpFlags.PSH,
          '.', TcpFlags.ACK,
          'U', TcpFlags.URG,
          'E', TcpFlags.ECE,
          'W', TcpFlags.CWR,
          'C', TcpFlags.CWR,
          'A', Segment.AE);

  private final TokenStream in;

  PacketParser(TokenStream in) {
    this.in = in;
  }

  ScriptEvent.Action parse() {
    Token direction = in.take();
    boolean inbound = direction.is("<");
    PacketSpec.IpInfo ip = ipInfo();
    refuseOtherProtocols();
    Optional<PacketSpec.Names> names = names();
    Optional<PacketSpec.Endpoints> endpoints = endpoints();
    Place place = in.peek().place();
    boolean icmp = in.atWord("icmp") || in.atWord("icmpv6");
    if (icmp && !inbound) {
      throw ScriptException.refused(place, "ICMP that the stack sends");
    }
    PacketSpec.Body body = icmp ? icmp() : tcp(inbound);
    PacketSpec packet = new PacketSpec(place, ip, endpoints, names, body);
    return inbound ? new ScriptEvent.InboundPacket(packet) : new ScriptEvent.OutboundPacket(packet);
  }

  private void refuseOtherProtocols() {
    Token next = in.peek();
    if (next.kind() != Token.Kind.WORD) {
      return;
    }
    switch (next.text()) {
      case "udp" -> throw ScriptException.refused(next.place(), "UDP");
      case "gre", "mpls", "ipv4", "ipv6", "ip" ->
          throw ScriptException.refused(next.place(), "packets in a tunnel: " + next.text());
      default -> {
        // Flags of a segment, or ICMP.
      }
    }
  }

  // ---- the IP header

  private PacketSpec.IpInfo ipInfo() {
    boolean opens = in.at("[") || in.at("(");
    if (!opens || !IP_WORDS.contains(in.peek(1).text())) {
      return PacketSpec.IpInfo.NONE;
    }
    String close = in.take().is("[") ? "]" : ")";
    OptionalInt ecn = OptionalInt.empty();
    OptionalInt tos = OptionalInt.empty();
    OptionalInt ttl = OptionalInt.empty();
    do {
      in.acceptWord("ecn");
      Token word = in.expect(Token.Kind.WORD);
      switch (word.text()) {
        case "ect0" -> ecn = OptionalInt.of(2);
        case "ect1" -> ecn = OptionalInt.of(1);
        case "ce" -> ecn = OptionalInt.of(3);
        case "noecn" -> ecn = OptionalInt.of(0);
        case "tos" -> tos = OptionalInt.of(in.number("tos", 0, 255));
        case "ttl", "hlim" -> ttl = OptionalInt.of(in.number("ttl", 0, 255));
        default -> throw ScriptException.refused(word.place(), "IP header field " + word.text());
      }
    } while (in.accept(","));
    in.expect(close);
    return new PacketSpec.IpInfo(ecn, tos, ttl);
  }

  /** {@code addr[caddr0] > addr[saddr0]}, of which each end may be left out. */
  private Optional<PacketSpec.Names> names() {
    Optional<String> src = name();
    boolean more = in.at(">") && in.peek(1).isWord("addr");
    if (src.isEmpty() && !more) {
      return Optional.empty();
    }
    in.expect(">");
    return Optional.of(new PacketSpec.Names(src, name()));
  }

  private Optional<String> name() {
    if (!in.acceptWord("addr")) {
      return Optional.empty();
    }
    in.expect("[");
    String name = in.expect(Token.Kind.WORD).text();
    in.expect("]");
    return Optional.of(name);
  }

  private Optional<PacketSpec.Endpoints> endpoints() {
    if (!in.at(Token.Kind.ADDRESS)) {
      return Optional.empty();
    }
    IpAddress src = IpAddress.parse(in.take().text());
    in.expect(":");
    int srcPort = in.number("port", 1, 65_535);
    in.expect(">");
    IpAddress dst = IpAddress.parse(in.expect(Token.Kind.ADDRESS).text());
    in.expect(":");
    return Optional.of(new PacketSpec.Endpoints(src, srcPort, dst, in.number("port", 1, 65_535)));
  }

  // ---- TCP

  private PacketSpec.TcpSpec tcp(boolean inbound) {
    Place begin = in.peek().place();
    int flags = flags();
    Token first = in.peek();
    long seq = in.number();
    in.expect(":");
    long end = in.number();
    in.expect("(");
    int length = in.number("the length", 0, 65_535);
    in.expect(")");
    if ((int) (end - seq) != length) {
      throw ScriptException.malformed(
          first.place(), seq + ":" + end + " are " + (end - seq) + " bytes, not " + length);
    }
    OptionalLong ack = in.acceptWord("ack") ? OptionalLong.of(in.number()) : OptionalLong.empty();
    OptionalInt window = numberAfter("win");
    OptionalInt urgent = numberAfter("urg");
    Optional<List<OptionSpec>> options =
        in.at("<") ? new OptionParser(in).parse() : Optional.of(List.of());
    check(begin, inbound, flags, ack, window, options);
    return new PacketSpec.TcpSpec(flags, seq, length, ack, window, urgent, options);
  }

  private OptionalInt numberAfter(String word) {
    return in.acceptWord(word) ? OptionalInt.of(in.number(word, 0, 65_535)) : OptionalInt.empty();
  }

  private static void check(
      Place place,
      boolean inbound,
      int flags,
      OptionalLong ack,
      OptionalInt window,
      Optional<List<OptionSpec>> options) {
    if ((flags & TcpFlags.ACK) != 0 && ack.isEmpty() && !inbound) {
      throw ScriptException.malformed(place, "flag '.' without ack");
    }
    if (inbound && window.isEmpty()) {
      throw ScriptException.malformed(place, "an inbound segment needs a window: win");
    }
    if (inbound && options.isEmpty()) {
      throw ScriptException.malformed(place, "<...> is for outbound segments only");
    }
  }

  private int flags() {
    if (in.accept("-")) {
      return 0;
    }
    int flags = 0;
    boolean any = false;
    while (in.at(".") || in.at(Token.Kind.WORD) || AceDigit.isAt(in)) {
      Token token = in.take();
      any = true;
      for (char letter : token.text().toCharArray()) {
        flags |= flag(token, letter);
      }
    }
    if (!any) {
      throw in.unexpected("flags of a segment");
    }
    return flags;
  }

  private static int flag(Token token, char letter) {
    Integer bit = FLAGS.get(letter);
    return bit != null
        ? bit
        : AceDigit.bits(letter)
            .orElseThrow(
                () ->
                    ScriptException.malformed(
                        token.place(),
                        token.shown() + " is neither a packet nor flags of a segment"));
  }

  // ---- ICMP

  private PacketSpec.IcmpSpec icmp() {
    in.take();
    Token type = in.expect(Token.Kind.WORD);
    IcmpError.Kind kind =
        switch (type.text()) {
          case "unreachable" -> unreachable();
          case "packet_too_big" -> IcmpError.Kind.PACKET_TOO_BIG;
          case "time_exceeded" -> IcmpError.Kind.TIME_EXCEEDED;
          case "parameter_problem" -> IcmpError.Kind.PARAMETER_PROBLEM;
          default -> throw ScriptException.refused(type.place(), "ICMP " + type.text());
        };
    int mtu = in.acceptWord("mtu") ? in.number("mtu", 0, 65_535) : 0;
    in.expect("[");
    long seq = in.number();
    in.expect(":");
    in.number();
    in.expect("(");
    int length = in.number("the length", 0, 65_535);
    in.expect(")");
    in.expect("]");
    return new PacketSpec.IcmpSpec(kind, mtu, seq, length);
  }

  private IcmpError.Kind unreachable() {
    Token code = in.expect(Token.Kind.WORD);
    IcmpError.Kind kind = UNREACHABLE.get(code.text());
    if (kind == null) {
      throw ScriptException.refused(code.place(), "ICMP unreachable " + code.text());
    }
    return kind;
  }
}
