package org.mptcp4j.link;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Reads pcap files with microsecond or nanosecond times in either byte order. A file that is not
 * one, or is cut short or inconsistent, gives an {@link IOException} that says where.
 */
public final class PcapReader implements Closeable {
  /**
   * One packet of a capture.
   *
   * @param timeNs nanoseconds since 1970
   * @param originalLength bytes it had on the wire; more than there are in {@code data} when the
   *     capture cut it
   * @param data its bytes, from the link layer on
   */
  public record Record(long timeNs, int originalLength, byte[] data) {}

  private static final int MAGIC_MICROSECONDS = 0xA1B2C3D4;
  private static final int PCAPNG_BLOCK = 0x0A0D0D0A;
  private static final int MAX_RECORD = 1 << 24;

  private final InputStream in;
  private final ByteBuffer header = ByteBuffer.allocate(24);
  private final ByteOrder byteOrder;
  private final int nanosPerTick;
  private final int linkType;
  private long records;

  private PcapReader(InputStream in) throws IOException {
    this.in = in;
    readHeader(24, "file header");
    int magic = header.getInt(0);
    this.byteOrder = isMagic(magic) ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    int ordered = isMagic(magic) ? magic : Integer.reverseBytes(magic);
    if (!isMagic(ordered)) {
      throw new IOException(
          magic == PCAPNG_BLOCK
              ? "this is a pcapng file; convert it with: editcap -F nsecpcap IN OUT"
              : String.format("not a pcap file: it starts with %08x", magic));
    }
    this.nanosPerTick = ordered == MAGIC_MICROSECONDS ? 1000 : 1;
    header.order(byteOrder);
    int major = header.getShort(4);
    if (major != 2) {
      throw new IOException("unknown pcap version " + major);
    }
    this.linkType = header.getInt(20) & 0x0FFF_FFFF;
  }

  private static boolean isMagic(int magic) {
    return magic == MAGIC_MICROSECONDS || magic == PcapWriter.MAGIC_NANOSECONDS;
  }

  /**
   * Opens a file and reads its header.
   *
   * @throws IOException when it cannot be read or is not a pcap file
   */
  public static PcapReader open(Path file) throws IOException {
    InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
    try {
      return new PcapReader(in);
    } catch (IOException | RuntimeException e) {
      in.close();
      throw e;
    }
  }

  /** Reads from a stream, which {@link #close} closes. */
  public static PcapReader from(InputStream in) throws IOException {
    return new PcapReader(in);
  }

  /** The link type: 101 raw IP, 1 Ethernet, 113 and 276 Linux cooked. */
  public int linkType() {
    return linkType;
  }

  /**
   * Reads the next packet.
   *
   * @return null at the end of the file
   * @throws IOException when the file is cut short or inconsistent
   */
  public @Nullable Record next() throws IOException {
    int first = in.read();
    if (first < 0) {
      return null;
    }
    records++;
    header.put(0, (byte) first);
    readInto(header.array(), 1, 15, "header of packet " + records);
    header.order(byteOrder);
    long seconds = header.getInt(0) & 0xFFFF_FFFFL;
    long fraction = header.getInt(4) & 0xFFFF_FFFFL;
    int captured = header.getInt(8);
    int original = header.getInt(12);
    if (captured < 0 || captured > MAX_RECORD || original < 0) {
      throw new IOException(
          "packet " + records + " claims an impossible length of " + (captured & 0xFFFF_FFFFL));
    }
    byte[] data = new byte[captured];
    readInto(data, 0, captured, "packet " + records);
    return new Record(seconds * 1_000_000_000L + fraction * nanosPerTick, original, data);
  }

  private void readHeader(int length, String what) throws IOException {
    readInto(header.array(), 0, length, what);
  }

  private void readInto(byte[] into, int offset, int length, String what) throws IOException {
    int read = in.readNBytes(into, offset, length);
    if (read < length) {
      throw new EOFException("the file ends in the middle of the " + what);
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
