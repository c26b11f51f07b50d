package org.mptcp4j.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mptcp4j.link.packet.ChecksumState;

/** Frames that Linux 6.18 sent: decoded, written again, cut and corrupted. */
class CaptureTest {
  private final Ipv4View ip = new Ipv4View();
  private final TcpView tcp = new TcpView();
  private final TcpOptionCursor cursor = new TcpOptionCursor();
  private final RxSegment rx = new RxSegment();

  static Stream<String> files() {
    return CapturedFrames.FILES.stream();
  }

  @ParameterizedTest
  @MethodSource("files")
  void everyFrameIsEncodedAgainByteForByte(String file) {
    List<ByteBuf> frames = CapturedFrames.of(file);
    assertThat(frames).isNotEmpty();
    for (ByteBuf frame : frames) {
      assertThat(ip.wrap(frame, 0, frame.readableBytes())).isTrue();
      assertThat(ip.checksumIsValid()).isTrue();
      int upper = ip.headerLength();
      assertThat(tcp.wrap(frame, upper, ip.totalLength() - upper)).isTrue();
      ByteBuf out = Unpooled.buffer();
      ip.encode(out);
      tcp.encode(out);
      out.writeBytes(options(frame).bytes());
      out.writeBytes(frame, out.writerIndex(), frame.writerIndex() - out.writerIndex());
      assertThat(out).isEqualTo(frame);
    }
  }

  /** Writes every option from its decoded values; the layout is the writer's own. */
  private TcpOptionWriter options(ByteBuf frame) {
    TcpOptionWriter writer = new TcpOptionWriter();
    TcpOptions decoded = new TcpOptions();
    decoded.parse(frame, tcp.optionsIndex(), tcp.optionsLength());
    assertThat(decoded.malformed()).isFalse();
    assertThat(decoded.malformedMptcp()).isZero();
    int rare = 0;
    cursor.reset(frame, tcp.optionsIndex(), tcp.optionsLength());
    while (cursor.next()) {
      switch (cursor.kind()) {
        case TcpOptions.NOP -> {}
        case TcpOptions.MSS -> writer.mss(decoded.mss());
        case TcpOptions.WINDOW_SCALE -> writer.windowScale(decoded.windowScale());
        case TcpOptions.SACK_PERMITTED -> writer.sackPermitted();
        case TcpOptions.TIMESTAMPS -> writer.timestamps(decoded.tsVal(), decoded.tsEcr());
        case TcpOptions.SACK -> {
          writer.sack(decoded.sackBlocks());
          for (int i = 0; i < decoded.sackBlocks(); i++) {
            writer.sackBlock(decoded.sackLeft(i), decoded.sackRight(i));
          }
        }
        case MptcpOption.KIND -> {
          boolean dss = frame.getByte(cursor.index() + 2) >> 4 == MptcpOption.DSS;
          writer.mptcp(dss ? decoded.dss().toOption() : decoded.mptcp(rare++));
        }
        default -> throw new AssertionError("option kind " + cursor.kind());
      }
    }
    assertThat(cursor.malformed()).isFalse();
    assertThat(rare).isEqualTo(decoded.mptcpOptions());
    writer.pad();
    return writer;
  }

  @ParameterizedTest
  @MethodSource("files")
  void everyFrameIsASegment(String file) {
    for (ByteBuf frame : CapturedFrames.of(file)) {
      assertThat(rx.parse(frame, ChecksumState.PARTIAL, 0)).isEqualTo(ParseVerdict.OK);
      assertThat(rx.payloadIndex() + rx.payloadLength()).isEqualTo(frame.writerIndex());
    }
  }

  @Test
  void truncatedFramesGiveVerdicts() {
    for (ByteBuf frame : CapturedFrames.all()) {
      int headers = 20 + ((frame.getByte(32) >> 4 & 15) * 4);
      for (int n = 0; n < Math.min(headers + 4, frame.readableBytes()); n++) {
        ByteBuf cut = frame.copy(0, n);
        assertThat(rx.parse(cut, ChecksumState.PARTIAL, 0)).isEqualTo(ParseVerdict.TRUNCATED);
        if (n >= 20) {
          cut.setShort(2, n).setShort(10, 0);
          cut.setShort(10, InternetChecksum.finish(InternetChecksum.sum(cut, 0, 20)));
          ParseVerdict expected = n < headers ? ParseVerdict.TRUNCATED : ParseVerdict.OK;
          assertThat(rx.parse(cut, ChecksumState.PARTIAL, 0)).isEqualTo(expected);
        }
      }
    }
  }

  @Test
  void corruptedFramesNeverThrow() {
    Random random = new Random(1);
    List<ByteBuf> frames = CapturedFrames.all();
    for (int i = 0; i < 50_000; i++) {
      ByteBuf frame = frames.get(random.nextInt(frames.size())).copy();
      int headers = 20 + ((frame.getByte(32) >> 4 & 15) * 4);
      for (int k = random.nextInt(4); k >= 0; k--) {
        frame.setByte(20 + random.nextInt(headers - 20), random.nextInt(256));
      }
      ParseVerdict verdict = rx.parse(frame, ChecksumState.PARTIAL, 0);
      assertThat(verdict).isIn(ParseVerdict.OK, ParseVerdict.TRUNCATED, ParseVerdict.BAD_HEADER);
      PacketText.line(rx, verdict);
    }
  }
}
