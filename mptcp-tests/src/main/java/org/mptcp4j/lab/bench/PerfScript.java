package org.mptcp4j.lab.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.mptcp4j.lab.chart.FlameGraph;
import org.mptcp4j.lab.chart.FlameGraph.Frame;
import org.mptcp4j.lab.chart.FlameGraph.Kind;

/**
 * Reads what {@code perf script -F comm,pid,ip,sym,dso} prints: for each sample a line with the
 * name and process of the thread, the frames from the innermost outwards, and an empty line.
 */
final class PerfScript {
  private static final Pattern FRAME = Pattern.compile("\\s+[0-9a-f]+ (.*) \\((.*)\\)");
  private static final Pattern OFFSET = Pattern.compile("\\+0x[0-9a-f]+$");

  private static final Pattern THREAD = Pattern.compile("(\\S.*?)\\s+(-?\\d+)\\s*");

  /** Apart from the server: the client, and the kernel's threads, which work for both. */
  private static final Pattern TAKES_PART =
      Pattern.compile("kernel-load|(ksoftirqd|kworker|ktimers|rcu).*");

  private static final String UNKNOWN = "[unknown]";

  private final long serverPid;
  private final FlameGraph graph;
  private String thread;
  private final List<Frame> stack = new ArrayList<>();

  private PerfScript(long serverPid, FlameGraph graph) {
    this.serverPid = serverPid;
    this.graph = graph;
  }

  /** Adds the samples of the server, of the client and of the kernel's threads to a graph. */
  static void read(Stream<String> lines, long serverPid, FlameGraph graph) {
    PerfScript script = new PerfScript(serverPid, graph);
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
      if (!frame.group(2).equals(UNKNOWN)) {
        stack.add(frame(frame.group(1), frame.group(2)));
      }
      return;
    }
    Matcher header = THREAD.matcher(line);
    if (header.matches()) {
      endOfSample();
      String name = header.group(1);
      boolean counts =
          Long.parseLong(header.group(2)) == serverPid || TAKES_PART.matcher(name).matches();
      thread = counts ? name : null;
    }
  }

  private void endOfSample() {
    if (thread != null) {
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
    return new Frame(name.equals(UNKNOWN) ? file : name, Kind.NATIVE);
  }

  /** Class and method of {@code type package.Class.method(types)}, without type and package. */
  static String javaName(String symbol) {
    String name = symbol.replaceFirst("\\s*\\(.*", "").replaceFirst(".* ", "").replace("::", ".");
    return name.replaceFirst("^(?:[a-z_0-9]+[./])+(?=[A-Z])", "");
  }
}
