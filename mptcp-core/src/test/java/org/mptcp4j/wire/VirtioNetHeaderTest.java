package org.mptcp4j.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mptcp4j.link.packet.ChecksumState;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.packet.Packet;

class VirtioNetHeaderTest {
  private final VirtioNetHeader header = new VirtioNetHeader();

  @Property
  void bothLengthsRoundTrip(@ForAll @Size(12) byte[] bytes) {
    for (int size : new int[] {10, 12}) {
      ByteBuf in = Unpooled.wrappedBuffer(bytes);
      assertThat(header.decode(in, 0, size)).isTrue();
      ByteBuf out = Unpooled.buffer(12).writeZero(12);
      header.encode(out, 0, size);
      assertThat(out.slice(0, size)).isEqualTo(in.slice(0, size));
    }
  }

  @Test
  void fieldsAreLittleEndian() {
    header.flags(1).gsoType(1).hdrLen(0x102).gsoSize(0x304).csumStart(20).csumOffset(16);
    header.numBuffers(0x506);
    ByteBuf out = Unpooled.buffer(12).writeZero(12);
    header.encode(out, 0, 12);
    assertThat(ByteBufUtil.hexDump(out))
        .isEqualTo("0101" + "0201" + "0403" + "1400" + "1000" + "0605");
  }

  @Test
  void shortBuffersAreRefused() {
    assertThat(header.decode(Unpooled.buffer().writeZero(9), 0, 10)).isFalse();
    assertThat(header.decode(Unpooled.buffer().writeZero(12), 2, 12)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"10.0.0.1, 20, 1", "fd00::1, 40, 4"})
  void aSuperSegmentIsDescribedAndTakenBack(String address, int ipLength, int type) {
    IpAddress ip = IpAddress.parse(address);
    TxSegment tx = new TxSegment().src(ip).dst(ip).gsoSize(1400).flags(TcpFlags.ACK | TcpFlags.CWR);
    tx.options().timestamps(1, 2);
    ByteBuf data = Unpooled.buffer(3000).writeZero(3000);
    tx.addPayload(data, 0, 3000);
    data.release();
    Packet packet = new Packet();
    tx.encodeInto(packet, ByteBufAllocator.DEFAULT);

    header.describe(packet);

    assertThat(header.flags()).isEqualTo(VirtioNetHeader.NEEDS_CSUM);
    assertThat(header.gsoType()).isEqualTo(type | VirtioNetHeader.GSO_ECN);
    assertThat(header.gsoSize()).isEqualTo(1400);
    assertThat(header.hdrLen()).isEqualTo(ipLength + 32);
    assertThat(header.csumStart()).isEqualTo(ipLength);
    assertThat(header.csumOffset()).isEqualTo(16);
    Packet received = new Packet();
    assertThat(header.applyTo(received)).isTrue();
    assertThat(received.gsoSize()).isEqualTo(1400);
    assertThat(received.checksum()).isEqualTo(ChecksumState.PARTIAL);
    packet.release();
  }

  @Test
  void otherKindsOfSuperSegmentsAreRefused() {
    assertThat(header.gsoType(3).applyTo(new Packet())).isFalse();
    Packet packet = new Packet();
    assertThat(header.gsoType(0).flags(VirtioNetHeader.DATA_VALID).applyTo(packet)).isTrue();
    assertThat(packet.checksum()).isEqualTo(ChecksumState.VALID);
  }
}
