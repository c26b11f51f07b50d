package org.mptcp4j.mptcp;

import io.netty.buffer.ByteBuf;
import org.mptcp4j.tcp.PieceSink;
import org.mptcp4j.wire.DssChecksum;
import org.mptcp4j.wire.InternetChecksum;

/** What a mapping has as its checksum. */
abstract class MappingSum {
  /** Without checksums. */
  private static final MappingSum NONE =
      new MappingSum() {
        @Override
        int of(DataSendQueue data, long dsn, int ssn, int length) {
          return 0;
        }
      };

  /** The one for a connection with checksums, or without. */
  static MappingSum of(boolean checksum) {
    return checksum ? new Checksum() : NONE;
  }

  /** Whether there are checksums. */
  boolean isUsed() {
    return this != NONE;
  }

  /**
   * The checksum of a mapping.
   *
   * @param data where its data is
   * @param dsn its first data sequence number
   * @param ssn its first subflow sequence number, counted from the initial one
   * @param length its bytes
   */
  abstract int of(DataSendQueue data, long dsn, int ssn, int length);

  /** RFC 8684 section 3.3.1: one for a mapping, over its data and a pseudo header. */
  private static final class Checksum extends MappingSum implements PieceSink {
    private int sum;
    private int summed;

    @Override
    int of(DataSendQueue data, long dsn, int ssn, int length) {
      sum = 0;
      summed = 0;
      data.forEach(dsn, length, this);
      return DssChecksum.compute(dsn, ssn, length, sum);
    }

    @Override
    public void accept(ByteBuf buf, int index, int count) {
      sum = InternetChecksum.combine(sum, InternetChecksum.sum(buf, index, count), summed);
      summed += count;
    }
  }
}
