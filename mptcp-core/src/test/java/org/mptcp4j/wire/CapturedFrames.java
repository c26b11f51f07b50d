package org.mptcp4j.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.mptcp4j.link.PcapReader;

/** The IP datagrams of the captures in the test resources. */
final class CapturedFrames {
  static final List<String> FILES =
      List.of(
          "c-flag",
          "dss-checksum",
          "fallback-syn-ack",
          "fastclose",
          "join-addaddr-datafin",
          "single-subflow");

  private CapturedFrames() {}

  static List<ByteBuf> of(String name) {
    List<ByteBuf> frames = new ArrayList<>();
    String path = "/captures/linux-6.18-" + name + ".pcap";
    try (InputStream in = CapturedFrames.class.getResourceAsStream(path);
        PcapReader reader = PcapReader.from(in)) {
      int linkHeader = reader.linkType() == 1 ? 14 : 20;
      for (PcapReader.Record r = reader.next(); r != null; r = reader.next()) {
        frames.add(Unpooled.wrappedBuffer(r.data(), linkHeader, r.data().length - linkHeader));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return frames;
  }

  static List<ByteBuf> all() {
    return FILES.stream().flatMap(name -> of(name).stream()).toList();
  }
}
