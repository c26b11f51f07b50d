package org.mptcp4j.lab.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.mptcp4j.lab.chart.FlameGraph;
import org.mptcp4j.lab.chart.FlameGraph.Frame;
import org.mptcp4j.lab.chart.FlameGraph.Kind;

/**
 * Reads what {@code perf script -F comm,ip,sym,dso} prints: for each sample a line with the name of
 * the thread, the frames from the innermost outwards, and an empty line.
 */
final class PerfScript {
  private static final Pattern FRAME = Pattern.compile("\\s+[0-9a-f]+ (.*) \\((.*)\\)");
  private static final Pattern OFFSET = Pattern.compile("\\+0x[0-9a-f]+$");

  /** Not what is measured: the idle processors and the measuring itself. */
  private static final Set<String> LEFT_OUT = Set.of("swapper", "perf", "perf-exec");

  private final FlameGraph graph;
  private String thread;
  private final List<Frame> stack = new ArrayList<>();

  private PerfScript(FlameGraph graph) {
    this.graph = graph;
  }

  /** Adds all samples to a graph. */
  static void read(Stream<String> lines, FlameGraph graph) {
    PerfScript script = new PerfScript(graph);
    lines.forEach(script::line);
    script.endOfSample();
  }

  private void line(String line) {
    if (line.isBlank()) {
      endOfSample();
      return;
    }
    Matcher frame = FRAME.matcher(line);
    if (frame.matches()) {
      stack.add(frame(frame.group(1), frame.group(2)));
    } else if (!Character.isWhitespace(line.charAt(0))) {
      endOfSample();
      thread = line.strip();
    }
  }

  private void endOfSample() {
    if (thread != null && !LEFT_OUT.contains(thread)) {
      List<Frame> fromOutside = new ArrayList<>(stack);
      fromOutside.add(new Frame(thread, Kind.THREAD));
      Collections.reverse(fromOutside);
      graph.add(fromOutside, 1);
    }
    thread = null;
    stack.clear();
  }

  private static Frame frame(String symbol, String object) {
    String name = OFFSET.matcher(symbol).replaceFirst("");
    if (object.startsWith("[")) {
      return new Frame(name, Kind.KERNEL);
    }
    if (object.matches(".*/perf-\\d+\\.map")) {
      return new Frame(javaName(name), Kind.JAVA);
    }
    String file = object.replaceFirst(".*/", "");
    return new Frame(name.equals("[unknown]") ? file : name, Kind.NATIVE);
  }

  /** Class and method of {@code type package.Class.method(types)}, without type and package. */
  static String javaName(String symbol) {
    String name = symbol.replaceFirst("\\(.*", "").replaceFirst(".* ", "").replace("::", ".");
    return name.replaceFirst("^(?:[a-z_0-9]+[./])+(?=[A-Z])", "");
  }
}
