package org.mptcp4j.tcp;

import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.TcpOptions;

/**
 * What the peer says of what we sent: the counters s.cep, s.ceb, s.e0b and s.e1b of RFC 9768
 * section 3.2, and how many packets the three bits of the ACE field may stand for (appendix A.2).
 */
final class EcnReported {
  private static final int ACE_MASK = AccurateEcn.ACE_MASK;
  private static final int BYTES_MASK = 0xff_ffff;

  /** In {@link #ackedAverage}: fractions of a packet. */
  private static final int AVERAGE_ONE = 64;

  /** In {@link #ackedAverage}: how much of the old value stays, of so many parts. */
  private static final int AVERAGE_PARTS = 64;

  /** Appendix A.2.1: an average "well below 8" packets for each acknowledgement. */
  private static final int FEW_PACKETS = 4;

  private int cep = EcnReceived.FIRST_CEP;
  private long ceb;
  private long e0b = EcnReceived.FIRST_ECT_BYTES;
  private long e1b = EcnReceived.FIRST_ECT_BYTES;
  private int cepSinceOption;
  private int ackedAverage;
  private boolean stamped;
  private int newestStamp;
  private boolean contradicts;

  /** The SYN/ACK that we sent came with a mark. */
  void onMarkedSynAck() {
    cep++;
  }

  /** Notes the timestamp of a segment; returns whether it is newer than all before. */
  boolean isNewer(TcpOptions options) {
    if (!options.hasTimestamps()) {
      return false;
    }
    boolean newer = stamped && options.tsVal() - newestStamp > 0;
    if (!stamped || newer) {
      newestStamp = options.tsVal();
    }
    stamped = true;
    return newer;
  }

  /**
   * An acknowledgement that is not superseded.
   *
   * @param delivered bytes newly delivered
   * @param mss payload of a full segment
   * @return how many packets with a mark it tells of
   */
  int onAck(RxSegment seg, int ace, long delivered, int mss) {
    int packets = (int) ((delivered + mss - 1) / mss);
    if (packets > 0) {
      average(packets);
    }
    long bytes = onOption(seg.options());
    int marked = marked(ace - cep & ACE_MASK, packets, bytes, mss);
    // Section 3.2.3.2.5: bytes came with a mark, but no packet, and the field cannot have gone
    // round.
    contradicts |= bytes > 0 && marked == 0 && cepSinceOption == 0 && packets <= ACE_MASK;
    cep += marked;
    cepSinceOption = bytes >= 0 ? 0 : cepSinceOption + marked;
    return marked;
  }

  /** Whether what the peer says cannot be. */
  boolean contradictsItself() {
    return contradicts;
  }

  /**
   * Section 3.2.3.1: the least that the counters may have grown by.
   *
   * @return by how much that of bytes with a mark has; negative when it is not there
   */
  long onOption(TcpOptions options) {
    long marked = -1;
    if (options.ecnCeBytes() >= 0) {
      marked = options.ecnCeBytes() - ceb & BYTES_MASK;
      ceb += marked;
    }
    if (options.ecnEct0Bytes() >= 0) {
      e0b += options.ecnEct0Bytes() - e0b & BYTES_MASK;
    }
    if (options.ecnEct1Bytes() >= 0) {
      e1b += options.ecnEct1Bytes() - e1b & BYTES_MASK;
    }
    return marked;
  }

  private void average(int packets) {
    int now = Math.min(packets, Short.MAX_VALUE) * AVERAGE_ONE;
    ackedAverage = ackedAverage == 0 ? now : ackedAverage + (now - ackedAverage) / AVERAGE_PARTS;
  }

  /**
   * Appendix A.2.
   *
   * @param delta the least number that makes the field what it is
   * @param packets acknowledged
   * @param bytes with a mark since the option came last; negative when it is not there
   */
  private int marked(int delta, int packets, long bytes, int mss) {
    if (packets <= ACE_MASK) {
      return delta;
    }
    int safer = packets - (packets - delta & ACE_MASK);
    if (bytes < 0) {
      // Appendix A.2.1: where acknowledgements are few, it would seem to go round all the time.
      return ackedAverage > FEW_PACKETS * AVERAGE_ONE ? delta : safer;
    }
    // Appendix A.2.2: fewer packets are enough unless they would be too large, and more are too
    // many when they would be small. What was told without the option is part of its bytes.
    boolean enough = bytes <= (long) mss * (delta + cepSinceOption);
    boolean small = 2 * bytes < (long) mss * (safer + cepSinceOption);
    return enough && small ? delta : safer;
  }

  /** Bytes with a mark. */
  long ceBytes() {
    return ceb;
  }

  /** Bytes with ECT(0). */
  long ect0Bytes() {
    return e0b - EcnReceived.FIRST_ECT_BYTES;
  }

  /** Bytes with ECT(1). */
  long ect1Bytes() {
    return e1b - EcnReceived.FIRST_ECT_BYTES;
  }
}
