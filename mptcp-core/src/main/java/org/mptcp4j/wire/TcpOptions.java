package org.mptcp4j.wire;

import io.netty.buffer.ByteBuf;

/**
 * Reusable, total decode of the options of a TCP header. Values that every segment needs
 * (timestamps, SACK blocks, DSS) cost no allocation; other MPTCP options are rare and become
 * records. All values stay valid when the packet's buffer is released.
 *
 * <p>An option that is cut off or has an impossible length ends the parsing, and what was read
 * before it stands; an option whose length does not fit its kind is skipped. RFC 9293 section 3.1.
 */
public final class TcpOptions {
  /** Kind of the end-of-list option. */
  public static final int EOL = 0;

  /** Kind of the no-operation option. */
  public static final int NOP = 1;

  /** Kind of the maximum segment size option. */
  public static final int MSS = 2;

  /** Kind of the window scale option. RFC 7323. */
  public static final int WINDOW_SCALE = 3;

  /** Kind of the SACK-permitted option. RFC 2018. */
  public static final int SACK_PERMITTED = 4;

  /** Kind of the SACK option. RFC 2018. */
  public static final int SACK = 5;

  /** Kind of the timestamps option. RFC 7323. */
  public static final int TIMESTAMPS = 8;

  /** Kind of the MD5 signature option. RFC 2385. */
  public static final int MD5 = 19;

  /** Kind of the user timeout option. RFC 5482. */
  public static final int USER_TIMEOUT = 28;

  /** Kind of the authentication option. RFC 5925. */
  public static final int AUTHENTICATION = 29;

  /** Kind of the fast open cookie option. RFC 7413. */
  public static final int FAST_OPEN = 34;

  /** Kind of the option of Accurate ECN with ECT(0) first. RFC 9768. */
  public static final int ACCURATE_ECN_0 = 172;

  /** Kind of the option of Accurate ECN with ECT(1) first. RFC 9768. */
  public static final int ACCURATE_ECN_1 = 174;

  /** The largest shift a window scale option may ask for; larger ones count as this. */
  public static final int MAX_WINDOW_SCALE = 14;

  private static final int MAX_SACK_BLOCKS = 4;
  private static final int MAX_MPTCP = 13;
  private static final int ALIGNED_TIMESTAMPS = 0x0101080a;

  private final int[] sackLeft = new int[MAX_SACK_BLOCKS];
  private final int[] sackRight = new int[MAX_SACK_BLOCKS];
  private final Dss dss = new Dss();
  private final MptcpOption[] mptcp = new MptcpOption[MAX_MPTCP];

  private boolean malformed;
  private boolean sackPermitted;
  private boolean timestamps;
  private boolean md5;
  private boolean authentication;
  private int mss;
  private int windowScale;
  private int userTimeout;
  private byte[] fastOpenCookie;
  private boolean accurateEcn;
  private int ecnCeBytes;
  private int ecnEct0Bytes;
  private int ecnEct1Bytes;
  private int tsVal;
  private int tsEcr;
  private int sackBlocks;
  private int mptcpOptions;
  private int malformedMptcp;

  /** No options. */
  public TcpOptions() {
    clear();
  }

  /** Forgets everything: as if parsed from an empty option space. */
  public void clear() {
    malformed = false;
    sackPermitted = false;
    timestamps = false;
    md5 = false;
    authentication = false;
    mss = -1;
    windowScale = -1;
    userTimeout = -1;
    fastOpenCookie = null;
    accurateEcn = false;
    ecnCeBytes = -1;
    ecnEct0Bytes = -1;
    ecnEct1Bytes = -1;
    sackBlocks = 0;
    dss.clear();
    for (int i = 0; i < mptcpOptions; i++) {
      mptcp[i] = null;
    }
    mptcpOptions = 0;
    malformedMptcp = 0;
  }

  /**
   * Decodes an option space; never throws on any bytes.
   *
   * @param buf not modified and not kept
   * @param index of the first option byte
   * @param length in bytes; so many must be readable
   */
  public void parse(ByteBuf buf, int index, int length) {
    clear();
    int i = index;
    int end = index + length;
    if (length >= 12 && buf.getInt(i) == ALIGNED_TIMESTAMPS) {
      timestamps = true;
      tsVal = buf.getInt(i + 4);
      tsEcr = buf.getInt(i + 8);
      i += 12;
    }
    while (i < end) {
      int kind = buf.getUnsignedByte(i);
      if (kind == NOP) {
        i++;
        continue;
      }
      if (kind == EOL) {
        return;
      }
      int size = i + 1 < end ? buf.getUnsignedByte(i + 1) : 0;
      if (size < 2 || size > end - i) {
        malformed = true;
        return;
      }
      if (kind == MptcpOption.KIND) {
        parseMptcp(buf, i, size);
      } else {
        parseStandard(buf, i, kind, size);
      }
      i += size;
    }
  }

  private void parseMptcp(ByteBuf buf, int i, int size) {
    boolean isDss = size >= 4 && buf.getByte(i + 2) >> 4 == MptcpOption.DSS;
    if (isDss && !dss.present()) {
      malformedMptcp += dss.parse(buf, i, size) ? 0 : 1;
      return;
    }
    MptcpOption option = isDss ? null : MptcpOption.decode(buf, i, size).orElse(null);
    if (option == null || mptcpOptions == MAX_MPTCP) {
      malformedMptcp++;
    } else {
      mptcp[mptcpOptions++] = option;
    }
  }

  private void parseStandard(ByteBuf buf, int i, int kind, int size) {
    switch (kind) {
      case TIMESTAMPS -> {
        if (size == 10) {
          timestamps = true;
          tsVal = buf.getInt(i + 2);
          tsEcr = buf.getInt(i + 6);
        }
      }
      case SACK -> parseSack(buf, i, size);
      case MSS -> {
        if (size == 4 && buf.getShort(i + 2) != 0) {
          mss = buf.getUnsignedShort(i + 2);
        }
      }
      case WINDOW_SCALE -> {
        if (size == 3) {
          // RFC 7323 section 2.3: a shift above 14 is used as 14.
          windowScale = Math.min(buf.getUnsignedByte(i + 2), MAX_WINDOW_SCALE);
        }
      }
      case SACK_PERMITTED -> sackPermitted |= size == 2;
      case MD5 -> md5 |= size == 18;
      case AUTHENTICATION -> authentication |= size >= 4;
      case USER_TIMEOUT -> {
        if (size == 4) {
          userTimeout = buf.getUnsignedShort(i + 2);
        }
      }
      case FAST_OPEN -> parseFastOpen(buf, i, size);
      case ACCURATE_ECN_0, ACCURATE_ECN_1 -> parseAccurateEcn(buf, i, kind, size);
      default -> {
        // RFC 9293 section 3.1 MUST-6: options that are not understood are ignored.
      }
    }
  }

  private void parseSack(ByteBuf buf, int i, int size) {
    // RFC 2018 section 3: n blocks make a length of 8n + 2.
    int blocks = size - 2 >> 3;
    if ((size - 2 & 7) != 0 || blocks < 1 || blocks > MAX_SACK_BLOCKS) {
      return;
    }
    for (int b = 0; b < blocks; b++) {
      sackLeft[b] = buf.getInt(i + 2 + 8 * b);
      sackRight[b] = buf.getInt(i + 6 + 8 * b);
    }
    sackBlocks = blocks;
  }

  private void parseFastOpen(ByteBuf buf, int i, int size) {
    // RFC 7413 section 4.1.1: a cookie has 4 to 16 bytes, an even number; none is a request.
    if (size == 2 || size >= 6 && size <= 18 && (size & 1) == 0) {
      fastOpenCookie = new byte[size - 2];
      buf.getBytes(i + 2, fastOpenCookie);
    }
  }

  private void parseAccurateEcn(ByteBuf buf, int i, int kind, int size) {
    // RFC 9768 section 3.2.3: none to three counters, that of CE the second in either order. Of
    // other lengths the whole counters are taken, and the rest is padding.
    accurateEcn = true;
    int first = size >= 5 ? buf.getUnsignedMedium(i + 2) : -1;
    int last = size >= 11 ? buf.getUnsignedMedium(i + 8) : -1;
    ecnCeBytes = size >= 8 ? buf.getUnsignedMedium(i + 5) : -1;
    ecnEct0Bytes = kind == ACCURATE_ECN_0 ? first : last;
    ecnEct1Bytes = kind == ACCURATE_ECN_0 ? last : first;
  }

  /** Whether parsing ended at an option that was cut off. */
  public boolean malformed() {
    return malformed;
  }

  /** The maximum segment size in bytes, or -1 when absent. */
  public int mss() {
    return mss;
  }

  /** The window shift, 0 to 14, or -1 when absent. */
  public int windowScale() {
    return windowScale;
  }

  /** Whether the SACK-permitted option is there. */
  public boolean sackPermitted() {
    return sackPermitted;
  }

  /** Whether the timestamps option is there. */
  public boolean hasTimestamps() {
    return timestamps;
  }

  /** The sender's timestamp; only when {@link #hasTimestamps()}. */
  public int tsVal() {
    return tsVal;
  }

  /** The echoed timestamp; only when {@link #hasTimestamps()}. */
  public int tsEcr() {
    return tsEcr;
  }

  /** Number of SACK blocks, 0 to 4. */
  public int sackBlocks() {
    return sackBlocks;
  }

  /** First sequence number of block {@code i}; block 0 is the first on the wire. */
  public int sackLeft(int i) {
    return sackLeft[i];
  }

  /** Sequence number after the last of block {@code i}. */
  public int sackRight(int i) {
    return sackRight[i];
  }

  /** Whether an MD5 signature is there. */
  public boolean hasMd5() {
    return md5;
  }

  /** Whether a TCP authentication option is there. */
  public boolean hasAuthentication() {
    return authentication;
  }

  /** The 16 bits of the user timeout option, granularity bit first, or -1 when absent. */
  public int userTimeout() {
    return userTimeout;
  }

  /**
   * The fast open cookie, empty when it is a request, null when the option is absent; not a copy.
   */
  public byte[] fastOpenCookie() {
    return fastOpenCookie;
  }

  /** Whether an option of Accurate ECN is there. */
  public boolean hasAccurateEcn() {
    return accurateEcn;
  }

  /** Its counter of bytes that came with CE, 24 bits, or -1 when it has none. */
  public int ecnCeBytes() {
    return ecnCeBytes;
  }

  /** Its counter of bytes that came with ECT(0), 24 bits, or -1 when it has none. */
  public int ecnEct0Bytes() {
    return ecnEct0Bytes;
  }

  /** Its counter of bytes that came with ECT(1), 24 bits, or -1 when it has none. */
  public int ecnEct1Bytes() {
    return ecnEct1Bytes;
  }

  /** The DSS option; a view that this object reuses. Of several DSS options the first counts. */
  public Dss dss() {
    return dss;
  }

  /** Number of well-formed MPTCP options, DSS not counted. */
  public int mptcpOptions() {
    return mptcpOptions;
  }

  /** MPTCP option {@code i} in order on the wire, DSS not counted. */
  public MptcpOption mptcp(int i) {
    return mptcp[i];
  }

  /** The first option of this type other than DSS, or null. */
  public <T extends MptcpOption> T mptcp(Class<T> type) {
    for (int i = 0; i < mptcpOptions; i++) {
      if (type.isInstance(mptcp[i])) {
        return type.cast(mptcp[i]);
      }
    }
    return null;
  }

  /** Whether there is any well-formed MPTCP option, DSS included. */
  public boolean hasMptcp() {
    return dss.present() || mptcpOptions > 0;
  }

  /** Number of MPTCP options that were ignored because their length does not fit. */
  public int malformedMptcp() {
    return malformedMptcp;
  }
}
