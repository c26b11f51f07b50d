package org.mptcp4j.lab.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedMethod;
import jdk.jfr.consumer.RecordingFile;
import org.mptcp4j.lab.chart.FlameGraph;
import org.mptcp4j.lab.chart.FlameGraph.Frame;
import org.mptcp4j.lab.chart.FlameGraph.Kind;
import org.mptcp4j.lab.system.Shell;

/**
 * Samples where the processors are while something runs: with perf the server, the client and the
 * kernel; where perf is not installed, with the Flight Recorder the Java threads alone.
 */
enum Profiler {
  /** Linux perf and the map of compiled methods that the Java runtime writes for it. */
  PERF(List.of("-XX:+PreserveFramePointer")) {
    @Override
    void sample(Server server, double seconds, Path directory, Runnable load, FlameGraph graph) {
      Path data = directory.resolve("perf.data");
      Process record =
          Shell.start(
              List.of(
                  "perf",
                  "record",
                  "-q",
                  "-e",
                  "cpu-clock",
                  "-F",
                  FREQUENCY,
                  "-a",
                  "-g",
                  "-o",
                  data.toString(),
                  "--",
                  "sleep",
                  String.format(Locale.ROOT, "%.1f", seconds)));
      load.run();
      Shell.await(record);
      jcmd(server, "Compiler.perfmap");
      String samples =
          Shell.run("perf", "script", "-i", data.toString(), "-F", "comm,pid,ip,sym,dso");
      PerfScript.read(samples.lines(), server.pid(), graph);
    }
  },
  /** JDK Flight Recorder. */
  FLIGHT_RECORDER(List.of("-XX:StartFlightRecording=settings=profile")) {
    @Override
    void sample(Server server, double seconds, Path directory, Runnable load, FlameGraph graph) {
      load.run();
      Path recording = directory.resolve("bench.jfr");
      jcmd(server, "JFR.dump", "filename=" + recording);
      try (RecordingFile file = new RecordingFile(recording)) {
        while (file.hasMoreEvents()) {
          add(file.readEvent(), graph);
        }
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read " + recording, e);
      }
    }
  };

  private static final String FREQUENCY = "997";

  private final List<String> javaOptions;

  Profiler(List<String> javaOptions) {
    this.javaOptions = javaOptions;
  }

  /** The better one of those that are there. */
  static Profiler best() {
    return Shell.find("perf").isPresent() ? PERF : FLIGHT_RECORDER;
  }

  /** What the Java runtime of the server has to be started with. */
  List<String> javaOptions() {
    return javaOptions;
  }

  /**
   * Samples while {@code load} runs, about {@code seconds} long.
   *
   * @param directory for files that the caller deletes
   */
  abstract void sample(
      Server server, double seconds, Path directory, Runnable load, FlameGraph graph);

  private static void jcmd(Server server, String... words) {
    Path beside = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    List<String> command = new ArrayList<>();
    command.add(Files.isExecutable(beside) ? beside.toString() : "jcmd");
    command.add(Long.toString(server.pid()));
    command.addAll(List.of(words));
    Shell.run(command);
  }

  private static void add(RecordedEvent event, FlameGraph graph) {
    String type = event.getEventType().getName();
    boolean sample = type.equals("jdk.ExecutionSample") || type.equals("jdk.NativeMethodSample");
    if (!sample || event.getStackTrace() == null) {
      return;
    }
    List<Frame> stack = new ArrayList<>();
    for (RecordedFrame frame : event.getStackTrace().getFrames()) {
      RecordedMethod method = frame.getMethod();
      String owner = method.getType().getName().replaceFirst(".*\\.", "");
      stack.add(
          new Frame(
              owner + "." + method.getName(),
              "Native".equals(frame.getType()) ? Kind.NATIVE : Kind.JAVA));
    }
    stack.add(new Frame(event.getThread("sampledThread").getJavaName(), Kind.THREAD));
    Collections.reverse(stack);
    graph.add(stack, 1);
  }
}
