package org.mptcp4j.mptcp;

import org.mptcp4j.wire.Dss;
import org.mptcp4j.wire.Seq32;
import org.mptcp4j.wire.Seq64;
import org.mptcp4j.wire.TcpOptionWriter;

/**
 * Mappings of one subflow from its sequence numbers to data sequence numbers, for what it sends:
 * RFC 8684 section 3.3.1. A ring in sending order; entries leave when the subflow has acknowledged
 * them, or, where they are told on acknowledgements, when the data level has done so as well.
 */
final class TxMappings extends MappingRing {
  /** Stands for a subflow that never carried anything, which then takes no memory for it. */
  static final TxMappings NONE = new TxMappings(0);

  /** Added to the checksum of a mapping whose last octet, behind its bytes, is the DATA_FIN. */
  static final int WITH_DATA_FIN = 1 << 16;

  private static final int MAPPING = Dss.MAP | Dss.DSN64;

  private char cursor; // where the search begins
  private long carriedEnd;
  private boolean begun;
  private boolean ascending = true; // nothing was carried a second time
  private long begin; // data sequence number from which on nothing was left out
  private int acknowledged; // of the first entries: those that are only kept to be told

  private TxMappings(long firstDsn) {
    carriedEnd = firstDsn;
  }

  /**
   * Makes one for a subflow that begins to carry data.
   *
   * @param firstDsn data sequence number of the first byte of the connection
   */
  static TxMappings begin(long firstDsn) {
    return new TxMappings(firstDsn);
  }

  /** Whether the subflow has acknowledged all that was sent on it. */
  boolean allArrived() {
    return acknowledged == size();
  }

  /**
   * Data sequence number of the first byte that the subflow has not acknowledged, as it was sent.
   *
   * @param none what it is when there is none
   */
  long firstOutstanding(long none) {
    return allArrived() ? none : dsn(acknowledged);
  }

  /** Adds the mapping of bytes that follow all others on this subflow. */
  void add(int seq, int length, long dsn, int checksum) {
    if (!begun || dsn != carriedEnd) {
      ascending &= !begun || Seq64.gt(dsn, carriedEnd);
      begin = dsn;
      begun = true;
    }
    carriedEnd = Seq64.max(carriedEnd, dsn + length);
    insert(size(), seq, length, dsn, checksum);
  }

  /** Forgets mappings that end at or before {@code una}. */
  void acknowledged(int una) {
    while (acknowledged < size() && Seq32.le(end(acknowledged), una)) {
      acknowledged++;
    }
    while (acknowledged > 0) {
      forgetFirst();
    }
  }

  /**
   * As {@link #acknowledged(int)}, but keeps mappings of what the data level has not acknowledged.
   *
   * @param dataUna the first data sequence number of that
   */
  void acknowledged(int una, long dataUna) {
    while (acknowledged < size() && Seq32.le(end(acknowledged), una)) {
      acknowledged++;
    }
    while (acknowledged > 0 && Seq64.le(dsn(0) + length(0), dataUna)) {
      forgetFirst();
    }
  }

  private void forgetFirst() {
    removeFirst();
    acknowledged--;
    cursor(cursor - 1);
  }

  private void cursor(int position) {
    cursor = (char) Math.max(0, Math.min(position, Character.MAX_VALUE));
  }

  /**
   * Finds the mapping that contains a sequence number.
   *
   * @return its position for the accessors, or -1
   */
  int find(int seq) {
    for (int i = cursor; i < size() && i < cursor + 2; i++) {
      if (contains(i, seq)) {
        cursor(i);
        return i;
      }
    }
    int low = 0;
    int high = size() - 1;
    while (low <= high) {
      int mid = (low + high) >>> 1;
      if (contains(mid, seq)) {
        cursor(mid);
        return mid;
      }
      if (Seq32.lt(seq(mid), seq)) {
        low = mid + 1;
      } else {
        high = mid - 1;
      }
    }
    return -1;
  }

  /** How long a segment may be that begins there: its mapping must be that of all its bytes. */
  int limit(int seq, int maxBytes) {
    int position = find(seq);
    return position < 0 ? maxBytes : Math.min(maxBytes, end(position) - seq);
  }

  /** Sequence number behind the last mapping; there must be one. */
  int endSeq() {
    return end(size() - 1);
  }

  /**
   * How far the data from {@code dsn} on is carried here: the first data sequence number that is
   * not, {@code dsn} itself when nothing is.
   */
  long carriedUntil(long dsn) {
    long end = dsn;
    for (int i = acknowledged; i < size(); i++) {
      long offset = end - dsn(i);
      if (offset >= 0 && offset < length(i)) {
        end = dsn(i) + length(i);
      }
    }
    return end;
  }

  /** Behind the last data that was ever carried here; the first of the connection for none. */
  long carriedEnd() {
    return carriedEnd;
  }

  /**
   * Whether what is outstanding went out contiguously on the subflow as far as it did, and nothing
   * that went out before can be taken for it; or nothing is outstanding.
   *
   * @param una data sequence number of the first byte that is outstanding
   * @param nxt behind the last one
   */
  boolean isContiguous(long una, long nxt) {
    return begun ? ascending && Seq64.le(begin, una) && Seq64.le(una, carriedEnd) : una == nxt;
  }

  /**
   * Where what is contiguous on the subflow ends so far.
   *
   * @param nxt behind the last byte that is outstanding
   */
  long contiguousEnd(long nxt) {
    return begun ? carriedEnd : nxt;
  }

  /** Whether a byte is carried here. */
  boolean carries(long dsn) {
    return size() > 0 && Seq64.lt(dsn, carriedEnd) && carriedUntil(dsn) != dsn;
  }

  /**
   * Writes the DSS of the mapping at a position. RFC 8684 section 3.3.1: a retransmitted or divided
   * range repeats the mapping it had.
   *
   * @param firstSeq sequence number of the subflow's first byte
   * @param checksums whether checksums are used
   * @param ackFlags flags of the DATA_ACK beside it
   */
  void write(
      int position,
      int firstSeq,
      boolean checksums,
      int ackFlags,
      long dataAck,
      TcpOptionWriter out) {
    long dsn = dsn(position);
    int ssn = seq(position) - firstSeq + 1;
    boolean fin = (checksum(position) & WITH_DATA_FIN) != 0;
    // RFC 8684 section 3.3.3: the DATA_FIN is one octet more.
    int flags = ackFlags | MAPPING | (fin ? Dss.DATA_FIN : 0);
    int length = length(position) + (fin ? 1 : 0);
    if (checksums) {
      out.dssWithChecksum(flags, dataAck, dsn, ssn, length, checksum(position) & 0xffff);
    } else {
      out.dss(flags, dataAck, dsn, ssn, length);
    }
  }

  private boolean contains(int position, int seq) {
    int offset = Seq32.diff(seq, seq(position));
    return offset >= 0 && offset < length(position);
  }
}
