package org.mptcp4j.wire;

/** Bits of the TCP header's flags byte. RFC 9293 section 3.1. */
public final class TcpFlags {
  /** No more data from the sender. */
  public static final int FIN = 1;

  /** Synchronise sequence numbers. */
  public static final int SYN = 2;

  /** Reset the connection. */
  public static final int RST = 4;

  /** Push. */
  public static final int PSH = 8;

  /** The acknowledgment field is valid. */
  public static final int ACK = 16;

  /** The urgent pointer is valid. */
  public static final int URG = 32;

  /** ECN echo. RFC 3168. */
  public static final int ECE = 64;

  /** Congestion window reduced. RFC 3168. */
  public static final int CWR = 128;

  /** Accurate ECN, in the byte before the others. RFC 9768. */
  public static final int AE = 256;

  private TcpFlags() {}

  /** The flags in words, for example {@code "SYN|ACK"}; {@code "none"} when no bit is set. */
  public static String toString(int flags) {
    String[] names = {"FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR", "AE"};
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < names.length; i++) {
      if ((flags & 1 << i) != 0) {
        out.append(out.length() == 0 ? "" : "|").append(names[i]);
      }
    }
    return out.length() == 0 ? "none" : out.toString();
  }
}
