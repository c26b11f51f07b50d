package org.mptcp4j.testkit.packetdrill;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.mptcp4j.wire.TcpOptions;

/** Parses TCP options: what stands between angle brackets behind a segment. */
final class OptionParser {
  private static final int MOST_BYTES = 40;
  private static final long UINT32 = 0xffff_ffffL;

  /** Options of the language that there are not, with what they are. */
  private static final Map<String, String> REFUSED =
      Map.of(
          "exp", "experimental options",
          "generic", "options of any kind",
          "AO", "TCP authentication option (RFC 5925)");

  private final TokenStream in;
  private final MptcpOptionParser mptcp;

  OptionParser(TokenStream in) {
    this.in = in;
    mptcp = new MptcpOptionParser(in);
  }

  /** Empty for {@code <...>}. */
  Optional<List<OptionSpec>> parse() {
    Place begin = in.expect("<").place();
    if (in.accept("...")) {
      in.expect(">");
      return Optional.empty();
    }
    List<OptionSpec> options = new ArrayList<>();
    do {
      options.add(option());
    } while (in.accept(","));
    in.expect(">");
    if (options.stream().anyMatch(o -> o.length() < 0)) {
      return Optional.of(List.copyOf(options)); // checked when it is built
    }
    int bytes = options.stream().mapToInt(OptionSpec::length).sum();
    checkLength(begin, bytes);
    return Optional.of(List.copyOf(options));
  }

  /** Fails when so many bytes of options cannot be in a header. */
  static void checkLength(Place begin, int bytes) {
    if (bytes % 4 != 0) {
      throw ScriptException.malformed(
          begin, "the options have " + bytes + " bytes, which is no multiple of 4: add nop or eol");
    }
    if (bytes > MOST_BYTES) {
      throw ScriptException.malformed(
          begin, "the options have " + bytes + " bytes, more than " + MOST_BYTES);
    }
  }

  private OptionSpec option() {
    Token name = in.expect(Token.Kind.WORD);
    return switch (name.text()) {
      case "nop" -> plain("nop", TcpOptions.NOP);
      case "eol" -> plain("eol", TcpOptions.EOL);
      case "sackOK" -> plain("sackOK", TcpOptions.SACK_PERMITTED, 2);
      case "mss" -> {
        int mss = in.number("mss", 0, 65_535);
        yield plain("mss " + mss, TcpOptions.MSS, 4, mss >> 8, mss);
      }
      case "wscale" -> {
        int shift = in.number("wscale", 0, 255);
        yield plain("wscale " + shift, TcpOptions.WINDOW_SCALE, 3, shift);
      }
      case "TS" -> timestamps();
      case "sack" -> sack();
      case "FO" -> fastOpen();
      case "md5" -> md5(name);
      case "ECN" -> accurateEcn();
      case "uto" -> {
        int bits = in.number("uto", 0, 65_535);
        yield plain("uto " + bits, TcpOptions.USER_TIMEOUT, 4, bits >> 8, bits);
      }
      default -> other(name);
    };
  }

  private OptionSpec other(Token name) {
    String refused = name.text().startsWith("FOEXP") ? "FOEXP" : REFUSED.get(name.text());
    if (refused != null) {
      throw ScriptException.refused(name.place(), "option " + name.text() + ": " + refused);
    }
    return mptcp
        .parse(name)
        .orElseThrow(
            () -> ScriptException.malformed(name.place(), name.shown() + " is no TCP option"));
  }

  private static OptionSpec plain(String text, int... bytes) {
    byte[] b = new byte[bytes.length];
    for (int i = 0; i < b.length; i++) {
      b[i] = (byte) bytes[i];
    }
    return new OptionSpec.Plain(text, b);
  }

  private OptionSpec timestamps() {
    expectWord("val");
    long val = in.number() & UINT32;
    expectWord("ecr");
    return new OptionSpec.Timestamps(val, in.number() & UINT32);
  }

  private void expectWord(String word) {
    if (!in.acceptWord(word)) {
      throw in.unexpected("'" + word + "'");
    }
  }

  private OptionSpec sack() {
    List<OptionSpec.Sack.Block> blocks = new ArrayList<>();
    do {
      long left = in.number() & UINT32;
      in.expect(":");
      blocks.add(new OptionSpec.Sack.Block(left, in.number() & UINT32));
    } while (in.at(Token.Kind.NUMBER));
    return new OptionSpec.Sack(blocks);
  }

  /** Counters in the order in which they stand; which is the first decides the kind. */
  private OptionSpec accurateEcn() {
    StringBuilder text = new StringBuilder("ECN");
    List<Integer> bytes = new ArrayList<>(List.of(TcpOptions.ACCURATE_ECN_0, 2));
    while (in.at(Token.Kind.WORD)) {
      Token counter = in.take();
      boolean known = List.of("e0b", "ceb", "e1b").contains(counter.text());
      if (!known || bytes.size() > 2 + 6) {
        throw ScriptException.malformed(counter.place(), counter.shown() + " in option ECN");
      }
      if (bytes.size() == 2 && counter.text().equals("e1b")) {
        bytes.set(0, TcpOptions.ACCURATE_ECN_1);
      }
      int value = in.number(counter.text(), 0, 0xff_ffff);
      text.append(' ').append(counter.text()).append(' ').append(value);
      bytes.addAll(List.of(value >> 16, value >> 8, value));
    }
    bytes.set(1, bytes.size());
    return plain(text.toString(), bytes.stream().mapToInt(Integer::intValue).toArray());
  }

  private OptionSpec md5(Token name) {
    OptionSpec option = hexadecimal("md5", TcpOptions.MD5);
    if (option.length() != 18) {
      throw ScriptException.malformed(name.place(), "a signature has 16 bytes");
    }
    return option;
  }

  private OptionSpec fastOpen() {
    if (in.acceptWord(CookieNames.VALID)) {
      return new OptionSpec.FastOpen(CookieNames.VALID);
    }
    String text = hexadecimal("FO", TcpOptions.FAST_OPEN).text();
    return new OptionSpec.FastOpen(text.substring(2).trim());
  }

  /** Bytes are written as hexadecimal digits, which may begin with a digit or a letter. */
  private OptionSpec hexadecimal(String name, int kind) {
    StringBuilder digits = new StringBuilder();
    Token first = in.peek();
    int end = first.start();
    while ((in.at(Token.Kind.NUMBER) || in.at(Token.Kind.WORD)) && in.peek().start() == end) {
      Token token = in.take();
      digits.append(token.text().toLowerCase(Locale.ROOT));
      end = token.end();
    }
    try {
      byte[] value = HexFormat.of().parseHex(digits);
      int[] bytes = new int[value.length + 2];
      bytes[0] = kind;
      bytes[1] = bytes.length;
      for (int i = 0; i < value.length; i++) {
        bytes[i + 2] = value[i];
      }
      return plain(digits.isEmpty() ? name : name + " " + digits, bytes);
    } catch (IllegalArgumentException e) {
      throw ScriptException.malformed(
          first.place(), "'" + digits + "' is no value of option " + name);
    }
  }
}
