package org.mptcp4j.fuzz;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Optional;
import org.mptcp4j.link.packet.ChecksumState;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.wire.IcmpError;
import org.mptcp4j.wire.MptcpOption;
import org.mptcp4j.wire.PacketText;
import org.mptcp4j.wire.ParseVerdict;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.TcpOptionWriter;
import org.mptcp4j.wire.TcpOptions;
import org.mptcp4j.wire.VirtioNetHeader;

/**
 * Fuzz target: what decodes bytes of the wire gives a verdict, and what it decodes encodes back.
 */
public final class WireFuzz {
  private WireFuzz() {}

  /** Runs one input: the first byte chooses the codec. */
  public static void fuzzerTestOneInput(byte[] bytes) {
    if (bytes.length == 0) {
      return;
    }
    ByteBuf data = Unpooled.wrappedBuffer(bytes, 1, bytes.length - 1);
    switch (bytes[0] & 3) {
      case 0 -> datagram(data, ChecksumState.PARTIAL);
      case 1 -> options(data);
      case 2 -> mptcpOption(data);
      default -> virtio(data);
    }
  }

  private static void datagram(ByteBuf data, ChecksumState checksum) {
    fixHeaderSum(data);
    RxSegment segment = new RxSegment();
    ParseVerdict verdict = segment.parse(data, checksum, 0);
    require(PacketText.line(segment, verdict) != null, "no text");
    if (verdict == ParseVerdict.NOT_TCP) {
      IcmpError.decode(segment).ifPresent(e -> require(e.mtu() >= 0, "negative MTU"));
    }
    if (verdict == ParseVerdict.OK) {
      int end = segment.payloadIndex() + segment.payloadLength();
      require(segment.payloadLength() >= 0 && end <= data.writerIndex(), "payload out of bounds");
      require(segment.segments() >= 1, "no segment");
    }
  }

  /** So that the header's checksum does not hide what lies behind it. */
  private static void fixHeaderSum(ByteBuf data) {
    if (data.readableBytes() >= 20 && data.getByte(0) == 0x45) {
      data.setShort(10, 0);
      data.setShort(
          10,
          org.mptcp4j.wire.InternetChecksum.finish(
              org.mptcp4j.wire.InternetChecksum.sum(data, 0, 20)));
    }
  }

  private static void options(ByteBuf data) {
    TcpOptions options = new TcpOptions();
    int length = Math.min(TcpOptionWriter.MAX, data.readableBytes());
    // A buffer that has no more: what lies behind the options is none of them.
    options.parse(data.slice(data.readerIndex(), length), 0, length);
    require(options.sackBlocks() <= 4, "too many SACK blocks");
    require(options.windowScale() <= TcpOptions.MAX_WINDOW_SCALE, "window scale out of range");
    require(PacketText.options(options) != null, "no text");
    for (int i = 0; i < options.mptcpOptions(); i++) {
      encodesBack(options.mptcp(i));
    }
    if (options.dss().present()) {
      encodesBack(options.dss().toOption());
    }
  }

  private static void mptcpOption(ByteBuf data) {
    int length = Math.min(TcpOptionWriter.MAX, data.readableBytes());
    ByteBuf exact = data.slice(data.readerIndex(), length);
    Optional<MptcpOption> option = MptcpOption.decode(exact, 0, length);
    option.ifPresent(WireFuzz::encodesBack);
  }

  private static void encodesBack(MptcpOption option) {
    ByteBuf out = Unpooled.buffer();
    option.encode(out);
    require(out.readableBytes() == option.encodedLength(), option + " has another length");
    Optional<MptcpOption> again = MptcpOption.decode(out, 0, out.readableBytes());
    require(again.isPresent() && again.get().equals(option), option + " becomes " + again);
  }

  private static void virtio(ByteBuf data) {
    VirtioNetHeader header = new VirtioNetHeader();
    if (!header.decode(data, 0, VirtioNetHeader.LENGTH)) {
      return;
    }
    Packet packet = new Packet();
    packet.header(data.retainedSlice(VirtioNetHeader.LENGTH, data.readableBytes() - 10));
    if (header.applyTo(packet)) {
      RxSegment segment = new RxSegment();
      segment.parse(packet);
      require(packet.gsoSize() >= 0, "negative segment size");
    }
    packet.release();
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }
}
