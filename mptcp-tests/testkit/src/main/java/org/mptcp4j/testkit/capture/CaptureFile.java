package org.mptcp4j.testkit.capture;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mptcp4j.link.PcapReader;

/**
 * A capture on disk, pcap or pcapng. Files that are neither, or cut short, give an {@link
 * IOException} that says so.
 */
public final class CaptureFile implements Closeable {
  /** The largest capture that {@link #readAll} takes, in packets. */
  public static final int MAX_FRAMES = 1_000_000;

  /** Gives one frame after the other, then null. */
  private interface Source {
    @Nullable CapturedFrame next() throws IOException;
  }

  private final InputStream in;
  private final Source source;

  private CaptureFile(InputStream in, Source source) {
    this.in = in;
    this.source = source;
  }

  /**
   * Opens a file.
   *
   * @throws IOException when it cannot be read or is neither pcap nor pcapng
   */
  public static CaptureFile open(Path file) throws IOException {
    return from(Files.newInputStream(file));
  }

  /**
   * Reads from a stream, which is closed when this is, or when this method fails.
   *
   * @throws IOException when it cannot be read or is neither pcap nor pcapng
   */
  public static CaptureFile from(InputStream stream) throws IOException {
    InputStream in = new BufferedInputStream(stream, 1 << 16);
    try {
      in.mark(4);
      byte[] magic = in.readNBytes(4);
      in.reset();
      return new CaptureFile(in, PcapngReader.isMagic(magic) ? pcapng(in) : pcap(in));
    } catch (IOException | RuntimeException e) {
      in.close();
      throw e;
    }
  }

  /**
   * Reads a whole file.
   *
   * @throws IOException when it cannot be read to its end, or has more than {@link #MAX_FRAMES}
   */
  public static List<CapturedFrame> readAll(Path file) throws IOException {
    List<CapturedFrame> frames = new ArrayList<>();
    try (CaptureFile in = open(file)) {
      for (CapturedFrame frame = in.next(); frame != null; frame = in.next()) {
        if (frames.size() == MAX_FRAMES) {
          throw new IOException(file + " has more than " + MAX_FRAMES + " packets");
        }
        frames.add(frame);
      }
    }
    return frames;
  }

  private static Source pcapng(InputStream in) {
    return new PcapngReader(in)::next;
  }

  private static Source pcap(InputStream in) throws IOException {
    PcapReader reader = PcapReader.from(in);
    return () -> {
      PcapReader.Record r = reader.next();
      return r == null
          ? null
          : new CapturedFrame(r.timeNs(), reader.linkType(), r.originalLength(), r.data());
    };
  }

  /**
   * Reads the next frame.
   *
   * @return null at the end
   * @throws IOException when the file is cut short or inconsistent
   */
  public @Nullable CapturedFrame next() throws IOException {
    return source.next();
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
