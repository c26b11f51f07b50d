package org.mptcp4j.lab.decode;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.mptcp4j.testkit.capture.CaptureFile;
import org.mptcp4j.testkit.capture.CapturedFrame;

/** Fuzz target: capture files of any content are read to an end or an error, and are decoded. */
public final class DecoderFuzz {
  private static final int[] LINK_TYPES = {1, 101, 113, 276, 0, 228, 229, 147};

  private DecoderFuzz() {}

  /** Runs one input: a file when it begins as one, else frames of a length each. */
  public static void fuzzerTestOneInput(byte[] bytes) {
    List<CapturedFrame> frames;
    try (CaptureFile file = CaptureFile.from(new ByteArrayInputStream(bytes))) {
      frames = new ArrayList<>();
      for (CapturedFrame f = file.next(); f != null; f = file.next()) {
        frames.add(f);
      }
    } catch (IOException e) {
      frames = framesOf(ByteBuffer.wrap(bytes));
    }
    CaptureDecoder decoder = new CaptureDecoder();
    for (CapturedFrame frame : frames) {
      DecodedPacket packet = decoder.decode(frame);
      if (packet.line() == null) {
        throw new AssertionError("no line");
      }
    }
  }

  private static List<CapturedFrame> framesOf(ByteBuffer in) {
    List<CapturedFrame> frames = new ArrayList<>();
    while (in.remaining() > 2) {
      int linkType = LINK_TYPES[in.get() & 7];
      byte[] data = new byte[Math.min(in.get() & 0xff, in.remaining())];
      in.get(data);
      frames.add(new CapturedFrame(frames.size() * 1000L, linkType, data.length, data));
    }
    return frames;
  }
}
