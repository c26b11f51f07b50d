package org.mptcp4j.mptcp;

import io.netty.buffer.ByteBuf;
import org.mptcp4j.tcp.WaitingPieces;
import org.mptcp4j.wire.DssChecksum;
import org.mptcp4j.wire.InternetChecksum;

/**
 * Bytes of mappings that begin at one subflow sequence number, summed up as they come, and kept
 * until a checksum has said that they are right: RFC 8684 section 3.3.1. The sum goes on when the
 * bytes of a mapping are delivered, because its sender may repeat it longer.
 */
final class Staging {
  /** The length field of a mapping has 16 bits. */
  private static final int MOST = 65_535;

  private final WaitingPieces pieces = new WaitingPieces();
  private int firstSeq;
  private int bytes;
  private int delivered;
  private int sum;

  /**
   * Whether the byte that comes next in a mapping is the one that comes next here. A mapping's
   * first byte begins anew, and so does one whose mapping's bytes before it are not known: what
   * follows cannot be verified.
   *
   * @param seq subflow sequence number of the mapping's first byte
   * @param offset the next byte's offset in the mapping
   */
  boolean begin(int seq, int offset) {
    boolean goesOn = seq == firstSeq && offset == bytes;
    if (offset == 0 || !goesOn) {
      firstSeq = seq;
      bytes = 0;
      delivered = 0;
      sum = 0;
    }
    return offset == 0 || goesOn;
  }

  /** Takes over the next bytes. */
  void add(ByteBuf data) {
    int count = data.readableBytes();
    int added = InternetChecksum.sum(data, data.readerIndex(), count);
    sum = InternetChecksum.combine(sum, added, bytes);
    pieces.add(data);
    bytes += count;
    assert bytes <= MOST : "a mapping cannot be so long";
  }

  /**
   * Whether the checksum of a mapping that ends here is right.
   *
   * @param length as the mapping says it, a DATA_FIN included
   */
  boolean verify(long dsn, int ssn, int length, int checksum) {
    return DssChecksum.verify(dsn, ssn, length, sum, checksum);
  }

  /** Gives away what waits. */
  void deliver(long firstDsn, SubflowInput.DataLevel into) {
    ByteBuf data;
    while ((data = pieces.poll()) != null) {
      int count = data.readableBytes();
      into.receive(firstDsn + delivered, data);
      delivered += count;
    }
  }

  /** They wait longer: from now on they take no more memory than they need. */
  void keep() {
    pieces.keep();
  }

  /** Memory that they keep alive. */
  long heldBytes() {
    return pieces.heldBytes();
  }

  /** Bytes that wait. */
  int waitingBytes() {
    return pieces.bytes();
  }
}
