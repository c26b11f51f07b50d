package org.mptcp4j.mptcp;

import io.netty.buffer.ByteBuf;
import org.mptcp4j.mib.Counters;
import org.mptcp4j.mib.Mib;
import org.mptcp4j.tcp.TcpSock;
import org.mptcp4j.wire.Dss;
import org.mptcp4j.wire.DssOption;
import org.mptcp4j.wire.MpCapable;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.Seq32;

/**
 * Takes the mappings of one subflow, and its in-order bytes through them to the data level: RFC
 * 8684 section 3.3.1. With checksums the bytes of a mapping wait until all of it is there and
 * right.
 */
final class SubflowInput {
  /** How long bytes may wait for a mapping that comes later. */
  static final long UNMAPPED_NS = 1_000_000_000L;

  /** Added to a checksum whose mapping counts a DATA_FIN as one octet more. */
  private static final int WITH_DATA_FIN = 1 << 16;

  /** What draining ended with. */
  enum Result {
    /** Everything that was there was delivered, or waits for the rest of its mapping. */
    DRAINED,
    /** The next byte has no mapping. */
    UNMAPPED,
    /** A checksum is wrong; the bytes of its mapping wait. */
    BAD_CHECKSUM
  }

  /** Where bytes go. */
  interface DataLevel {
    /** Bytes in data sequence space; ownership of the buffer passes. */
    void receive(long dsn, ByteBuf data);
  }

  private final RxMappings mappings = new RxMappings();
  private Staging staging; // null until bytes come whose mapping has a checksum
  private boolean anyMapped;
  private boolean spared; // the last that came in order, for want of a mapping
  private char synBytes;
  private long mappedEnd; // data sequence number behind what came last with its mapping
  private long unmappedDeadlineNs = Long.MAX_VALUE;

  /** Bytes came with the SYN, which have no data sequence numbers. */
  void tookSynBytes(int count) {
    synBytes += (char) count;
  }

  int synBytes() {
    return synBytes;
  }

  /** Mappings that came. */
  RxMappings mappings() {
    return mappings;
  }

  // ---- mappings that segments carry

  /**
   * Takes the mapping of a DSS.
   *
   * @param length bytes, a DATA_FIN not counted
   * @param dsn of the first byte, expanded
   * @return false when it contradicts one that is known: the subflow is no use then
   */
  boolean map(TcpSock tcp, SubflowOptions options, Dss dss, int length, long dsn) {
    int checksum = checksumOf(options, dss.checksum(), dss.dataFin());
    return map(tcp, options, dss.ssn(), length, dsn, checksum);
  }

  /** As {@link #map}, for a mapping that was kept. */
  void map(TcpSock tcp, SubflowOptions options, DssOption dss, int length, long dsn) {
    int checksum = checksumOf(options, dss.checksum(), dss.dataFin());
    map(tcp, options, dss.ssn(), length, dsn, checksum);
  }

  /** Takes the mapping that MP_CAPABLE makes for the first data, if it does. As {@link #map}. */
  boolean mapFirst(TcpSock tcp, SubflowOptions options, MpCapable option) {
    if (!option.hasDataLength() || option.dataLength() == 0) {
      return true;
    }
    // RFC 8684 section 3.1: data with MP_CAPABLE begins at subflow sequence number 1 and IDSN + 1.
    SessionKeys keys = options.keys();
    // RFC 8684 section 3.3: a checksum is there where they are used, and only there.
    if (option.hasChecksum() != keys.checksum()) {
      return false;
    }
    int checksum = checksumOf(options, option.checksum(), false);
    options.window().mapped(true);
    return map(tcp, options, 1, option.dataLength(), keys.remoteIdsn() + 1, checksum);
  }

  private static int checksumOf(SubflowOptions options, int value, boolean dataFin) {
    if (!options.keys().checksum()) {
      return RxMappings.NO_CHECKSUM;
    }
    return value | (dataFin ? WITH_DATA_FIN : 0);
  }

  private boolean map(
      TcpSock tcp, SubflowOptions options, int ssn, int length, long dsn, int checksum) {
    int seq = tcp.irs() + synBytes + ssn;
    Counters counters = options.counters();
    // As far as data is taken: what is kept without its mapping would never be used.
    if (Seq32.gt(seq, tcp.acceptableEndSeq())) {
      counters.increment(Mib.DSS_NO_MATCH_TCP);
      return true;
    }
    return switch (mappings.add(tcp.readSeq(), seq, length, dsn, checksum)) {
      // What is beyond the limit is not kept; its data was not taken either.
      case ADDED, REPEATED, FULL -> true;
      case CONFLICT -> {
        counters.increment(Mib.DSS_NOT_MATCHING);
        counters.increment(Mib.DSS_CORRUPTION_RESET);
        yield false;
      }
    };
  }

  // ---- bytes

  /** Whether a mapped byte was ever delivered. */
  boolean anyMapped() {
    return anyMapped;
  }

  /** When bytes have waited too long for their mapping; {@link Long#MAX_VALUE} when none wait. */
  long unmappedDeadlineNs() {
    return unmappedDeadlineNs;
  }

  void unmapped(long deadlineNs) {
    unmappedDeadlineNs = deadlineNs;
  }

  /**
   * Delivers what is there.
   *
   * @param irs what the peer's mappings count from
   * @param checksum whether checksums are used
   */
  Result drain(TcpSock tcp, int irs, boolean checksum, DataLevel into) {
    while (tcp.readableBytes() > 0) {
      int seq = tcp.readSeq();
      if (!mappings.covers(seq)) {
        return Result.UNMAPPED;
      }
      int offset = seq - mappings.firstSeq();
      int left = mappings.firstLength() - offset;
      ByteBuf data = tcp.pollData(left);
      int count = data.readableBytes();
      anyMapped = true;
      mappedEnd = mappings.firstDsn() + offset + count;
      if (!checksum) {
        into.receive(mappings.firstDsn() + offset, data);
      } else if (!stage(data, offset) || count == left && !verified(irs)) {
        return Result.BAD_CHECKSUM;
      } else if (count == left) {
        staging.deliver(mappings.firstDsn(), into);
      }
    }
    return Result.DRAINED;
  }

  /** Keeps bytes of the first mapping; false when those before them are not known any more. */
  private boolean stage(ByteBuf data, int offset) {
    if (staging == null) {
      staging = new Staging();
    }
    boolean next = staging.begin(mappings.firstSeq(), offset);
    staging.add(data);
    return next;
  }

  private boolean verified(int irs) {
    int checksum = mappings.firstChecksum();
    int length = mappings.firstLength() + (checksum >>> 16);
    int ssn = mappings.firstSeq() - irs;
    return checksum >= 0 && staging.verify(mappings.firstDsn(), ssn, length, checksum & 0xffff);
  }

  /**
   * Whether a segment must be treated as if it were lost: it lies beyond a gap, and there is no
   * room for more mappings of what lies there.
   */
  boolean refuses(TcpSock tcp, RxSegment segment) {
    return segment.payloadLength() > 0 && mappings.full() && Seq32.gt(segment.seq(), tcp.readSeq());
  }

  /**
   * Whether a segment in order, whose mapping is not known, should be treated as if it were lost:
   * once, for when it is sent again it has its mapping again. RFC 8684 section 3.3.1: bytes that
   * are acknowledged and never get one are the end of their subflow.
   */
  boolean spares(TcpSock tcp, RxSegment segment) {
    boolean next = segment.payloadLength() > 0 && segment.seq() == tcp.rcvNxt();
    if (!next || !anyMapped || segment.rst()) {
      return false;
    }
    boolean lacking = !segment.options().dss().hasMapping() && !mappings.reaches(segment.seq());
    boolean first = lacking && !spared;
    spared = lacking;
    return first;
  }

  /**
   * Whether the subflow's bytes, those that wait for their checksum included, go on in order at the
   * data level, so that they need no mappings.
   *
   * @param nextDsn data sequence number expected next
   */
  boolean inOrder(TcpSock tcp, long nextDsn) {
    return mappings.inOrder(tcp.readSeq(), nextDsn + waitingBytes());
  }

  /**
   * Whether the next byte is the one that is expected next, as far as the mappings before it say;
   * where there was none no byte may have come yet.
   *
   * @param nextDsn data sequence number expected next
   */
  boolean isAt(TcpSock tcp, long nextDsn) {
    return anyMapped ? mappedEnd == nextDsn + waitingBytes() : tcp.readableBytes() == 0;
  }

  /** Whether bytes came that are not at the data level yet. */
  boolean holdsBytes(TcpSock tcp) {
    return tcp.readableBytes() > 0 || waitingBytes() > 0;
  }

  /** Bytes that wait for their checksum. */
  int waitingBytes() {
    return staging == null ? 0 : staging.waitingBytes();
  }

  /**
   * RFC 8684 section 3.7: after a fallback there are no checksums; what waits for one goes on as it
   * came, and in order.
   */
  void deliverUnverified(DataLevel into) {
    if (staging != null) {
      staging.deliver(0, into);
    }
  }

  /** What waits takes no more memory than it needs. */
  void keep() {
    if (staging != null) {
      staging.keep();
    }
  }

  /** Memory that what waits, and mappings, keep alive. */
  long heldBytes() {
    return mappings.heldBytes() + (staging == null ? 0 : staging.heldBytes());
  }

  /** What lies beyond holes is dropped, and so are its mappings: they come again with it. */
  void prune(TcpSock tcp) {
    mappings.forgetFrom(tcp.readSeq() + tcp.readableBytes());
  }

  private void discard() {
    staging.deliver(0, (dsn, data) -> data.release());
  }

  /** Releases what waits. */
  void release() {
    if (staging != null) {
      discard();
    }
  }
}
