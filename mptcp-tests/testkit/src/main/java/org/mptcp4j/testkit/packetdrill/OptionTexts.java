package org.mptcp4j.testkit.packetdrill;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.mptcp4j.wire.MptcpOption;
import org.mptcp4j.wire.TcpOptionCursor;
import org.mptcp4j.wire.TcpOptions;

/** The options of a segment on the wire, as a script would write them. */
final class OptionTexts {
  private OptionTexts() {}

  /**
   * An option.
   *
   * @param text as a script would write it
   * @param mptcp its value when it is one of MPTCP
   */
  record Actual(String text, Optional<MptcpOption> mptcp) {}

  /** One for each option, in order. */
  static List<Actual> of(byte[] bytes, Flow flow) {
    ByteBuf buf = Unpooled.wrappedBuffer(bytes);
    List<Actual> texts = new ArrayList<>();
    TcpOptionCursor cursor = new TcpOptionCursor();
    cursor.reset(buf, 0, bytes.length);
    while (cursor.next()) {
      texts.add(actual(buf, cursor.index(), cursor.kind(), cursor.length(), flow));
    }
    if (cursor.malformed()) {
      texts.add(new Actual("cut off", Optional.empty()));
    }
    return texts;
  }

  private static Actual actual(ByteBuf buf, int i, int kind, int length, Flow flow) {
    Optional<MptcpOption> mptcp =
        kind == MptcpOption.KIND ? MptcpOption.decode(buf, i, length) : Optional.empty();
    String text =
        mptcp
            .map(o -> new MptcpOptionText(flow).of(o))
            .orElseGet(() -> text(buf, i, kind, length, flow));
    return new Actual(text, mptcp);
  }

  private static String text(ByteBuf buf, int i, int kind, int length, Flow flow) {
    return switch (kind) {
      case TcpOptions.EOL -> "eol";
      case TcpOptions.NOP -> "nop";
      case TcpOptions.MSS -> "mss " + buf.getUnsignedShort(i + 2);
      case TcpOptions.WINDOW_SCALE -> "wscale " + buf.getUnsignedByte(i + 2);
      case TcpOptions.SACK_PERMITTED -> "sackOK";
      case TcpOptions.TIMESTAMPS ->
          "TS val "
              + flow.clock().scripted(buf.getInt(i + 2))
              + " ecr "
              + Integer.toUnsignedString(buf.getInt(i + 6));
      case TcpOptions.SACK -> sack(buf, i, length, flow);
      case TcpOptions.USER_TIMEOUT -> "uto " + buf.getUnsignedShort(i + 2);
      case TcpOptions.FAST_OPEN -> length == 2 ? "FO" : "FO " + hex(buf, i + 2, length - 2);
      case TcpOptions.ACCURATE_ECN_0 -> accurateEcn(buf, i, length, "e0b", "e1b");
      case TcpOptions.ACCURATE_ECN_1 -> accurateEcn(buf, i, length, "e1b", "e0b");
      default -> "kind " + kind + " " + hex(buf, i + 2, length - 2);
    };
  }

  private static String accurateEcn(ByteBuf buf, int i, int length, String first, String last) {
    String[] names = {first, "ceb", last};
    StringBuilder out = new StringBuilder("ECN");
    for (int n = 0; n < names.length && 5 + 3 * n <= length; n++) {
      out.append(' ').append(names[n]).append(' ').append(buf.getUnsignedMedium(i + 2 + 3 * n));
    }
    return out.toString();
  }

  private static String sack(ByteBuf buf, int i, int length, Flow flow) {
    StringBuilder out = new StringBuilder("sack");
    for (int at = i + 2; at + 8 <= i + length; at += 8) {
      out.append(' ').append(flow.scriptedRemote(buf.getInt(at)));
      out.append(':').append(flow.scriptedRemote(buf.getInt(at + 4)));
    }
    return out.toString();
  }

  private static String hex(ByteBuf buf, int index, int length) {
    byte[] bytes = new byte[length];
    buf.getBytes(index, bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /** The cookie in the options; empty without one. */
  static byte[] cookie(byte[] options) {
    byte[] cookie = parsed(options).fastOpenCookie();
    return cookie == null ? new byte[0] : cookie;
  }

  /** Our timestamp in the options; 0 without one. */
  static int tsVal(byte[] options) {
    TcpOptions parsed = parsed(options);
    return parsed.hasTimestamps() ? parsed.tsVal() : 0;
  }

  /** The timestamp of the peer that the options echo; 0 without one. */
  static int tsEcr(byte[] options) {
    TcpOptions parsed = parsed(options);
    return parsed.hasTimestamps() ? parsed.tsEcr() : 0;
  }

  private static TcpOptions parsed(byte[] options) {
    TcpOptions parsed = new TcpOptions();
    parsed.parse(Unpooled.wrappedBuffer(options), 0, options.length);
    return parsed;
  }
}
