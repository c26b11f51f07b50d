package org.mptcp4j.link;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.mptcp4j.link.packet.ChecksumState;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.wire.SoftwareChecksum;

/**
 * Writes packets to a pcap file with nanosecond times (magic {@code 0xa1b23c4d}) and link type RAW
 * (101), as Wireshark and tcpdump read it.
 *
 * <p>Partial checksums are completed in the file, so that an analyser does not report them as
 * wrong; the packet itself is not changed. A super-segment is written in one piece, as a capture on
 * a device with segmentation offload shows it.
 */
public final class PcapWriter implements PacketTap, Closeable {
  /** The magic number of a pcap file with nanosecond times. */
  public static final int MAGIC_NANOSECONDS = 0xA1B23C4D;

  /** Link type: the packet starts with the IPv4 or IPv6 header. */
  public static final int LINKTYPE_RAW = 101;

  /** The largest snap length Wireshark takes without complaint. */
  public static final int MAX_SNAP_LENGTH = 262_144;

  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final OutputStream out;
  private final int snapLength;
  private final long epochNs;
  private byte[] bytes = new byte[2048];
  private final ByteBuf fileHeader;
  private final Packet scratch = new Packet();
  private boolean closed;

  private PcapWriter(OutputStream out, int snapLength, long epochNs) throws IOException {
    if (snapLength < 1 || snapLength > MAX_SNAP_LENGTH) {
      throw new IllegalArgumentException("snap length must lie between 1 and " + MAX_SNAP_LENGTH);
    }
    this.out = out;
    this.snapLength = snapLength;
    this.epochNs = epochNs;
    this.fileHeader = Unpooled.buffer(24);
    writeFileHeader();
  }

  /** Creates or overwrites a file; whole packets, times as given to {@link #packet}. */
  public static PcapWriter create(Path file) throws IOException {
    return create(file, MAX_SNAP_LENGTH, 0);
  }

  /**
   * Creates or overwrites a file.
   *
   * @param file its path
   * @param snapLength bytes of each packet to keep
   * @param epochNs added to every time, nanoseconds since 1970; places virtual times on a calendar
   * @throws IOException when the file cannot be written
   */
  public static PcapWriter create(Path file, int snapLength, long epochNs) throws IOException {
    OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16);
    try {
      return new PcapWriter(out, snapLength, epochNs);
    } catch (IOException | RuntimeException e) {
      out.close();
      throw e;
    }
  }

  /** Writes to a stream, which {@link #close} closes. It should be buffered. */
  public static PcapWriter to(OutputStream out) throws IOException {
    return new PcapWriter(out, MAX_SNAP_LENGTH, 0);
  }

  private void writeFileHeader() throws IOException {
    fileHeader.writeInt(MAGIC_NANOSECONDS).writeShort(2).writeShort(4).writeInt(0).writeInt(0);
    fileHeader.writeInt(snapLength).writeInt(LINKTYPE_RAW);
    out.write(fileHeader.array(), 0, 24);
  }

  /**
   * Appends one packet.
   *
   * @param nowNs its time, nanoseconds
   * @param packet neither changed nor kept
   * @throws UncheckedIOException when the file cannot be written
   */
  @Override
  public void packet(long nowNs, Packet packet) {
    try {
      write(nowNs, packet);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the capture: " + e.getMessage(), e);
    }
  }

  private void write(long nowNs, Packet packet) throws IOException {
    int length = packet.length();
    if (bytes.length < length) {
      bytes = new byte[Math.max(length, bytes.length * 2)];
    }
    copy(packet);
    if (packet.checksum() == ChecksumState.PARTIAL) {
      scratch.header(Unpooled.wrappedBuffer(bytes, 0, length));
      scratch.checksum(ChecksumState.PARTIAL);
      SoftwareChecksum.complete(scratch);
    }
    int kept = Math.min(length, snapLength);
    long timeNs = nowNs + epochNs;
    fileHeader.clear();
    fileHeader.writeInt((int) (timeNs / NANOS_PER_SECOND));
    fileHeader.writeInt((int) (timeNs % NANOS_PER_SECOND));
    fileHeader.writeInt(kept).writeInt(length);
    out.write(fileHeader.array(), 0, 16);
    out.write(bytes, 0, kept);
  }

  private void copy(Packet packet) {
    ByteBuf header = packet.header();
    int at = header.readableBytes();
    header.getBytes(header.readerIndex(), bytes, 0, at);
    for (int i = 0; i < packet.pieces(); i++) {
      int n = packet.pieceLength(i);
      packet.pieceBuf(i).getBytes(packet.pieceIndex(i), bytes, at, n);
      at += n;
    }
  }

  /** Writes what is buffered to the file. */
  public void flush() throws IOException {
    out.flush();
  }

  /** Flushes and closes the file. */
  @Override
  public void close() throws IOException {
    if (!closed) {
      closed = true;
      out.close();
    }
  }
}
