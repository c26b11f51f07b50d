package org.mptcp4j.testkit.packetdrill;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.mptcp4j.wire.TcpFlags;

/** Holds a segment of the stack against what the script says. */
final class PacketComparer {
  private static final String FLAG_LETTERS = "FSRP.UEW";

  /** One line of the comparison: a field, what the script wants, what came, and whether it fits. */
  private record Row(String field, String expected, String actual, boolean fits) {}

  /** Whether the timestamp that a segment echoes must be the one that the script says. */
  private enum Echo {
    CHECKED,
    UNCHECKED
  }

  private final List<Row> rows = new ArrayList<>();

  private PacketComparer() {}

  /**
   * Compares everything but the time.
   *
   * @return empty when it fits, otherwise both side by side
   */
  static String difference(PacketSpec packet, PacketSpec.TcpSpec spec, Segment sent, Flow flow) {
    PacketComparer comparer = new PacketComparer();
    comparer.compare(packet, spec, sent, flow);
    return comparer.rows.stream().allMatch(Row::fits) ? "" : comparer.table();
  }

  private void compare(PacketSpec packet, PacketSpec.TcpSpec spec, Segment sent, Flow flow) {
    row("flags", flags(spec.flags()), flags(sent.flags()));
    row(
        "seq",
        range(spec.seq(), spec.length()),
        range(flow.scriptedLocal(sent.seq()), sent.length()));
    acknowledgment(spec, sent, flow);
    if (spec.window().isPresent()) {
      exact("win", spec.window().getAsInt(), sent.window());
    } else {
      rows.add(new Row("win", "any", Integer.toString(sent.window()), true));
    }
    if (spec.urgent().isPresent()) {
      exact("urg", spec.urgent().getAsInt(), sent.urgent());
    }
    options(spec, sent, flow);
    PacketSpec.IpInfo ip = packet.ip();
    if (ip.ecn().isPresent()) {
      exact("ecn", ip.ecn().getAsInt(), sent.trafficClass() & 3);
    }
    if (ip.tos().isPresent()) {
      exact("tos", ip.trafficClass(), sent.trafficClass());
    }
    if (ip.ttl().isPresent()) {
      exact("ttl", ip.ttl().getAsInt(), sent.hopLimit());
    }
  }

  /**
   * Without its flag the field means nothing, and is compared as it stands if the script has it.
   */
  private void acknowledgment(PacketSpec.TcpSpec spec, Segment sent, Flow flow) {
    String wanted =
        spec.ack().isPresent() ? Long.toString(spec.ack().getAsLong() & 0xffff_ffffL) : "";
    if (sent.has(TcpFlags.ACK)) {
      row("ack", wanted, Long.toString(flow.scriptedRemote(sent.ack())));
    } else {
      row("ack", wanted, spec.ack().isPresent() ? Integer.toUnsignedString(sent.ack()) : "");
    }
  }

  private void row(String field, String expected, String actual) {
    rows.add(new Row(field, expected, actual, expected.equals(actual)));
  }

  private void exact(String field, int expected, int actual) {
    row(field, Integer.toString(expected), Integer.toString(actual));
  }

  private void options(PacketSpec.TcpSpec spec, Segment sent, Flow flow) {
    List<OptionTexts.Actual> actual = OptionTexts.of(sent.options(), flow);
    if (spec.options().isEmpty()) {
      rows.add(new Row("options", "<...>", shown(actual), true));
      return;
    }
    List<OptionSpec> wanted = spec.options().get();
    // Scripts of the MPTCP fork write any number there.
    Echo echo =
        wanted.stream().anyMatch(MptcpSpec.class::isInstance) ? Echo.UNCHECKED : Echo.CHECKED;
    boolean fits = wanted.size() == actual.size();
    for (int i = 0; fits && i < actual.size(); i++) {
      fits = fits(wanted.get(i), actual.get(i), echo, sent, flow);
    }
    String text = wanted.stream().map(OptionSpec::text).collect(Collectors.joining(",", "<", ">"));
    // Shown after the comparison: keys that it made known then have their names.
    rows.add(new Row("options", text, shown(OptionTexts.of(sent.options(), flow)), fits));
  }

  /** What our clock says depends on the moment. */
  private static boolean fits(
      OptionSpec wanted, OptionTexts.Actual option, Echo echo, Segment sent, Flow flow) {
    if (wanted instanceof MptcpSpec mptcp) {
      return option.mptcp().filter(o -> mptcp.fits(o, flow)).isPresent();
    }
    String actual = option.text();
    if (wanted instanceof OptionSpec.Timestamps ts) {
      return actual.startsWith("TS ")
          && (echo == Echo.UNCHECKED
              || flow.clock().echoes(ts.ecr(), OptionTexts.tsEcr(sent.options())))
          && flow.clock().agrees(ts.val(), OptionTexts.tsVal(sent.options()));
    }
    if (wanted instanceof OptionSpec.FastOpen cookie && gives(cookie, sent)) {
      return actual.startsWith("FO ")
          && flow.names().cookies().agrees(cookie.digits(), OptionTexts.cookie(sent.options()));
    }
    return wanted.text().equals(actual);
  }

  /** Cookies that the stack gives are its own; those that it sends back are the peer's. */
  static boolean gives(OptionSpec.FastOpen option, Segment sent) {
    return sent.has(TcpFlags.ACK) && !option.digits().isEmpty();
  }

  private static String range(long seq, int length) {
    long start = seq & 0xffff_ffffL;
    return start + ":" + (start + length & 0xffff_ffffL) + "(" + length + ")";
  }

  /** Flags as scripts write them. */
  static String flags(int flags) {
    StringBuilder out = new StringBuilder();
    for (int bit = 0; bit < FLAG_LETTERS.length(); bit++) {
      if ((flags & 1 << bit) != 0 && FLAG_LETTERS.charAt(bit) != '.') {
        out.append(FLAG_LETTERS.charAt(bit));
      }
    }
    out.append((flags & Segment.AE) != 0 ? "A" : "");
    out.append((flags & TcpFlags.ACK) != 0 ? "." : "");
    return out.isEmpty() ? "-" : out.toString();
  }

  /** A segment as a script would write it. */
  static String line(Segment sent, Flow flow) {
    String ack = sent.has(TcpFlags.ACK) ? " ack " + flow.scriptedRemote(sent.ack()) : "";
    String options = shown(OptionTexts.of(sent.options(), flow));
    return "> "
        + flags(sent.flags())
        + " "
        + range(flow.scriptedLocal(sent.seq()), sent.length())
        + ack
        + " win "
        + sent.window()
        + (sent.options().length == 0 ? "" : " " + options);
  }

  private static String shown(List<OptionTexts.Actual> options) {
    return options.stream()
        .map(OptionTexts.Actual::text)
        .collect(Collectors.joining(",", "<", ">"));
  }

  private String table() {
    int width = rows.stream().mapToInt(r -> r.expected().length()).max().orElse(0);
    int right = rows.stream().mapToInt(r -> r.actual().length()).max().orElse(0);
    width = Math.max(width, "expected".length());
    right = Math.max(right, "actual".length());
    StringBuilder out = new StringBuilder();
    String format = "  %-8s %-" + width + "s   %-" + right + "s";
    out.append(String.format(format, "", "expected", "actual").stripTrailing());
    for (Row row : rows) {
      String line = String.format(format, row.field(), row.expected(), row.actual());
      out.append('\n').append(row.fits() ? line.stripTrailing() : line + "  <-- differs");
    }
    return out.toString();
  }
}
