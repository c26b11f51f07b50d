package org.mptcp4j.lab.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mptcp4j.lab.console.LabException;
import org.mptcp4j.link.PcapReader;

class DemoTest {
  private static final int SIZE = 3 << 20;

  @TempDir private static Path directory;

  private static final List<DemoScreen.Snapshot> SEEN = new ArrayList<>();
  private static DemoReport report;

  @BeforeAll
  static void runDemo() throws IOException {
    try (Demo demo = new Demo(1, SIZE)) {
      report = demo.run(directory, 50_000_000, SEEN::add);
    }
  }

  @Test
  void theFileArrivesIntactAlthoughAPathFails() {
    assertThat(report.equal()).isTrue();
    assertThat(report.receivedSha256()).isEqualTo(report.sentSha256());
    assertThat(report.subflows()).hasSizeGreaterThanOrEqualTo(2);
    assertThat(report.subflows()).allMatch(subflow -> subflow.bytesSent() > 0);
    assertThat(report.events())
        .extracting(DemoReport.Event::what)
        .contains("path A cut", "path A restored");
    assertThat(report.goodputBitsPerSecond()).isBetween(10e6, report.capacityBitsPerSecond());
  }

  @Test
  void pictureAndCaptureCanBeRead() throws Exception {
    DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new File(report.svg()));
    int packets = 0;
    long before = 0;
    try (PcapReader pcap = PcapReader.open(Path.of(report.pcap()))) {
      for (PcapReader.Record packet = pcap.next(); packet != null; packet = pcap.next()) {
        assertThat(packet.timeNs()).isGreaterThanOrEqualTo(before);
        before = packet.timeNs();
        packets++;
      }
    }
    assertThat(packets).isGreaterThan(SIZE / 1500);
  }

  @Test
  void thePictureOfTheReadmeHasTheFiguresOfTheDemo() throws Exception {
    try (Demo demo = new Demo(1, 100 << 20)) {
      DemoReport now = demo.run(directory.resolve("readme"), 50_000_000, snapshot -> {});
      assertThat(texts(Path.of("../docs/images/demo.svg")))
          .as("docs/images/demo.svg: copy the demo.svg of \"mptcp-lab demo\" there")
          .containsExactlyElementsOf(texts(Path.of(now.svg())));
    }
  }

  private static List<String> texts(Path svg) throws IOException {
    return Files.readAllLines(svg).stream().filter(line -> line.startsWith("<text")).toList();
  }

  @Test
  void isWatchedWhileItRuns() {
    assertThat(SEEN).hasSizeGreaterThan(5);
    assertThat(SEEN).extracting(DemoScreen.Snapshot::received).isSorted();
    DemoScreen screen = new DemoScreen();
    assertThat(screen.line(SEEN.get(5))).last().asString().contains("path A", "rtt");
    assertThat(screen.table(SEEN.get(5), 120)).hasSizeGreaterThanOrEqualTo(4);
  }

  @Test
  void fitsEveryWidthFromFortyColumns() {
    for (int width = 40; width <= 120; width++) {
      DemoScreen screen = new DemoScreen();
      for (DemoScreen.Snapshot snapshot : SEEN) {
        List<String> lines = screen.table(snapshot, width);
        int columns = width;
        assertThat(lines).allMatch(line -> line.length() <= columns, "at most " + width);
        assertThat(lines.get(0)).contains(" s [").contains("]");
        assertThat(lines).anyMatch(line -> line.contains("goodput"));
        assertThat(lines).anyMatch(line -> line.contains("path A") && line.contains("b/s"));
      }
    }
  }

  @Test
  void leavesOutWhatMattersLeast() {
    DemoScreen screen = new DemoScreen();
    assertThat(screen.table(SEEN.get(5), 101)).anyMatch(line -> line.endsWith("resent"));
    assertThat(screen.table(SEEN.get(5), 100)).anyMatch(line -> line.endsWith("in flight"));
    assertThat(screen.table(SEEN.get(5), 80)).anyMatch(line -> line.endsWith("cwnd"));
    assertThat(screen.table(SEEN.get(5), 40)).anyMatch(line -> line.matches("path +state +now"));
  }

  @Test
  void aCaptureThatCannotBeMadeLeavesNoFile() throws Exception {
    Path out = Files.createDirectories(directory.resolve("refused"));
    Files.createDirectories(out.resolve("demo.pcap.part/in the way"));
    try (Demo demo = new Demo(1, 1000)) {
      assertThatThrownBy(() -> demo.run(out, 50_000_000, snapshot -> {}))
          .isInstanceOf(LabException.class)
          .hasMessageStartingWith("cannot write to " + out.resolve("demo.pcap") + ": ");
    }
    assertThat(out.resolve("demo.pcap")).doesNotExist();
    assertThat(out.resolve("demo.svg")).doesNotExist();
  }

  @Test
  void aSmallFileAndItsEndLeaveInTheFirstFlight() throws Exception {
    try (Demo demo = new Demo(1, 1000)) {
      DemoReport small = demo.run(directory.resolve("small"), 50_000_000, snapshot -> {});
      assertThat(small.equal()).isTrue();
      assertThat(small.seconds()).isLessThan(0.031); // SYN, SYN/ACK, data: three times 10 ms
    }
  }

  @Test
  void theSameSeedGivesTheSameCapture() throws Exception {
    for (String run : List.of("first", "second")) {
      try (Demo demo = new Demo(3, 300_000)) {
        demo.run(directory.resolve(run), 50_000_000, snapshot -> {});
      }
    }
    Path first = directory.resolve("first/demo.pcap");
    assertThat(Files.mismatch(first, directory.resolve("second/demo.pcap"))).isEqualTo(-1);
  }
}
