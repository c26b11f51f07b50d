package org.mptcp4j.testkit.capture;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the packets of a pcapng file: enhanced, simple and obsolete packet blocks; other blocks are
 * skipped.
 */
final class PcapngReader {
  private static final int SECTION = 0x0a0d0d0a;
  private static final int INTERFACE = 1;
  private static final int PACKET = 2;
  private static final int SIMPLE_PACKET = 3;
  private static final int ENHANCED_PACKET = 6;
  private static final int OPTION_TIME_RESOLUTION = 9;
  private static final int MAX_BLOCK = 1 << 25;
  private static final int MAX_INTERFACES = 65_536;

  /** What an interface block says. */
  private record Interface(int linkType, int snapLength, double nanosPerTick) {}

  private final InputStream in;
  private final List<Interface> interfaces = new ArrayList<>();
  private ByteOrder order = ByteOrder.BIG_ENDIAN;
  private int blocks;

  PcapngReader(InputStream in) {
    this.in = in;
  }

  static boolean isMagic(byte[] first) {
    return first.length == 4 && ByteBuffer.wrap(first).getInt() == SECTION;
  }

  /** The next packet, or null at the end of the file. */
  @Nullable CapturedFrame next() throws IOException {
    while (true) {
      byte[] head = in.readNBytes(8);
      if (head.length == 0) {
        return null;
      }
      blocks++;
      require(head.length == 8);
      int type = ByteBuffer.wrap(head).order(order).getInt();
      ByteBuffer body = type == SECTION ? readSection(head) : readBody(head, 0);
      CapturedFrame frame = frame(type, body);
      if (frame != null) {
        return frame;
      }
    }
  }

  private ByteBuffer readSection(byte[] head) throws IOException {
    byte[] magic = in.readNBytes(4);
    require(magic.length == 4);
    boolean big = ByteBuffer.wrap(magic).getInt() == 0x1a2b3c4d;
    order = big ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    interfaces.clear();
    return readBody(head, 4);
  }

  /** Reads the rest of a block of which {@code consumed} body bytes are gone already. */
  private ByteBuffer readBody(byte[] head, int consumed) throws IOException {
    int total = ByteBuffer.wrap(head).order(order).getInt(4);
    if (total < 12 + consumed || total > MAX_BLOCK || (total & 3) != 0) {
      throw new IOException("block " + blocks + " claims an impossible length of " + total);
    }
    int length = total - 8 - consumed;
    byte[] bytes = in.readNBytes(length);
    require(bytes.length == length);
    return ByteBuffer.wrap(bytes, 0, length - 4).order(order);
  }

  private void require(boolean complete) throws IOException {
    if (!complete) {
      throw new EOFException("the file ends in the middle of block " + blocks);
    }
  }

  private @Nullable CapturedFrame frame(int type, ByteBuffer body) throws IOException {
    switch (type) {
      case INTERFACE -> addInterface(body);
      case ENHANCED_PACKET -> {
        need(body, 20);
        return packet(body, body.getInt(0));
      }
      case PACKET -> {
        need(body, 20);
        return packet(body, body.getShort(0) & 0xffff);
      }
      case SIMPLE_PACKET -> {
        need(body, 4);
        Interface on = interfaceOf(0);
        int original = body.getInt(0);
        int captured = Math.min(original & 0x7fffffff, body.limit() - 4);
        int snap = on.snapLength == 0 ? captured : Math.min(captured, on.snapLength);
        return new CapturedFrame(0, on.linkType, original, bytes(body, 4, snap));
      }
      default -> {
        // Statistics, names, comments: nothing to decode.
      }
    }
    return null;
  }

  private CapturedFrame packet(ByteBuffer body, int index) throws IOException {
    Interface on = interfaceOf(index);
    long ticks = (body.getInt(4) & 0xffffffffL) << 32 | body.getInt(8) & 0xffffffffL;
    int captured = body.getInt(12);
    if (captured < 0 || captured > body.limit() - 20) {
      throw new IOException("the packet of block " + blocks + " is longer than its block");
    }
    long timeNs = on.nanosPerTick == 1 ? ticks : (long) (ticks * on.nanosPerTick);
    return new CapturedFrame(timeNs, on.linkType, body.getInt(16), bytes(body, 20, captured));
  }

  private static byte[] bytes(ByteBuffer body, int index, int length) {
    byte[] data = new byte[length];
    body.get(index, data);
    return data;
  }

  private void need(ByteBuffer body, int length) throws IOException {
    if (body.limit() < length) {
      throw new IOException("block " + blocks + " is too short");
    }
  }

  private Interface interfaceOf(int index) throws IOException {
    if (index < 0 || index >= interfaces.size()) {
      throw new IOException("block " + blocks + " names an interface that is not described");
    }
    return interfaces.get(index);
  }

  private void addInterface(ByteBuffer body) throws IOException {
    need(body, 8);
    if (interfaces.size() == MAX_INTERFACES) {
      throw new IOException("more than " + MAX_INTERFACES + " interfaces");
    }
    double nanos = 1000;
    for (int i = 8; i + 4 <= body.limit(); ) {
      int code = body.getShort(i) & 0xffff;
      int length = body.getShort(i + 2) & 0xffff;
      if (code == OPTION_TIME_RESOLUTION && length == 1 && i + 4 < body.limit()) {
        int r = body.get(i + 4);
        nanos = r >= 0 ? 1e9 / Math.pow(10, r) : 1e9 / Math.pow(2, r & 0x7f);
      }
      i += 4 + (length + 3 & ~3);
    }
    interfaces.add(new Interface(body.getShort(0) & 0xffff, body.getInt(4), nanos));
  }
}
