package org.mptcp4j.testkit.segment;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.zip.CRC32;

/** Bytes for a message: all of them as text or in hexadecimal, or the first ones and a hash. */
final class PayloadText {
  private static final int SHOWN = 40;

  private PayloadText() {}

  /** In quotes where all that is shown is printable. */
  static String of(byte[] bytes) {
    if (bytes.length == 0) {
      return "none";
    }
    int shown = Math.min(SHOWN, bytes.length);
    String text = isPrintable(bytes, shown) ? quoted(bytes, shown) : hex(bytes, shown);
    return bytes.length == shown
        ? text
        : text + "... (" + bytes.length + " bytes, crc " + crc(bytes) + ")";
  }

  private static boolean isPrintable(byte[] bytes, int length) {
    for (int i = 0; i < length; i++) {
      if (bytes[i] < ' ' || bytes[i] > '~') {
        return false;
      }
    }
    return true;
  }

  private static String quoted(byte[] bytes, int length) {
    return '"' + new String(bytes, 0, length, StandardCharsets.US_ASCII) + '"';
  }

  private static String hex(byte[] bytes, int length) {
    return HexFormat.of().formatHex(bytes, 0, length);
  }

  private static String crc(byte[] bytes) {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    return Long.toHexString(crc.getValue());
  }
}
