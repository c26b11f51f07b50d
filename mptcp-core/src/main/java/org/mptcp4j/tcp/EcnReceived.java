package org.mptcp4j.tcp;

import org.mptcp4j.wire.TcpOptionWriter;

/**
 * What came with which code point, and what the peer was told of it: the counters r.cep, r.ceb,
 * r.e0b and r.e1b of RFC 9768 section 3.2. They begin where section 3.2.1 says; on the wire they
 * are cut to 3 and to 24 bits.
 */
final class EcnReceived {
  /** Section 3.2.1: where packet counters begin. */
  static final int FIRST_CEP = 5;

  /** Section 3.2.1: where counters of bytes with ECT begin. */
  static final int FIRST_ECT_BYTES = 1;

  /** Section 3.2.3.3: SACK comes first, for as many blocks. */
  private static final int BLOCKS_FIRST = 2;

  private long cep = FIRST_CEP;
  private long ceb;
  private long e0b = FIRST_ECT_BYTES;
  private long e1b = FIRST_ECT_BYTES;
  private int news; // counters, in the order of the option, up to the last that is not told
  private int cepSinceAck;

  /** Packets with a mark that came. */
  void addPackets(int packets) {
    cep += packets;
    cepSinceAck += packets;
  }

  /** Payload that came with that code point. */
  void addBytes(int codePoint, int bytes) {
    if (bytes == 0) {
      return;
    }
    switch (codePoint) {
      case Ecn.ECT_1 -> {
        e1b += bytes;
        news = Math.max(news, 1);
      }
      case Ecn.CE -> {
        ceb += bytes;
        news = Math.max(news, 2);
      }
      case Ecn.ECT_0 -> {
        e0b += bytes;
        news = 3;
      }
      default -> {}
    }
  }

  /** Packets with a mark since the last segment that left. */
  int packetsSinceAck() {
    return cepSinceAck;
  }

  /** A segment leaves: the packets that it tells of. */
  int takePackets() {
    cepSinceAck = 0;
    return (int) cep;
  }

  /** Packets with a mark. */
  long cePackets() {
    return cep - FIRST_CEP;
  }

  /** Bytes with a mark. */
  long ceBytes() {
    return ceb;
  }

  /** Bytes with ECT(0). */
  long ect0Bytes() {
    return e0b - FIRST_ECT_BYTES;
  }

  /** Bytes with ECT(1). */
  long ect1Bytes() {
    return e1b - FIRST_ECT_BYTES;
  }

  /** Writes the option with as many counters as fit: without any it tests the path. */
  boolean writeFirst(TcpOptionWriter out) {
    int counters = out.accurateEcnRoom(0);
    return counters >= 0 && out.accurateEcn(counters, (int) e1b, (int) ceb, (int) e0b);
  }

  /**
   * Writes the option with as many counters as fit, none of those missing that are news.
   *
   * @param blocks SACK blocks that are to follow; more than two leave room for news
   * @return whether there was room
   */
  boolean write(TcpOptionWriter out, int blocks) {
    int left = blocks;
    int counters = out.accurateEcnRoom(left);
    while (counters < news && left > BLOCKS_FIRST) {
      counters = out.accurateEcnRoom(--left);
    }
    // Section 3.2.3.3: without room for what has changed there is no option.
    if (counters < Math.max(1, news)
        || !out.accurateEcn(counters, (int) e1b, (int) ceb, (int) e0b)) {
      return false;
    }
    news = 0;
    return true;
  }
}
