package org.mptcp4j.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.Unpooled;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.wire.ParseVerdict;
import org.mptcp4j.wire.RxSegment;

class PcapTest {
  private static byte[] capture(long timeNs, Packet... packets) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (PcapWriter writer = PcapWriter.to(out)) {
      for (Packet p : packets) {
        writer.packet(timeNs, p);
        p.release();
      }
    }
    return out.toByteArray();
  }

  private static Packet packet(int payload) {
    return TestSegments.packet(
        TestSegments.V4_A, TestSegments.V4_B, 1, TestSegments.bytes(payload, 0));
  }

  @Test
  void whatIsWrittenIsReadBackWithFullChecksums() throws IOException {
    byte[] file = capture(5_000_000_123L, packet(100), packet(3000));
    assertThat(Arrays.copyOf(file, 4)).containsExactly(0xA1, 0xB2, 0x3C, 0x4D);
    try (PcapReader reader = PcapReader.from(new ByteArrayInputStream(file))) {
      assertThat(reader.linkType()).isEqualTo(PcapWriter.LINKTYPE_RAW);
      PcapReader.Record first = reader.next();
      assertThat(first.timeNs()).isEqualTo(5_000_000_123L);
      assertThat(first.originalLength()).isEqualTo(152);
      Packet p = new Packet();
      p.header(Unpooled.wrappedBuffer(first.data()));
      assertThat(new RxSegment().parse(p)).isEqualTo(ParseVerdict.OK);
      assertThat(reader.next().originalLength()).isEqualTo(3052);
      assertThat(reader.next()).isNull();
    }
  }

  @Test
  void readsMicrosecondsInLittleEndian() throws IOException {
    ByteBuffer b = ByteBuffer.allocate(43).order(ByteOrder.LITTLE_ENDIAN);
    b.putInt(0xA1B2C3D4).putShort((short) 2).putShort((short) 4).putLong(0).putInt(65535).putInt(1);
    b.putInt(7).putInt(8).putInt(3).putInt(9).put(new byte[] {1, 2, 3});
    try (PcapReader reader = PcapReader.from(new ByteArrayInputStream(b.array()))) {
      PcapReader.Record r = reader.next();
      assertThat(reader.linkType()).isEqualTo(1);
      assertThat(r.timeNs()).isEqualTo(7_000_008_000L);
      assertThat(r.originalLength()).isEqualTo(9);
      assertThat(r.data()).containsExactly(1, 2, 3);
    }
  }

  @Test
  void aFileOfAnotherKindIsRefusedWithTheReason() {
    assertThatThrownBy(() -> PcapReader.from(new ByteArrayInputStream(new byte[40])))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("not a pcap file");
    assertThatThrownBy(() -> PcapReader.from(new ByteArrayInputStream(new byte[3])))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("file header");
  }

  @Property(tries = 300)
  void brokenFilesGiveAnIoExceptionAndNothingElse(
      @ForAll byte[] noise, @ForAll int cut, @ForAll int at) throws IOException {
    byte[] file = capture(1, packet(10), packet(20));
    byte[] broken = Arrays.copyOf(file, Math.floorMod(cut, file.length + 1));
    for (int i = 0; i < noise.length && broken.length > 0; i++) {
      broken[Math.floorMod(at + i, broken.length)] = noise[i];
    }
    try (PcapReader reader = PcapReader.from(new ByteArrayInputStream(broken))) {
      while (reader.next() != null) {
        assertThat(reader.linkType()).isNotNegative();
      }
    } catch (IOException e) {
      assertThat(e.getMessage()).isNotEmpty();
    }
  }
}
