package org.mptcp4j.testkit.packetdrill;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.mptcp4j.wire.TcpFlags;
import org.mptcp4j.wire.TcpOptions;

/**
 * Asks the stack for a cookie of fast open before the script sends one that it calls {@link
 * CookieNames#VALID}: by a SYN from another port of the peer, whose answer is reset. The script
 * sees nothing of that.
 */
final class CookieRequest {
  /** Below those of the connections of scripts. */
  private static final int PORT = 40_000;

  private static final OptionSpec NOP =
      new OptionSpec.Plain("nop", new byte[] {(byte) TcpOptions.NOP});

  private final StackHost host;
  private final PacketBuilder packets;

  CookieRequest(StackHost host, PacketBuilder packets) {
    this.host = host;
    this.packets = packets;
  }

  /** Makes the name known if the packet, of that connection, has it and it is not known yet. */
  void before(PacketSpec packet, Flow flow) {
    CookieNames cookies = flow.names().cookies();
    if (packet.body() instanceof PacketSpec.TcpSpec tcp
        && tcp.options().stream().flatMap(List::stream).anyMatch(CookieRequest::isName)
        && !cookies.isKnown(CookieNames.VALID)) {
      cookies.learn(CookieNames.VALID, ask(packet.place(), flow));
    }
  }

  private static boolean isName(OptionSpec option) {
    return option instanceof OptionSpec.FastOpen cookie && cookie.isName();
  }

  private byte[] ask(Place place, Flow flow) {
    TimestampMap clock = new TimestampMap(0, 0);
    Flow other = new Flow(flow.local(), flow.localPort(), flow.remote(), PORT, clock, flow.names());
    send(place, other, TcpFlags.SYN, 0, List.of(new OptionSpec.FastOpen(""), NOP, NOP));
    byte[] cookie =
        other.isOf(host.sent().getLast())
            ? OptionTexts.cookie(host.sent().removeLast().options())
            : new byte[0];
    send(place, other, TcpFlags.RST, 1, List.of());
    if (cookie.length != CookieNames.BYTES) {
      throw ScriptException.malformed(
          place, CookieNames.VALID + ": the stack gives no cookie, for there is no TCP_FASTOPEN");
    }
    return cookie;
  }

  private void send(Place place, Flow flow, int flags, long seq, List<OptionSpec> options) {
    PacketSpec.TcpSpec segment =
        new PacketSpec.TcpSpec(
            flags,
            seq,
            0,
            OptionalLong.empty(),
            OptionalInt.empty(),
            OptionalInt.empty(),
            Optional.of(options));
    PacketSpec packet =
        new PacketSpec(place, PacketSpec.IpInfo.NONE, Optional.empty(), Optional.empty(), segment);
    host.receive(packets.build(packet, flow), 0);
  }
}
