package org.mptcp4j.testkit.packetdrill;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.wire.Dss;
import org.mptcp4j.wire.MpCapable;

/** Parses MPTCP options, in the language of packetdrill's MPTCP fork. */
final class MptcpOptionParser {
  private static final Map<String, Integer> CAPABLE_FLAGS =
      Map.of(
          "flag_a",
          MpCapable.CHECKSUM_REQUIRED,
          "flag_b",
          MpCapable.EXTENSIBILITY,
          "flag_c",
          MpCapable.DENY_JOIN_INITIAL,
          "flag_d",
          0x10,
          "flag_e",
          0x08,
          "flag_f",
          0x04,
          "flag_g",
          0x02,
          "flag_h",
          MpCapable.HMAC_SHA256);

  private static final Map<String, Integer> RESET_FLAGS =
      Map.of("flag_u", 8, "flag_v", 4, "flag_w", 2, "flag_t", 1);

  private final TokenStream in;

  MptcpOptionParser(TokenStream in) {
    this.in = in;
  }

  /** The option of that name, which was taken; empty when there is none. */
  Optional<OptionSpec> parse(Token name) {
    return Optional.ofNullable(
        switch (name.text()) {
          case "mpcapable", "mp_capable" -> capable(name);
          case "dss" -> new DssParser(name).parse();
          case "mp_join_syn" -> joinSyn(name);
          case "mp_join_syn_ack" -> joinSynAck(name);
          case "mp_join_ack" -> new JoinSpec.Ack(name.place(), text(name), hmac());
          case "add_address" -> addAddress(name);
          case "remove_address" -> removeAddress(name);
          case "mp_prio" -> priority(name);
          case "mp_fastclose" -> fastclose(name);
          case "mp_fail" -> fail(name);
          case "mp_reset" -> reset(name);
          default -> null;
        });
  }

  /** The option as it stands in the script, up to the comma or the end behind it. */
  private String text(Token name) {
    StringBuilder out = new StringBuilder(name.text());
    int depth = 0;
    for (int i = 0; ; i++) {
      Token token = in.peek(i);
      boolean over = depth == 0 && (token.is(",") || token.is(">"));
      if (over || token.kind() == Token.Kind.END) {
        return out.toString()
            .replaceAll(" ?([\\[\\](),=+]) ?", "$1")
            .replaceAll("\\](?=\\w)", "] ");
      }
      depth += token.is("[") || token.is("(") ? 1 : 0;
      depth -= token.is("]") || token.is(")") ? 1 : 0;
      String quote = token.kind() == Token.Kind.STRING ? "\"" : "";
      out.append(' ').append(quote).append(token.text()).append(quote);
    }
  }

  // ---- MP_CAPABLE

  private OptionSpec capable(Token name) {
    String text = text(name);
    int version = MpCapable.VERSION_1;
    if (in.acceptWord("v0")) {
      version = 0;
    } else {
      in.acceptWord("v1");
    }
    int flags = in.atWord("flags") ? flags(CAPABLE_FLAGS) : MpCapable.HMAC_SHA256;
    List<MpCapableSpec.Key> keys = new ArrayList<>();
    if (!in.acceptWord("nokey") && in.acceptWord("key")) {
      in.expect("[");
      do {
        String key = in.expect(Token.Kind.WORD).text();
        OptionalLong value = in.accept("=") ? OptionalLong.of(unsigned()) : OptionalLong.empty();
        keys.add(new MpCapableSpec.Key(key, value));
      } while (in.accept(","));
      in.expect("]");
    }
    OptionalInt length = OptionalInt.empty();
    if (in.acceptWord("mpcdatalen")) {
      in.accept("=");
      length = OptionalInt.of(in.number("mpcdatalen", 0, 65_535));
    }
    boolean checksummed =
        length.isPresent() && (flags & MpCapable.CHECKSUM_REQUIRED) != 0 && !in.acceptWord("nocs");
    OptionalInt checksum = OptionalInt.empty();
    if (in.acceptWord("cksum")) {
      checksummed = true;
      checksum = in.accept("=") ? OptionalInt.of(in.number("cksum", 0, 65_535)) : checksum;
    }
    return new MpCapableSpec(
        name.place(), text, version, flags, List.copyOf(keys), length, checksummed, checksum);
  }

  private int flags(Map<String, Integer> known) {
    in.take();
    if (!in.accept("[")) {
      return in.number("flags", 0, 255);
    }
    int flags = 0;
    do {
      Token flag = in.expect(Token.Kind.WORD);
      Integer bit = known.get(flag.text());
      if (bit == null) {
        throw ScriptException.malformed(flag.place(), flag.shown() + " is no flag of this option");
      }
      flags |= bit;
    } while (in.accept(","));
    in.expect("]");
    return flags;
  }

  // ---- values

  /** A number of 64 bits. */
  private long unsigned() {
    Token token = in.expect(Token.Kind.NUMBER);
    try {
      return token.text().startsWith("0x")
          ? Long.parseUnsignedLong(token.text().substring(2), 16)
          : Long.parseUnsignedLong(token.text());
    } catch (NumberFormatException e) {
      throw ScriptException.malformed(token.place(), token.shown() + " is no number of 64 bits");
    }
  }

  private MptcpValue value() {
    Token first = in.peek();
    if (first.kind() != Token.Kind.WORD) {
      boolean negative = in.accept("-");
      long number = unsigned();
      return MptcpValue.of(first.place(), negative ? -number : number);
    }
    in.take();
    MptcpValue.Kind kind =
        switch (first.text()) {
          case "sha256_32" -> MptcpValue.Kind.TOKEN;
          case "trunc_r64_hmac", "trunc_r64_sha256" -> MptcpValue.Kind.INITIAL_DSN;
          default -> throw ScriptException.refused(first.place(), "value " + first.text());
        };
    in.expect("(");
    String key = in.expect(Token.Kind.WORD).text();
    in.expect(")");
    long more = in.accept("+") ? unsigned() : in.at("-") ? in.number() : 0;
    return new MptcpValue(first.place(), kind, key, more);
  }

  /** A number behind its name; empty without either. */
  private OptionalInt numberOf(String word, int most) {
    boolean any = in.acceptWord(word) && (in.accept("=") || in.at(Token.Kind.NUMBER));
    return any ? OptionalInt.of(in.number(word, 0, most)) : OptionalInt.empty();
  }

  /** Flag B of a join, which is 0 where the script says nothing; empty for its bare name. */
  private OptionalInt backup() {
    return in.atWord("backup") ? numberOf("backup", 1) : OptionalInt.of(0);
  }

  /** A value behind a name that was taken; empty for its bare name. */
  private Optional<MptcpValue> valueIfAny() {
    return in.accept("=") ? Optional.of(value()) : Optional.empty();
  }

  private OptionalLong unsignedIfAny() {
    return in.accept("=") ? OptionalLong.of(unsigned()) : OptionalLong.empty();
  }

  /** {@code sender_hmac=auto}, or a wrong one. */
  private OptionalLong hmac() {
    boolean named = in.acceptWord("sender_hmac") || in.acceptWord("hmac");
    if (!named || !in.accept("=") || in.acceptWord("auto")) {
      return OptionalLong.empty();
    }
    if (in.at(Token.Kind.WORD)) {
      throw ScriptException.refused(in.peek().place(), "value " + in.peek().text());
    }
    return OptionalLong.of(unsigned());
  }

  private OptionalLong nonce() {
    return in.acceptWord("rand") ? unsignedIfAny() : OptionalLong.empty();
  }

  // ---- MP_JOIN

  private OptionSpec joinSyn(Token name) {
    String text = text(name);
    OptionalInt backup = backup();
    OptionalInt id = numberOf("address_id", 255);
    Optional<MptcpValue> token = in.acceptWord("token") ? valueIfAny() : Optional.empty();
    return new JoinSpec.Syn(name.place(), text, backup, id, token, nonce());
  }

  private OptionSpec joinSynAck(Token name) {
    String text = text(name);
    OptionalInt backup = backup();
    OptionalInt id = numberOf("address_id", 255);
    return new JoinSpec.SynAck(name.place(), text, backup, id, hmac(), nonce());
  }

  // ---- addresses

  private OptionSpec addAddress(Token name) {
    String text = text(name);
    OptionalInt id = numberOf("address_id", 255);
    if (!in.acceptWord("addr")) {
      throw in.unexpected("'addr'");
    }
    in.expect("[");
    String key = in.expect(Token.Kind.WORD).text();
    Optional<IpAddress> address = Optional.empty();
    if (in.accept("=")) {
      in.expect(Token.Kind.WORD); // inet_addr, inet6_addr
      in.expect("(");
      address = Optional.of(literal(in.expect(Token.Kind.STRING)));
      in.expect(")");
    }
    in.expect("]");
    OptionalInt port = numberOf("port", 65_535);
    boolean echo = in.acceptWord("addr_echo");
    return new AddressSpec.Add(
        name.place(), text, id, key, address, port, echo ? OptionalLong.empty() : hmac(), echo);
  }

  private static IpAddress literal(Token token) {
    try {
      return IpAddress.parse(token.text());
    } catch (IllegalArgumentException e) {
      throw ScriptException.malformed(token.place(), e);
    }
  }

  private OptionSpec removeAddress(Token name) {
    String text = text(name);
    if (!in.acceptWord("address_id")) {
      throw in.unexpected("'address_id'");
    }
    in.expect("=");
    in.expect("[");
    List<Integer> ids = new ArrayList<>();
    do {
      ids.add(in.number("address_id", 0, 255));
    } while (in.accept(","));
    in.expect("]");
    return new AddressSpec.Remove(name.place(), text, List.copyOf(ids));
  }

  // ---- the others

  private OptionSpec priority(Token name) {
    String text = text(name);
    boolean backup = numberOf("backup", 1).orElse(0) != 0;
    return new SignalSpec.Priority(name.place(), text, backup, numberOf("address_id", 255));
  }

  private OptionSpec fastclose(Token name) {
    String text = text(name);
    boolean named = in.acceptWord("ckey") || in.acceptWord("key");
    OptionalLong key = named ? unsignedIfAny() : OptionalLong.empty();
    return new SignalSpec.Fastclose(name.place(), text, key);
  }

  private OptionSpec fail(Token name) {
    String text = text(name);
    boolean named = in.acceptWord("dsn8") || in.acceptWord("dsn");
    Optional<MptcpValue> dsn = named ? valueIfAny() : Optional.empty();
    return new SignalSpec.Fail(name.place(), text, dsn);
  }

  private OptionSpec reset(Token name) {
    String text = text(name);
    int reason = in.number("the reason", 0, 255);
    int flags = in.atWord("flags") ? flags(RESET_FLAGS) : 0;
    return new SignalSpec.Reset(name.place(), text, reason, flags);
  }

  // ---- DSS

  /** Words in any order. */
  private final class DssParser {
    private final Token name;
    private final String text;
    private int flags;
    private Optional<MptcpValue> dataAck = Optional.empty();
    private Optional<MptcpValue> dsn = Optional.empty();
    private OptionalLong ssn = OptionalLong.empty();
    private OptionalInt length = OptionalInt.empty();
    private DssSpec.Checksum checksum = DssSpec.Checksum.NOT_SAID;
    private OptionalInt checksumValue = OptionalInt.empty();

    DssParser(Token name) {
      this.name = name;
      text = text(name);
    }

    OptionSpec parse() {
      while (in.at(Token.Kind.WORD)) {
        word(in.take());
      }
      boolean inbound = checksum == DssSpec.Checksum.PRESENT;
      if (inbound && (flags & Dss.MAP) == 0) {
        throw ScriptException.malformed(name.place(), "a dss without dsn4 or dsn8 has no cksum");
      }
      return new DssSpec(
          name.place(), text, flags, dataAck, dsn, ssn, length, checksum, checksumValue);
    }

    private void word(Token word) {
      switch (word.text()) {
        case "dack4" -> dataAck = numbered(Dss.ACK);
        case "dack8" -> dataAck = numbered(Dss.ACK | Dss.ACK64);
        case "dsn4" -> dsn = numbered(Dss.MAP);
        case "dsn8" -> dsn = numbered(Dss.MAP | Dss.DSN64);
        case "ssn" -> {
          if (in.accept("=")) {
            ssn = OptionalLong.of(unsigned() & 0xffff_ffffL);
          }
        }
        case "dll" -> {
          if (in.accept("=")) {
            length = OptionalInt.of(in.number("dll", 0, 65_535));
          }
        }
        case "nocs" -> checksum = DssSpec.Checksum.NONE;
        case "cksum" -> {
          checksum = DssSpec.Checksum.PRESENT;
          if (in.accept("=")) {
            checksumValue = OptionalInt.of(in.number("cksum", 0, 65_535));
          }
        }
        case "fin" -> flags |= Dss.DATA_FIN;
        default ->
            throw ScriptException.malformed(word.place(), word.shown() + " is no part of a dss");
      }
    }

    private Optional<MptcpValue> numbered(int bits) {
      flags |= bits;
      return valueIfAny();
    }
  }
}
