package org.mptcp4j.lab.decode;

import java.util.List;
import java.util.Locale;

/**
 * One packet of a capture in words.
 *
 * @param number counted from 1
 * @param seconds since the first packet
 * @param flow MPTCP connection and subflow as {@code c1.0}, or {@code -}
 * @param summary addresses, flags, numbers and, in brackets, options
 * @param options each TCP option in words, with what the check of it said
 * @param faults what is wrong with the packet: a bad HMAC, token, key or checksum
 */
public record DecodedPacket(
    int number,
    double seconds,
    String flow,
    String summary,
    List<String> options,
    List<String> faults) {
  /** Copies the lists. */
  public DecodedPacket {
    options = List.copyOf(options);
    faults = List.copyOf(faults);
  }

  /** The packet on one line. */
  public String line() {
    return String.format(Locale.ROOT, "%5d %11.6f %-5s %s", number, seconds, flow, summary);
  }
}
