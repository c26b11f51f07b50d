package org.mptcp4j.testkit.capture;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.mptcp4j.link.PacketTap;
import org.mptcp4j.link.packet.ChecksumState;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.wire.SoftwareChecksum;

/**
 * Writes packets of several named interfaces to one pcapng file: raw IP, times in nanoseconds, and
 * for each packet whether it came or went.
 *
 * <p>Partial checksums are completed in the file; the packet itself is not changed. A super-segment
 * is written in one piece. Once a file has its largest size, packets are counted and not written.
 */
public final class PcapngWriter implements Closeable {
  /** Which way a packet passed the interface. */
  public enum Direction {
    /** It was received. */
    INBOUND(1),
    /** It was sent. */
    OUTBOUND(2);

    private final int flags;

    Direction(int flags) {
      this.flags = flags;
    }
  }

  private static final int SECTION_HEADER = 0x0a0d0d0a;
  private static final int INTERFACE_DESCRIPTION = 1;
  private static final int ENHANCED_PACKET = 6;
  private static final int BYTE_ORDER_MAGIC = 0x1a2b3c4d;
  private static final short OPTION_COMMENT = 1;
  private static final short OPTION_INTERFACE_NAME = 2;
  private static final short OPTION_PACKET_FLAGS = 2;
  private static final short OPTION_TIME_RESOLUTION = 9;
  private static final short LINKTYPE_RAW = 101;
  private static final byte NANOSECONDS = 9;

  private final OutputStream out;
  private final long largestBytes;
  private final Packet scratch = new Packet();
  private long written;
  private long left;
  private int interfaces;
  private boolean closed;

  private PcapngWriter(OutputStream out, long largestBytes) {
    this.out = out;
    this.largestBytes = largestBytes;
  }

  /**
   * Creates or overwrites a file of any size.
   *
   * @param file its path
   * @param comment for whoever opens it
   * @throws IOException when it cannot be written
   */
  public static PcapngWriter create(Path file, String comment) throws IOException {
    return create(file, comment, Long.MAX_VALUE);
  }

  /**
   * Creates or overwrites a file.
   *
   * @param file its path
   * @param comment for whoever opens it
   * @param largestBytes packets that would make the file larger are not written
   * @throws IOException when it cannot be written
   */
  public static PcapngWriter create(Path file, String comment, long largestBytes)
      throws IOException {
    OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16);
    PcapngWriter writer = new PcapngWriter(out, largestBytes);
    try {
      writer.writeSection(comment);
    } catch (IOException | RuntimeException e) {
      out.close();
      throw e;
    }
    return writer;
  }

  private void writeSection(String comment) throws IOException {
    ByteBuffer body = buffer(16 + optionLength(comment.getBytes(StandardCharsets.UTF_8)) + 4);
    body.putInt(BYTE_ORDER_MAGIC).putShort((short) 1).putShort((short) 0).putLong(-1);
    option(body, OPTION_COMMENT, comment.getBytes(StandardCharsets.UTF_8));
    writeBlock(SECTION_HEADER, body.putInt(0));
  }

  /**
   * Describes one more interface.
   *
   * @param name as analysers show it
   * @return its number, for {@link #tap}
   * @throws UncheckedIOException when the file cannot be written
   */
  public int addInterface(String name) {
    byte[] text = name.getBytes(StandardCharsets.UTF_8);
    byte[] resolution = {NANOSECONDS};
    ByteBuffer body = buffer(8 + optionLength(text) + optionLength(resolution) + 4);
    body.putShort(LINKTYPE_RAW).putShort((short) 0).putInt(0);
    option(body, OPTION_INTERFACE_NAME, text);
    option(body, OPTION_TIME_RESOLUTION, resolution);
    try {
      writeBlock(INTERFACE_DESCRIPTION, body.putInt(0));
    } catch (IOException e) {
      throw unwritable(e);
    }
    return interfaces++;
  }

  /** What shows it the packets of one interface in one direction. */
  public PacketTap tap(int interfaceNumber, Direction direction) {
    if (interfaceNumber < 0 || interfaceNumber >= interfaces) {
      throw new IllegalArgumentException("no interface " + interfaceNumber + ": add it before");
    }
    return (nowNs, packet) -> write(nowNs, interfaceNumber, direction, packet);
  }

  private void write(long nowNs, int interfaceNumber, Direction direction, Packet packet) {
    if (closed || written + 64 + packet.length() > largestBytes) {
      left++;
      return;
    }
    byte[] data = datagram(packet);
    ByteBuffer body = buffer(20 + padded(data.length) + 12);
    body.putInt(interfaceNumber).putInt((int) (nowNs >>> 32)).putInt((int) nowNs);
    body.putInt(data.length).putInt(data.length).put(data);
    body.position(20 + padded(data.length));
    byte[] flags = buffer(4).putInt(direction.flags).array();
    option(body, OPTION_PACKET_FLAGS, flags);
    try {
      writeBlock(ENHANCED_PACKET, body.putInt(0));
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  private byte[] datagram(Packet packet) {
    ByteBuf whole = packet.linearize(UnpooledByteBufAllocator.DEFAULT);
    byte[] bytes = new byte[whole.readableBytes()];
    whole.getBytes(whole.readerIndex(), bytes);
    whole.release();
    if (packet.checksum() == ChecksumState.PARTIAL) {
      scratch.header(Unpooled.wrappedBuffer(bytes));
      scratch.checksum(ChecksumState.PARTIAL);
      SoftwareChecksum.complete(scratch);
      scratch.release();
    }
    return bytes;
  }

  /** Packets that were not written, because the file had its largest size or was closed. */
  public long leftOut() {
    return left;
  }

  private void writeBlock(int type, ByteBuffer body) throws IOException {
    int total = 12 + body.position();
    ByteBuffer block = buffer(total).putInt(type).putInt(total);
    block.put(body.array(), 0, body.position()).putInt(total);
    out.write(block.array());
    written += total;
  }

  private static ByteBuffer buffer(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static int padded(int length) {
    return length + 3 & ~3;
  }

  private static int optionLength(byte[] value) {
    return 4 + padded(value.length);
  }

  private static void option(ByteBuffer body, short code, byte[] value) {
    int end = body.position() + optionLength(value);
    body.putShort(code).putShort((short) value.length).put(value).position(end);
  }

  private static UncheckedIOException unwritable(IOException e) {
    return new UncheckedIOException("cannot write the capture: " + e.getMessage(), e);
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
