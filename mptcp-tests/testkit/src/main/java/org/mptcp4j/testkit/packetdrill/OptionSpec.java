package org.mptcp4j.testkit.packetdrill;

import io.netty.buffer.ByteBuf;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import org.mptcp4j.wire.TcpFlags;
import org.mptcp4j.wire.TcpOptions;

/** A TCP option as a script writes it. */
interface OptionSpec {

  /** As it is written in scripts. */
  String text();

  /** Its length in the header; negative when it depends on what is not known yet. */
  int length();

  /** Puts it into the header of a segment of the peer. */
  void encode(ByteBuf out, Flow flow, PacketSpec.TcpSpec segment);

  /**
   * An option that is the same in every connection.
   *
   * @param text as it is written in scripts
   * @param bytes as it is on the wire
   */
  record Plain(String text, byte[] bytes) implements OptionSpec {
    @Override
    public int length() {
      return bytes.length;
    }

    @Override
    public void encode(ByteBuf out, Flow flow, PacketSpec.TcpSpec segment) {
      out.writeBytes(bytes);
    }
  }

  /**
   * RFC 7413 section 4.1.1.
   *
   * @param digits those of the cookie, or {@link CookieNames#VALID}; none to ask for one
   */
  record FastOpen(String digits) implements OptionSpec {
    @Override
    public String text() {
      return digits.isEmpty() ? "FO" : "FO " + digits;
    }

    @Override
    public int length() {
      return 2 + (isName() ? CookieNames.BYTES : digits.length() / 2);
    }

    @Override
    public void encode(ByteBuf out, Flow flow, PacketSpec.TcpSpec segment) {
      CookieNames cookies = flow.names().cookies();
      boolean answer = (segment.flags() & TcpFlags.ACK) != 0;
      if (answer && !digits.isEmpty()) {
        cookies.takenFromPeer(mss(segment));
      }
      boolean peers = answer && !isName();
      byte[] cookie = peers ? HexFormat.of().parseHex(digits) : cookies.live(digits);
      out.writeByte(TcpOptions.FAST_OPEN).writeByte(2 + cookie.length).writeBytes(cookie);
    }

    /** Whether it stands for a cookie that the stack takes from the peer. */
    boolean isName() {
      return digits.equals(CookieNames.VALID);
    }

    private static int mss(PacketSpec.TcpSpec segment) {
      return segment.options().orElseThrow().stream()
          .map(OptionSpec::text)
          .filter(text -> text.startsWith("mss "))
          .mapToInt(text -> Integer.parseInt(text.substring(4)))
          .findFirst()
          .orElse(0);
    }
  }

  /**
   * RFC 7323 section 3.
   *
   * @param val the sender's clock, on the scale of the script
   * @param ecr the value that is echoed
   */
  record Timestamps(long val, long ecr) implements OptionSpec {
    @Override
    public String text() {
      return "TS val " + val + " ecr " + ecr;
    }

    @Override
    public int length() {
      return 10;
    }

    @Override
    public void encode(ByteBuf out, Flow flow, PacketSpec.TcpSpec segment) {
      out.writeByte(TcpOptions.TIMESTAMPS).writeByte(10).writeInt((int) val);
      out.writeInt(flow.clock().live(ecr));
      flow.clock().received(val);
    }
  }

  /**
   * RFC 2018 section 3.
   *
   * @param blocks each from its left edge to before its right edge
   */
  record Sack(List<Block> blocks) implements OptionSpec {

    /** Sequence numbers that have come. */
    record Block(long left, long right) {}

    public Sack {
      blocks = List.copyOf(blocks);
    }

    @Override
    public String text() {
      return blocks.stream()
          .map(b -> b.left() + ":" + b.right())
          .collect(Collectors.joining(" ", "sack ", ""));
    }

    @Override
    public int length() {
      return 2 + 8 * blocks.size();
    }

    @Override
    public void encode(ByteBuf out, Flow flow, PacketSpec.TcpSpec segment) {
      out.writeByte(TcpOptions.SACK).writeByte(length());
      for (Block b : blocks) {
        out.writeInt(flow.localSeq(b.left())).writeInt(flow.localSeq(b.right()));
      }
    }
  }
}
