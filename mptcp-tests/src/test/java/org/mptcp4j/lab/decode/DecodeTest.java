package org.mptcp4j.lab.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mptcp4j.lab.Main;
import org.mptcp4j.testkit.capture.CaptureFile;
import org.mptcp4j.testkit.capture.CapturedFrame;
import picocli.CommandLine;

class DecodeTest {
  private static final Path CAPTURES = Path.of("../mptcp-core/src/test/resources/captures");

  @TempDir Path dir;

  private static Path capture(String name) {
    return CAPTURES.resolve("linux-6.18-" + name + ".pcap");
  }

  private static List<DecodedPacket> decode(Path file) throws IOException {
    List<DecodedPacket> packets = new ArrayList<>();
    CaptureDecoder decoder = new CaptureDecoder();
    try (CaptureFile in = CaptureFile.open(file)) {
      for (CapturedFrame frame = in.next(); frame != null; frame = in.next()) {
        packets.add(decoder.decode(frame));
      }
    }
    return packets;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "c-flag",
        "dss-checksum",
        "fallback-syn-ack",
        "fastclose",
        "join-addaddr-datafin",
        "single-subflow"
      })
  void capturesOfLinuxHaveNoFaults(String name) throws IOException {
    List<DecodedPacket> packets = decode(capture(name));
    assertThat(packets).isNotEmpty().allSatisfy(p -> assertThat(p.faults()).isEmpty());
    assertThat(packets.get(0).summary()).contains("SYN seq 0", "MP_CAPABLE v1");
  }

  @Test
  void tokensAndHmacsAreVerified() throws IOException {
    String all = text(decode(capture("join-addaddr-datafin")));
    assertThat(all)
        .contains(
            "c1.0",
            "c1.1",
            "key 4be00f8a0836addc (token a973d802)",
            "(token 36029e94, peer token a973d802)",
            "MP_JOIN SYN id 1 token a973d802 nonce 2dcaa08c backup (token ok)",
            "hmac bec54d895c9523e2 nonce 40110ff1 (hmac ok)",
            "MP_JOIN ACK hmac 6aa9478c0d956923cc5a9f09b2296b9ee636af3c (hmac ok)",
            "ADD_ADDR id 1 10.0.2.2 hmac be119c3d00444e5a (hmac ok)",
            "DATA_FIN")
        .doesNotContain("BAD", OptionChecks.NO_KEYS, "unknown");
  }

  @Test
  void dssChecksumsAreVerified() throws IOException {
    String all = text(decode(capture("dss-checksum")));
    assertThat(all).contains("MP_CAPABLE v1 flags AH", "csum 1f7b, csum of ssn 101 ok");
    assertThat(text(decode(capture("fastclose")))).contains("MP_FASTCLOSE", "(key ok)");
  }

  @Test
  void faultsAreFound() throws IOException {
    byte[] bytes = Files.readAllBytes(capture("dss-checksum"));
    int payload = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf("zzzz");
    bytes[payload] = 'y';
    byte[] join = Files.readAllBytes(capture("join-addaddr-datafin"));
    replace(join, 0xbec54d895c9523e2L, 1);
    replace(join, 0xbe119c3d00444e5aL, 2);
    Path checksum = Files.write(dir.resolve("a.pcap"), bytes);
    Path hmacs = Files.write(dir.resolve("b.pcap"), join);
    assertThat(faults(checksum)).containsExactly("csum of ssn 101 BAD");
    assertThat(faults(hmacs)).containsExactly("hmac BAD", "hmac BAD");
  }

  private static void replace(byte[] bytes, long what, long by) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    for (int i = 0; i + 8 <= bytes.length; i++) {
      if (buffer.getLong(i) == what) {
        buffer.putLong(i, by);
      }
    }
  }

  private static List<String> faults(Path file) throws IOException {
    return decode(file).stream().flatMap(p -> p.faults().stream()).toList();
  }

  private static String text(List<DecodedPacket> packets) {
    return String.join("\n", packets.stream().map(DecodedPacket::line).toList());
  }

  @Test
  void pcapngSaysTheSame() throws IOException {
    Path pcap = capture("single-subflow");
    assertThat(text(decode(asPcapng(pcap)))).isEqualTo(text(decode(pcap)));
  }

  private Path asPcapng(Path pcap) throws IOException {
    ByteBuffer out = ByteBuffer.allocate(1 << 20).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(0x0a0d0d0a).putInt(28).putInt(0x1a2b3c4d).putInt(1).putLong(-1).putInt(28);
    try (CaptureFile in = CaptureFile.open(pcap)) {
      CapturedFrame first = in.next();
      out.putInt(1).putInt(32).putInt(first.linkType()).putInt(0);
      out.putShort((short) 9).putShort((short) 1).putInt(9).putInt(0).putInt(32);
      for (CapturedFrame f = first; f != null; f = in.next()) {
        int padded = f.data().length + 3 & ~3;
        out.putInt(6).putInt(32 + padded).putInt(0);
        out.putInt((int) (f.timeNs() >>> 32)).putInt((int) f.timeNs());
        out.putInt(f.data().length).putInt(f.originalLength());
        out.put(f.data()).put(new byte[padded - f.data().length]).putInt(32 + padded);
      }
    }
    byte[] bytes = new byte[out.position()];
    out.get(0, bytes);
    return Files.write(dir.resolve("c.pcapng"), bytes);
  }

  @Test
  void anyFrameGivesALine() throws IOException {
    Random random = new Random(7);
    CaptureDecoder decoder = new CaptureDecoder();
    List<CapturedFrame> frames = new ArrayList<>();
    try (CaptureFile in = CaptureFile.open(capture("join-addaddr-datafin"))) {
      for (CapturedFrame frame = in.next(); frame != null; frame = in.next()) {
        frames.add(frame);
      }
    }
    for (int i = 0; i < 20_000; i++) {
      CapturedFrame good = frames.get(random.nextInt(frames.size()));
      byte[] data = good.data().clone();
      for (int k = random.nextInt(3); k >= 0; k--) {
        data[34 + random.nextInt(data.length - 34)] = (byte) random.nextInt();
      }
      int length = random.nextInt(4) == 0 ? random.nextInt(data.length) : data.length;
      byte[] cut = java.util.Arrays.copyOf(data, length);
      int type = random.nextInt(50) == 0 ? random.nextInt(300) : good.linkType();
      assertThat(decoder.decode(new CapturedFrame(0, type, good.originalLength(), cut)).line())
          .isNotBlank();
    }
  }

  @Test
  void theCommandPrintsLinesOrJson() {
    Path file = capture("fastclose");
    assertThat(run("decode", file.toString()).lines().count()).isEqualTo(6);
    assertThat(run("decode", "--json", file.toString()))
        .startsWith("[{")
        .contains("\"flow\": \"c1.0\"", "\"faults\": []")
        .endsWith("}]" + System.lineSeparator());
  }

  @ParameterizedTest
  @ValueSource(strings = {"no-such-file.pcap", ".", "pom.xml"})
  void whatCannotBeReadIsOneLine(String file) {
    StringWriter err = new StringWriter();
    CommandLine line = Main.commandLine().setErr(new PrintWriter(err, true));
    assertThat(line.execute("decode", file)).isEqualTo(1);
    assertThat(err.toString().strip())
        .startsWith("mptcp-lab: ")
        .contains(file)
        .doesNotContain("\n");
  }

  private static String run(String... args) {
    StringWriter out = new StringWriter();
    CommandLine line = Main.commandLine().setOut(new PrintWriter(out, true));
    assertThat(line.execute(args)).isZero();
    return out.toString();
  }
}
