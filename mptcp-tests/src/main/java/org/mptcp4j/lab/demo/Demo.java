package org.mptcp4j.lab.demo;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.mptcp4j.api.MptcpServerSocket;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.api.SocketOptions;
import org.mptcp4j.api.StackEvent;
import org.mptcp4j.api.SubflowInfo;
import org.mptcp4j.lab.chart.SequenceChart;
import org.mptcp4j.lab.console.LabException;
import org.mptcp4j.lab.console.OutputFile;
import org.mptcp4j.lab.console.Units;
import org.mptcp4j.lab.demo.DemoReport.Event;
import org.mptcp4j.link.PcapWriter;
import org.mptcp4j.link.sim.SimNetwork;

/**
 * Two hosts, two unequal paths, one file. When half of it has arrived the faster path is cut, and
 * when three quarters have, it is restored. All in virtual time, from one seed.
 */
final class Demo implements AutoCloseable {
  private static final int PORT = 5001;
  private static final int SNAP_LENGTH = 192;
  private static final int CUT_PATH = 0;
  private static final double PARTING_SECONDS = 2;
  private static final double MOST_SECONDS = 3600;

  private final long seed;
  private final long size;
  private final List<DemoPath> paths = List.of(DemoPath.FAST, DemoPath.SLOW);
  private final DemoNetwork net;
  private final MappingTap mappings = new MappingTap(paths);
  private final Map<Integer, SubflowInfo> subflows = new TreeMap<>();
  private final List<Event> events = new ArrayList<>();
  private MptcpSocket socket;
  private FileSender sender;
  private FileReceiver receiver;
  private SocketError failure = SocketError.NONE;
  private double cutSeconds = Double.MAX_VALUE;
  private double restoredSeconds = Double.MAX_VALUE;
  private double arrivedSeconds;

  /**
   * @param seed of all randomness
   * @param size of the file, bytes
   */
  Demo(long seed, long size) {
    this.seed = seed;
    this.size = size;
    this.net = new DemoNetwork(seed, paths);
  }

  /**
   * Runs the demo and writes its files.
   *
   * @param directory where {@code demo.pcap} and {@code demo.svg} go; created
   * @param stepNs how much virtual time passes between two looks at it
   * @param watcher looks at it
   * @throws LabException when the file does not arrive, or one of ours cannot be written
   * @throws IOException when the directory cannot be made
   */
  DemoReport run(Path directory, long stepNs, Consumer<DemoScreen.Snapshot> watcher)
      throws IOException {
    Files.createDirectories(directory);
    Path pcapFile = directory.resolve("demo.pcap");
    Path svgFile = directory.resolve("demo.svg");
    OutputFile.write(pcapFile, file -> capture(file, stepNs, watcher));
    DemoReport report = report(pcapFile, svgFile);
    OutputFile.write(svgFile, chart(report).svg());
    return report;
  }

  private void capture(Path file, long stepNs, Consumer<DemoScreen.Snapshot> watcher)
      throws IOException {
    try (PcapWriter pcap = PcapWriter.create(file, SNAP_LENGTH, 0)) {
      net.tapClient(pcap);
      net.tapSentByClient(mappings);
      transfer(stepNs, watcher);
      partings();
    }
  }

  private void transfer(long stepNs, Consumer<DemoScreen.Snapshot> watcher) throws IOException {
    SocketOptions options = SocketOptions.defaults();
    MptcpServerSocket listener = net.server().listen(new InetSocketAddress(PORT), 8, options);
    InetSocketAddress remote = new InetSocketAddress(DemoNetwork.SERVER, PORT);
    socket = net.client().connect(0, remote, options);
    sender = new FileSender(socket, seed, size);
    net.applications(this::clientTurn, () -> serverTurn(listener));
    SimNetwork network = net.network();
    while (!finished()) {
      network.runUntil(this::finished, Duration.ofNanos(stepNs));
      watcher.accept(snapshot());
      if (failure != SocketError.NONE) {
        throw LabException.failed("the transfer failed: " + failure.description());
      }
      if (net.seconds() > MOST_SECONDS) {
        throw LabException.failed(
            String.format(
                Locale.ROOT,
                "the transfer did not end within %.0f s of virtual time: %s of %s arrived",
                MOST_SECONDS,
                Units.bytes(received()),
                Units.bytes(size)));
      }
    }
  }

  /** Lets both sides take leave of each other, which belongs into the capture. */
  private void partings() {
    net.network()
        .runUntil(
            () -> socket.state() == MptcpSocket.State.CLOSED && net.client().usage().flows() == 0,
            SimNetwork.seconds(PARTING_SECONDS));
    snapshot();
  }

  private boolean finished() {
    return failure != SocketError.NONE || (receiver != null && receiver.finished());
  }

  private void clientTurn() {
    for (StackEvent event = net.client().pollEvent();
        event != null;
        event = net.client().pollEvent()) {
      switch (event.type()) {
        case SUB_ESTABLISHED -> subflowChanged(event.subflow(), "up");
        case SUB_CLOSED -> subflowChanged(event.subflow(), "down");
        case CONNECT_FAILED, CLOSED -> failure = event.error();
        case END_OF_STREAM -> socket.close();
        default -> {
          // reading and writing happen on every turn
        }
      }
    }
    sender.onTurn();
  }

  private void subflowChanged(SubflowInfo subflow, String what) {
    subflows.put(subflow.id(), subflow);
    events.add(new Event(net.seconds(), "subflow " + subflow.id() + " " + what));
  }

  private void serverTurn(MptcpServerSocket listener) {
    for (StackEvent event = net.server().pollEvent();
        event != null;
        event = net.server().pollEvent()) {
      if (event.type() == StackEvent.Type.ACCEPTABLE && receiver == null) {
        receiver = new FileReceiver(listener.accept());
      }
    }
    if (receiver == null) {
      return;
    }
    receiver.onTurn();
    if (cutSeconds == Double.MAX_VALUE && received() >= (size + 1) / 2 && received() < size) {
      cutSeconds = net.seconds();
      net.cut(CUT_PATH);
      events.add(new Event(cutSeconds, paths.get(CUT_PATH).name() + " cut"));
    }
    if (cutSeconds < restoredSeconds
        && restoredSeconds == Double.MAX_VALUE
        && received() >= size / 4 * 3) {
      restoredSeconds = net.seconds();
      net.restore(CUT_PATH);
      events.add(new Event(restoredSeconds, paths.get(CUT_PATH).name() + " restored"));
    }
    if (receiver.finished() && arrivedSeconds == 0) {
      arrivedSeconds = net.seconds();
    }
  }

  private long received() {
    return receiver == null ? 0 : receiver.received();
  }

  private DemoScreen.Snapshot snapshot() {
    socket.info().subflows().forEach(subflow -> subflows.put(subflow.id(), subflow));
    Map<Integer, String> names =
        IntStream.range(0, paths.size())
            .boxed()
            .collect(Collectors.toMap(i -> i, i -> paths.get(i).name()));
    return new DemoScreen.Snapshot(
        net.seconds(),
        received(),
        size,
        List.copyOf(subflows.values()),
        names,
        List.copyOf(events));
  }

  private DemoReport report(Path pcapFile, Path svgFile) {
    byte[] sent = sender.sha256();
    byte[] got = receiver.sha256();
    return new DemoReport(
        seed,
        size,
        arrivedSeconds,
        Units.bitsPerSecond(size, arrivedSeconds),
        capacity(),
        socket.info().bytesReinjected(),
        subflows.values().stream().map(this::describe).toList(),
        events,
        HexFormat.of().formatHex(sent),
        HexFormat.of().formatHex(got),
        Arrays.equals(sent, got),
        pcapFile.toString(),
        svgFile.toString());
  }

  /** The rates of the paths, each for as much of the time as it was whole. */
  private double capacity() {
    double whole = paths.stream().mapToLong(DemoPath::rateBitsPerSecond).sum();
    double from = Math.min(cutSeconds, arrivedSeconds);
    double outage = Math.min(restoredSeconds, arrivedSeconds) - from;
    return whole - paths.get(CUT_PATH).rateBitsPerSecond() * outage / arrivedSeconds;
  }

  private DemoReport.Subflow describe(SubflowInfo subflow) {
    return new DemoReport.Subflow(
        subflow.id(),
        paths.get(subflow.linkIndex()).describe(),
        address(subflow.local()),
        address(subflow.remote()),
        DemoScreen.state(subflow),
        subflow.bytesSent(),
        subflow.bytesRetransmitted(),
        subflow.retransmissionTimeouts(),
        subflow.srttNs() / 1e6);
  }

  private static String address(InetSocketAddress address) {
    return address.getAddress().getHostAddress() + ":" + address.getPort();
  }

  private SequenceChart chart(DemoReport report) {
    String subtitle =
        Units.bytes(size)
            + " over "
            + paths.stream().map(DemoPath::describe).collect(Collectors.joining(" and "))
            + " one way; goodput "
            + Units.rate(report.goodputBitsPerSecond())
            + ", "
            + Units.percent(report.goodputBitsPerSecond() / report.capacityBitsPerSecond())
            + " of capacity";
    List<SequenceChart.Event> marked =
        events.stream()
            .filter(what -> what.what().startsWith(paths.get(CUT_PATH).name()))
            .map(what -> new SequenceChart.Event(what.seconds(), what.what()))
            .toList();
    return new SequenceChart(
        mappings.trace(), "Data sequence over time, one colour a subflow", subtitle, marked);
  }

  @Override
  public void close() {
    net.close();
  }
}
