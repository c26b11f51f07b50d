package org.mptcp4j.testkit.segment;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.StringJoiner;
import java.util.function.Function;
import java.util.function.Predicate;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.wire.AddAddr;
import org.mptcp4j.wire.Dss;
import org.mptcp4j.wire.DssOption;
import org.mptcp4j.wire.MpCapable;
import org.mptcp4j.wire.MpFail;
import org.mptcp4j.wire.MpFastclose;
import org.mptcp4j.wire.MpJoinAck;
import org.mptcp4j.wire.MpJoinSyn;
import org.mptcp4j.wire.MpJoinSynAck;
import org.mptcp4j.wire.MpPrio;
import org.mptcp4j.wire.MpTcpRst;
import org.mptcp4j.wire.MptcpOption;
import org.mptcp4j.wire.PacketText;
import org.mptcp4j.wire.RemoveAddr;
import org.mptcp4j.wire.TcpFlags;

/**
 * What a test expects of a segment. It says only what matters to the test; the rest may be as it
 * is. Sequence numbers are relative ones, as in {@link WireSegment}. Immutable: each method gives a
 * new matcher that expects one thing more.
 *
 * <pre>{@code
 * segment().ack(1).flags(SYN, ACK).option(MpCapable.class)
 * }</pre>
 */
public final class SegmentMatcher implements Predicate<WireSegment> {
  private static final int LINES_SHOWN = 20;
  private static final String ABSENT = "absent";

  /** One thing that is expected. */
  private record Check(
      String field,
      String expected,
      Function<WireSegment, String> seen,
      Predicate<WireSegment> test) {}

  private final List<Check> checks;

  private SegmentMatcher(List<Check> checks) {
    this.checks = checks;
  }

  /** Any segment. */
  public static SegmentMatcher segment() {
    return new SegmentMatcher(List.of());
  }

  private SegmentMatcher with(
      String field,
      String expected,
      Function<WireSegment, String> seen,
      Predicate<WireSegment> test) {
    List<Check> more = new ArrayList<>(checks);
    more.add(new Check(field, expected, seen, test));
    return new SegmentMatcher(List.copyOf(more));
  }

  /** A field whose text says everything. */
  private SegmentMatcher withText(
      String field, String expected, Function<WireSegment, String> seen) {
    return with(field, expected, seen, s -> seen.apply(s).equals(expected));
  }

  /** It comes from that address and port. */
  public SegmentMatcher from(IpAddress address, int port) {
    return withText(
        "from", PacketText.endpoint(address, port), s -> PacketText.endpoint(s.src(), s.srcPort()));
  }

  /** It goes to that address and port. */
  public SegmentMatcher to(IpAddress address, int port) {
    return withText(
        "to", PacketText.endpoint(address, port), s -> PacketText.endpoint(s.dst(), s.dstPort()));
  }

  /** It has that sequence number, relative: 0 for a SYN, 1 for the first byte. */
  public SegmentMatcher seq(long relative) {
    return withText("seq", Long.toString(relative), s -> Long.toString(s.seq()));
  }

  /** It acknowledges up to that number, relative: 1 is the SYN. */
  public SegmentMatcher ack(long relative) {
    return withText("ack", Long.toString(relative), SegmentMatcher::ackText);
  }

  private static String ackText(WireSegment s) {
    return s.has(TcpFlags.ACK) ? Long.toString(s.ack()) : "no ACK flag";
  }

  /** Its header has that sequence number. */
  public SegmentMatcher rawSeq(int number) {
    return withText(
        "raw seq", Integer.toUnsignedString(number), s -> Integer.toUnsignedString(s.rawSeq()));
  }

  /** Its header has that acknowledgment number. */
  public SegmentMatcher rawAck(int number) {
    return withText(
        "raw ack", Integer.toUnsignedString(number), s -> Integer.toUnsignedString(s.rawAck()));
  }

  /** It has these flags and no other: constants of {@link TcpFlags}. */
  public SegmentMatcher flags(int... exactly) {
    int all = Arrays.stream(exactly).reduce(0, (a, b) -> a | b);
    return withText("flags", TcpFlags.toString(all), s -> TcpFlags.toString(s.flags()));
  }

  /** It has that flag, and others or not. */
  public SegmentMatcher flag(int bit) {
    return with(
        "flags",
        TcpFlags.toString(bit) + " among them",
        s -> TcpFlags.toString(s.flags()),
        s -> s.has(bit));
  }

  /** It does not have that flag. */
  public SegmentMatcher noFlag(int bit) {
    return with(
        "flags",
        "no " + TcpFlags.toString(bit),
        s -> TcpFlags.toString(s.flags()),
        s -> (s.flags() & bit) == 0);
  }

  /** Its window field has that value, not scaled. */
  public SegmentMatcher window(int field) {
    return withText("window", Integer.toString(field), s -> Integer.toString(s.window()));
  }

  /** It carries that many bytes. */
  public SegmentMatcher length(int bytes) {
    return withText("length", Integer.toString(bytes), s -> Integer.toString(s.length()));
  }

  /** It carries these bytes. */
  public SegmentMatcher payload(byte[] bytes) {
    return with(
        "payload",
        PayloadText.of(bytes),
        s -> PayloadText.of(s.payload()),
        s -> Arrays.equals(s.payload(), bytes));
  }

  /** It carries this text, a byte for each character. */
  public SegmentMatcher payload(String latin1) {
    return payload(latin1.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** It offers that maximum segment size. */
  public SegmentMatcher mss(int bytes) {
    return withText("mss", Integer.toString(bytes), s -> orAbsent(s.options().mss()));
  }

  /** It offers that window scale. */
  public SegmentMatcher windowScale(int shift) {
    return withText("scale", Integer.toString(shift), s -> orAbsent(s.options().windowScale()));
  }

  private static String orAbsent(int value) {
    return value < 0 ? ABSENT : Integer.toString(value);
  }

  /** It offers selective acknowledgements. */
  public SegmentMatcher sackPermitted() {
    return withText("sackOK", "present", s -> s.options().sackPermitted() ? "present" : ABSENT);
  }

  /** It carries timestamps. */
  public SegmentMatcher timestamps() {
    return withText("ts", "present", s -> s.options().hasTimestamps() ? "present" : ABSENT);
  }

  /** It reports that many blocks of a selective acknowledgement. */
  public SegmentMatcher sackBlocks(int count) {
    return withText("sack", count + " blocks", s -> s.options().sackBlocks() + " blocks");
  }

  /** It carries that MPTCP option, with these values. */
  public SegmentMatcher option(MptcpOption exactly) {
    return with(
        "option",
        PacketText.option(exactly),
        s -> optionsLike(s, exactly.getClass()),
        s -> s.mptcp().contains(exactly));
  }

  /** It carries an MPTCP option of that type, a DSS as {@link DssOption}. */
  public SegmentMatcher option(Class<? extends MptcpOption> type) {
    return with("option", nameOf(type), s -> optionsLike(s, type), s -> s.mptcp(type).isPresent());
  }

  /**
   * It carries an MPTCP option of that type about which something more is true.
   *
   * @param what is true about it, for the message
   */
  public <T extends MptcpOption> SegmentMatcher option(
      Class<T> type, String what, Predicate<T> test) {
    return with(
        "option",
        nameOf(type) + " " + what,
        s -> optionsLike(s, type),
        s -> s.mptcp(type).filter(test).isPresent());
  }

  /** It carries no MPTCP option of that type. */
  public SegmentMatcher noOption(Class<? extends MptcpOption> type) {
    return with(
        "option", "no " + nameOf(type), s -> optionsLike(s, type), s -> s.mptcp(type).isEmpty());
  }

  /** It carries no MPTCP option at all. */
  public SegmentMatcher noMptcp() {
    return with("option", "no MPTCP", SegmentMatcher::allOptions, s -> s.mptcp().isEmpty());
  }

  /** Its DSS acknowledges that data sequence number, all 64 bits of it or the lower half. */
  public SegmentMatcher dataAck(long dsn) {
    return with(
        "data ack",
        Long.toUnsignedString(dsn),
        s -> dss(s, d -> d.hasAck() ? Long.toUnsignedString(d.dataAck()) : "none"),
        s -> s.mptcp(DssOption.class).filter(d -> acknowledges(d, dsn)).isPresent());
  }

  private static boolean acknowledges(DssOption d, long dsn) {
    return d.hasAck() && same(d.dataAck(), dsn, d.flags() & Dss.ACK64);
  }

  private static boolean same(long onTheWire, long number, int wideFlag) {
    return onTheWire == (wideFlag != 0 ? number : number & 0xffff_ffffL);
  }

  /**
   * Its DSS has that mapping.
   *
   * @param dsn all 64 bits, also where the option has the lower half
   * @param ssn relative subflow sequence number of the first byte
   * @param length as in the option: a DATA_FIN counts as one
   */
  public SegmentMatcher mapping(long dsn, int ssn, int length) {
    return with(
        "mapping",
        mappingText(dsn, ssn, length),
        s -> dss(s, d -> d.hasMapping() ? mappingText(d.dsn(), d.ssn(), d.length()) : "none"),
        s -> s.mptcp(DssOption.class).filter(d -> maps(d, dsn, ssn, length)).isPresent());
  }

  private static boolean maps(DssOption d, long dsn, int ssn, int length) {
    return d.hasMapping()
        && d.ssn() == ssn
        && d.length() == length
        && same(d.dsn(), dsn, d.flags() & Dss.DSN64);
  }

  private static String mappingText(long dsn, int ssn, int length) {
    return "dsn " + Long.toUnsignedString(dsn) + " ssn " + ssn + " len " + length;
  }

  /** Its DSS ends with a DATA_FIN. */
  public SegmentMatcher dataFin() {
    return withText("DATA_FIN", "present", s -> dss(s, d -> d.dataFin() ? "present" : ABSENT));
  }

  private static String dss(WireSegment s, Function<DssOption, String> text) {
    return s.mptcp(DssOption.class).map(text).orElse("no DSS");
  }

  /**
   * Anything else.
   *
   * @param what is expected, for the message
   */
  public SegmentMatcher that(String what, Predicate<WireSegment> test) {
    return with("that", what, s -> test.test(s) ? what : "not so", test);
  }

  private static String optionsLike(WireSegment s, Class<? extends MptcpOption> type) {
    StringJoiner found = new StringJoiner(", ").setEmptyValue(ABSENT);
    s.mptcp().stream().filter(type::isInstance).map(PacketText::option).forEach(found::add);
    return found.toString();
  }

  private static String allOptions(WireSegment s) {
    StringJoiner found = new StringJoiner(", ").setEmptyValue("no MPTCP");
    s.mptcp().stream().map(PacketText::option).forEach(found::add);
    return found.toString();
  }

  private static String nameOf(Class<? extends MptcpOption> type) {
    return OPTION_NAMES.stream()
        .filter(n -> n.type == type)
        .map(OptionName::name)
        .findFirst()
        .orElse(type.getSimpleName());
  }

  private record OptionName(Class<? extends MptcpOption> type, String name) {}

  private static final List<OptionName> OPTION_NAMES =
      List.of(
          new OptionName(MpCapable.class, "MP_CAPABLE"),
          new OptionName(MpJoinSyn.class, "MP_JOIN SYN"),
          new OptionName(MpJoinSynAck.class, "MP_JOIN SYN/ACK"),
          new OptionName(MpJoinAck.class, "MP_JOIN ACK"),
          new OptionName(DssOption.class, "DSS"),
          new OptionName(AddAddr.class, "ADD_ADDR"),
          new OptionName(RemoveAddr.class, "REMOVE_ADDR"),
          new OptionName(MpPrio.class, "MP_PRIO"),
          new OptionName(MpFail.class, "MP_FAIL"),
          new OptionName(MpFastclose.class, "MP_FASTCLOSE"),
          new OptionName(MpTcpRst.class, "MP_TCPRST"),
          new OptionName(MptcpOption.class, "MPTCP"));

  /** Whether the segment is as expected. */
  @Override
  public boolean test(WireSegment seen) {
    return checks.stream().allMatch(c -> c.test.test(seen));
  }

  /**
   * Does nothing when the segment is as expected.
   *
   * @throws AssertionError when it is not; shows expected and seen side by side
   */
  public void check(WireSegment seen) {
    if (!test(seen)) {
      throw new AssertionError("the segment is not as expected\n" + compare(seen));
    }
  }

  /**
   * Expected and seen side by side, a line for each thing expected; {@code !} marks a wrong one.
   */
  public String compare(WireSegment seen) {
    int fieldWidth = 5;
    int expectedWidth = 8;
    for (Check c : checks) {
      fieldWidth = Math.max(fieldWidth, c.field.length());
      expectedWidth = Math.max(expectedWidth, c.expected.length());
    }
    String format = "%s %-" + fieldWidth + "s  %-" + expectedWidth + "s  %s";
    StringJoiner table = new StringJoiner("\n");
    table.add(String.format(format, " ", "", "expected", "seen"));
    for (Check c : checks) {
      String mark = c.test.test(seen) ? " " : "!";
      table.add(String.format(format, mark, c.field, c.expected, c.seen.apply(seen)));
    }
    return table.add("  in " + seen).toString();
  }

  /** For a message: the segment that is as expected in most things, and all lines. */
  String nearest(List<WireSegment> among) {
    WireSegment best = null;
    long most = -1;
    for (WireSegment s : among) {
      long right = checks.stream().filter(c -> c.test.test(s)).count();
      if (right > most) {
        best = s;
        most = right;
      }
    }
    if (best == null) {
      return ", nor any other; expected: " + this;
    }
    StringJoiner text = new StringJoiner("\n").add("; the nearest is").add(compare(best));
    int skipped = Math.max(0, among.size() - LINES_SHOWN);
    text.add("of" + (skipped > 0 ? " the last " + LINES_SHOWN + " of " + among.size() : ""));
    among.stream().skip(skipped).forEach(s -> text.add("  " + s));
    return text.toString();
  }

  /** What is expected, in one line. */
  @Override
  public String toString() {
    StringJoiner text = new StringJoiner(", ", "segment with ", "").setEmptyValue("any segment");
    checks.forEach(c -> text.add(c.field + " " + c.expected));
    return text.toString();
  }
}
