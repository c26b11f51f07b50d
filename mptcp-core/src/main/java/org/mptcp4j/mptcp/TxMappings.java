package org.mptcp4j.mptcp;

import org.mptcp4j.wire.Dss;
import org.mptcp4j.wire.Seq32;
import org.mptcp4j.wire.Seq64;
import org.mptcp4j.wire.TcpOptionWriter;

/**
 * Mappings of one subflow from its sequence numbers to data sequence numbers, for what it sends:
 * RFC 8684 section 3.3.1. A ring in sending order; entries leave when the subflow has acknowledged
 * them.
 */
final class TxMappings extends MappingRing {
  /** Stands for a subflow that never carried anything, which then takes no memory for it. */
  static final TxMappings NONE = new TxMappings(0);

  /** Added to the checksum of a mapping whose last octet, behind its bytes, is the DATA_FIN. */
  static final int WITH_DATA_FIN = 1 << 16;

  private static final int DATA_FIN = Dss.ACK | Dss.ACK64 | Dss.MAP | Dss.DSN64 | Dss.DATA_FIN;

  private int cursor;
  private long carriedEnd;

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

  /** Adds the mapping of bytes that follow all others on this subflow. */
  void add(int seq, int length, long dsn, int checksum) {
    carriedEnd = Seq64.max(carriedEnd, dsn + length);
    insert(size(), seq, length, dsn, checksum);
  }

  /** Forgets mappings that end at or before {@code una}. */
  void acknowledged(int una) {
    while (size() > 0 && Seq32.le(end(0), una)) {
      removeFirst();
      cursor = Math.max(0, cursor - 1);
    }
  }

  /**
   * Finds the mapping that contains a sequence number.
   *
   * @return its position for the accessors, or -1
   */
  int find(int seq) {
    for (int i = cursor; i < size() && i < cursor + 2; i++) {
      if (contains(i, seq)) {
        cursor = i;
        return i;
      }
    }
    int low = 0;
    int high = size() - 1;
    while (low <= high) {
      int mid = (low + high) >>> 1;
      if (contains(mid, seq)) {
        cursor = mid;
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

  /**
   * How far the data from {@code dsn} on is carried here: the first data sequence number that is
   * not, {@code dsn} itself when nothing is.
   */
  long carriedUntil(long dsn) {
    long end = dsn;
    for (int i = 0; i < size(); i++) {
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
   */
  void write(int position, int firstSeq, boolean checksums, long dataAck, TcpOptionWriter out) {
    long dsn = dsn(position);
    int ssn = seq(position) - firstSeq + 1;
    int length = length(position);
    if ((checksum(position) & WITH_DATA_FIN) != 0) {
      writeWithDataFin(position, ssn, checksums, dataAck, out);
    } else if (checksums) {
      out.dssAck64Map64WithChecksum(dataAck, dsn, ssn, length, checksum(position));
    } else {
      out.dssAck64Map64(dataAck, dsn, ssn, length);
    }
  }

  private void writeWithDataFin(
      int position, int ssn, boolean checksums, long dataAck, TcpOptionWriter out) {
    long dsn = dsn(position);
    int length = length(position) + 1;
    if (checksums) {
      int sum = checksum(position) & 0xffff;
      out.dssWithChecksum(DATA_FIN, dataAck, dsn, ssn, length, sum);
    } else {
      out.dss(DATA_FIN, dataAck, dsn, ssn, length);
    }
  }

  private boolean contains(int position, int seq) {
    int offset = Seq32.diff(seq, seq(position));
    return offset >= 0 && offset < length(position);
  }
}
