package org.mptcp4j.testkit.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mptcp4j.link.PacketTap;
import org.mptcp4j.link.packet.ChecksumState;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.wire.ParseVerdict;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.TcpFlags;
import org.mptcp4j.wire.TxSegment;

class PcapngWriterTest {
  @TempDir Path dir;

  private static void show(PacketTap tap, long timeNs, int payload) {
    TxSegment s = new TxSegment();
    s.src(IpAddress.parse("10.1.0.1")).dst(IpAddress.parse("10.1.0.2")).flags(TcpFlags.ACK);
    s.addPayload(Unpooled.wrappedBuffer(new byte[payload]), 0, payload);
    Packet packet = new Packet();
    s.encodeInto(packet, UnpooledByteBufAllocator.DEFAULT);
    tap.packet(timeNs, packet);
    packet.release();
  }

  @Test
  void whatIsWrittenIsRead() throws IOException {
    Path file = dir.resolve("a.pcapng");
    long late = 5_000_000_000_000_001L;
    try (PcapngWriter writer = PcapngWriter.create(file, "a remark")) {
      int wifi = writer.addInterface("wifi");
      show(writer.tap(wifi, PcapngWriter.Direction.OUTBOUND), 1, 3);
      int lte = writer.addInterface("lte");
      show(writer.tap(lte, PcapngWriter.Direction.INBOUND), late, 1001);
      assertThat(writer.leftOut()).isZero();
    }
    List<CapturedFrame> frames = CaptureFile.readAll(file);
    assertThat(frames).extracting(CapturedFrame::timeNs).containsExactly(1L, late);
    assertThat(frames).extracting(f -> f.data().length).containsExactly(43, 1041);
    assertThat(frames).extracting(CapturedFrame::originalLength).containsExactly(43, 1041);
    assertThat(frames).allMatch(f -> f.ipIndex() == 0);
    for (CapturedFrame f : frames) {
      ParseVerdict verdict =
          new RxSegment().parse(Unpooled.wrappedBuffer(f.data()), ChecksumState.UNVERIFIED, 0);
      assertThat(verdict).as("checksums are complete").isEqualTo(ParseVerdict.OK);
    }
    String text = Files.readString(file, StandardCharsets.ISO_8859_1);
    assertThat(text).contains("a remark", "wifi", "lte");
  }

  @Test
  void aFullFileCountsWhatItLeavesOut() throws IOException {
    Path file = dir.resolve("a.pcapng");
    try (PcapngWriter writer = PcapngWriter.create(file, "", 2000)) {
      PacketTap tap = writer.tap(writer.addInterface("wifi"), PcapngWriter.Direction.OUTBOUND);
      show(tap, 1, 1000);
      show(tap, 2, 1000);
      show(tap, 3, 100);
      assertThat(writer.leftOut()).isEqualTo(1);
    }
    assertThat(CaptureFile.readAll(file)).hasSize(2);
    assertThat(Files.size(file)).isLessThanOrEqualTo(2000);
  }

  @Test
  void anInterfaceIsDescribedBeforeItIsUsed() throws IOException {
    try (PcapngWriter writer = PcapngWriter.create(dir.resolve("a.pcapng"), "")) {
      assertThatThrownBy(() -> writer.tap(0, PcapngWriter.Direction.INBOUND))
          .hasMessage("no interface 0: add it before");
    }
  }
}
