package org.mptcp4j.lab.decode;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.mptcp4j.link.PcapReader;

/**
 * A capture on disk, pcap or pcapng. Files that are neither, or cut short, give an {@link
 * IOException} that says so.
 */
final class CaptureFile implements Closeable {
  /** Gives one frame after the other, then null. */
  private interface Source {
    Frame next() throws IOException;
  }

  private final InputStream in;
  private final Source source;

  private CaptureFile(InputStream in, Source source) {
    this.in = in;
    this.source = source;
  }

  static CaptureFile open(Path file) throws IOException {
    InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
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

  private static Source pcapng(InputStream in) {
    return new PcapngReader(in)::next;
  }

  private static Source pcap(InputStream in) throws IOException {
    PcapReader reader = PcapReader.from(in);
    return () -> {
      PcapReader.Record r = reader.next();
      return r == null
          ? null
          : new Frame(r.timeNs(), reader.linkType(), r.originalLength(), r.data());
    };
  }

  /** The next frame, or null at the end. */
  Frame next() throws IOException {
    return source.next();
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
