package org.mptcp4j.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * Writes TCP options within the 40 bytes that a header has for them. Each method writes its option
 * with the padding that puts it on its usual place, or, when it does not fit, writes nothing and
 * returns false. The layout is the one that other stacks and their receive offloads expect:
 * timestamps after two NOPs (or after SACK-permitted), MPTCP options on four-byte boundaries.
 *
 * <p>Reusable, no allocation for the options of data segments; not thread-safe.
 */
public final class TcpOptionWriter {
  /** Room for options in a TCP header, in bytes. */
  public static final int MAX = 40;

  private static final int ECN_COUNTERS = 3;

  private final ByteBuf out = Unpooled.buffer(MAX, MAX);

  /** Empty. */
  public TcpOptionWriter() {}

  /** Bytes that the options take in the header: what was written, rounded up to 4. */
  public int used() {
    return out.writerIndex() + 3 & ~3;
  }

  /** Bytes left for an option that starts on a four-byte boundary. */
  public int room() {
    return MAX - used();
  }

  /** Starts again. */
  public void clear() {
    out.clear();
  }

  /** Pads what was written to a multiple of 4. */
  public void pad() {
    nops(-out.writerIndex() & 3);
  }

  /**
   * What was written so far, from 0 to its writer index; kept by the writer, valid until the next
   * call.
   */
  public ByteBuf bytes() {
    return out;
  }

  private void nops(int n) {
    for (int i = 0; i < n; i++) {
      out.writeByte(TcpOptions.NOP);
    }
  }

  /**
   * Pads so that the next byte has this offset modulo 4, if {@code size} more bytes fit after that.
   */
  private boolean begin(int offset, int size) {
    int nops = offset - out.writerIndex() & 3;
    if (out.writerIndex() + nops + size > MAX) {
      return false;
    }
    nops(nops);
    return true;
  }

  /** Writes the maximum segment size, 4 bytes. */
  public boolean mss(int bytes) {
    if (!begin(0, 4)) {
      return false;
    }
    out.writeByte(TcpOptions.MSS).writeByte(4).writeShort(bytes);
    return true;
  }

  /** Writes the window scale, 4 bytes with its NOP. */
  public boolean windowScale(int shift) {
    if (!begin(1, 3)) {
      return false;
    }
    out.writeByte(TcpOptions.WINDOW_SCALE).writeByte(3).writeByte(shift);
    return true;
  }

  /** Writes SACK-permitted, 2 bytes; timestamps written next share its four-byte word. */
  public boolean sackPermitted() {
    if (!begin(0, 2)) {
      return false;
    }
    out.writeByte(TcpOptions.SACK_PERMITTED).writeByte(2);
    return true;
  }

  /** Writes SACK-permitted where no timestamps follow: 4 bytes, behind two NOPs as Linux has it. */
  public boolean sackPermittedAlone() {
    if (!begin(2, 2)) {
      return false;
    }
    out.writeByte(TcpOptions.SACK_PERMITTED).writeByte(2);
    return true;
  }

  /** Writes timestamps: 12 bytes with its NOPs, 10 after SACK-permitted. */
  public boolean timestamps(int val, int ecr) {
    if (!begin(2, 10)) {
      return false;
    }
    out.writeShort(TcpOptions.TIMESTAMPS << 8 | 10).writeInt(val).writeInt(ecr);
    return true;
  }

  /**
   * Starts a SACK option for this many blocks (1 to 4); so many calls of {@link #sackBlock} must
   * follow.
   */
  public boolean sack(int blocks) {
    if (blocks < 1 || blocks > 4 || !begin(2, 2 + 8 * blocks)) {
      return false;
    }
    out.writeByte(TcpOptions.SACK).writeByte(2 + 8 * blocks);
    return true;
  }

  /**
   * Writes one block after {@link #sack}: sequence numbers from {@code left} to before {@code
   * right}.
   */
  public void sackBlock(int left, int right) {
    out.writeInt(left).writeInt(right);
  }

  /** Where blocks begin when so much is there: kind and length stand in the middle of a word. */
  private static int sackStart(int end) {
    return end + (2 - end & 3) + 2;
  }

  /** How many SACK blocks would fit now, at most 4. */
  public int sackRoom() {
    return Math.min(4, Math.max(0, (MAX - sackStart(out.writerIndex())) >> 3));
  }

  /** Writes a fast open cookie, or with no bytes the request for one. RFC 7413. */
  public boolean fastOpen(byte[] cookie) {
    return raw(TcpOptions.FAST_OPEN, cookie);
  }

  /**
   * How many counters an option of Accurate ECN can have here so that so many SACK blocks fit
   * behind it; negative when it does not fit at all.
   */
  public int accurateEcnRoom(int blocks) {
    for (int counters = ECN_COUNTERS; counters >= 0; counters--) {
      int end = used() + ecnLength(counters);
      if ((blocks > 0 ? sackStart(end) + 8 * blocks : end) <= MAX) {
        return counters;
      }
    }
    return -1;
  }

  private static int ecnLength(int counters) {
    return 2 + 3 * counters;
  }

  /**
   * Writes the option of Accurate ECN with the first so many of its counters, 24 bits each. RFC
   * 9768 section 3.2.3: in the order that Linux uses.
   *
   * @param counters 0 to 3
   * @param e1b bytes with ECT(1)
   * @param ceb bytes with CE
   * @param e0b bytes with ECT(0)
   */
  public boolean accurateEcn(int counters, int e1b, int ceb, int e0b) {
    if (!begin(0, ecnLength(counters))) {
      return false;
    }
    out.writeByte(TcpOptions.ACCURATE_ECN_1).writeByte(ecnLength(counters));
    if (counters > 0) {
      out.writeMedium(e1b);
    }
    if (counters > 1) {
      out.writeMedium(ceb);
    }
    if (counters > 2) {
      out.writeMedium(e0b);
    }
    return true;
  }

  /**
   * Moves what was written from an index on, whole words, before what was written between another
   * index and that one, whole words, too.
   */
  public void moveForward(int from, int to) {
    pad();
    int size = out.writerIndex() - from;
    // Word by word, from the first: each passes all between the two places.
    for (int i = 0; i < size; i += 4) {
      int word = out.getInt(from + i);
      for (int at = from + i; at > to + i; at -= 4) {
        out.setInt(at, out.getInt(at - 4));
      }
      out.setInt(to + i, word);
    }
  }

  /**
   * Writes an option of any kind on a four-byte boundary; for options that this class does not
   * know.
   */
  public boolean raw(int kind, byte[] body) {
    if (body.length > MAX - 2 || !begin(0, 2 + body.length)) {
      return false;
    }
    out.writeByte(kind).writeByte(2 + body.length).writeBytes(body);
    return true;
  }

  /** Writes an MPTCP option. */
  public boolean mptcp(MptcpOption option) {
    if (!begin(0, option.encodedLength())) {
      return false;
    }
    option.encode(out);
    return true;
  }

  /** Writes a DSS with a 64-bit data acknowledgment only, 12 bytes. */
  public boolean dssAck64(long dataAck) {
    return dss(Dss.ACK | Dss.ACK64, dataAck, 0, 0, 0);
  }

  /** Writes a DSS with a 64-bit acknowledgment and a 64-bit mapping, 26 bytes (28 padded). */
  public boolean dssAck64Map64(long dataAck, long dsn, int ssn, int length) {
    return dss(Dss.ACK | Dss.ACK64 | Dss.MAP | Dss.DSN64, dataAck, dsn, ssn, length);
  }

  /** Writes a DSS of any kind; values that the flags (see {@link Dss}) do not name are ignored. */
  public boolean dss(int flags, long dataAck, long dsn, int ssn, int length) {
    int size = Dss.lengthOf(flags);
    if (!begin(0, size)) {
      return false;
    }
    writeDss(size, flags, dataAck, dsn, ssn, length);
    return true;
  }

  /** Like {@link #dss} with a checksum of 16 bits; the flags must say that there is a mapping. */
  public boolean dssWithChecksum(
      int flags, long dataAck, long dsn, int ssn, int length, int checksum) {
    int size = Dss.lengthOf(flags) + 2;
    if (!begin(0, size)) {
      return false;
    }
    writeDss(size, flags, dataAck, dsn, ssn, length);
    out.writeShort(checksum);
    return true;
  }

  private void writeDss(int size, int flags, long dataAck, long dsn, int ssn, int length) {
    out.writeInt(MptcpOption.KIND << 24 | size << 16 | MptcpOption.DSS << 12 | flags);
    if ((flags & Dss.ACK) != 0) {
      writeNumber(dataAck, flags & Dss.ACK64);
    }
    if ((flags & Dss.MAP) != 0) {
      writeNumber(dsn, flags & Dss.DSN64);
      out.writeInt(ssn).writeShort(length);
    }
  }

  private void writeNumber(long value, int wideFlag) {
    if (wideFlag != 0) {
      out.writeLong(value);
    } else {
      out.writeInt((int) value);
    }
  }
}
