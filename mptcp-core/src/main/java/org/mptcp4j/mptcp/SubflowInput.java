package org.mptcp4j.mptcp;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import org.mptcp4j.tcp.TcpSock;
import org.mptcp4j.wire.DssChecksum;
import org.mptcp4j.wire.InternetChecksum;

/**
 * Takes in-order bytes of one subflow through their mappings to the data level: RFC 8684 section
 * 3.3.1. With checksums the bytes of a mapping wait until all of it is there and right.
 */
final class SubflowInput {
  /** How long bytes may wait for a mapping that comes later. */
  static final long UNMAPPED_NS = 1_000_000_000L;

  /** Added to a checksum whose mapping counts a DATA_FIN as one octet more. */
  static final int WITH_DATA_FIN = 1 << 16;

  /** What draining ended with. */
  enum Result {
    /** Everything that was there was delivered, or waits for the rest of its mapping. */
    DRAINED,
    /** The next byte has no mapping. */
    UNMAPPED,
    /** A checksum is wrong; the bytes of its mapping were dropped. */
    BAD_CHECKSUM
  }

  /** Where bytes go. */
  interface DataLevel {
    /** Bytes in data sequence space; ownership of the buffer passes. */
    void receive(long dsn, ByteBuf data);
  }

  /** Bytes of a mapping whose checksum cannot be checked yet. */
  private static final class Staging {
    private final ArrayDeque<ByteBuf> pieces = new ArrayDeque<>();
    private int bytes;
    private int sum;

    void add(ByteBuf data) {
      int count = data.readableBytes();
      int added = InternetChecksum.sum(data, data.readerIndex(), count);
      sum = InternetChecksum.combine(sum, added, bytes);
      pieces.add(data);
      bytes += count;
    }

    /** Gives the pieces away; nothing is left. */
    void deliver(long firstDsn, DataLevel into) {
      long dsn = firstDsn;
      ByteBuf data;
      while ((data = pieces.poll()) != null) {
        int count = data.readableBytes();
        into.receive(dsn, data);
        dsn += count;
      }
      bytes = 0;
      sum = 0;
    }
  }

  private final RxMappings mappings = new RxMappings();
  private Staging staging; // null until bytes come whose mapping has a checksum
  private boolean anyMapped;
  private long unmappedDeadlineNs = Long.MAX_VALUE;

  /** Mappings that came. */
  RxMappings mappings() {
    return mappings;
  }

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
   * @param irs the peer's initial sequence number on this subflow
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
      if (!checksum) {
        into.receive(mappings.firstDsn() + offset, data);
      } else {
        stage(data);
        if (count == left && !deliverStaged(irs, into)) {
          return Result.BAD_CHECKSUM;
        }
      }
    }
    return Result.DRAINED;
  }

  private void stage(ByteBuf data) {
    if (staging == null) {
      staging = new Staging();
    }
    staging.add(data);
  }

  private boolean deliverStaged(int irs, DataLevel into) {
    long dsn = mappings.firstDsn();
    int ssn = mappings.firstSeq() - irs;
    int checksum = mappings.firstChecksum();
    int length = mappings.firstLength() + (checksum >>> 16);
    boolean right =
        checksum >= 0 && DssChecksum.verify(dsn, ssn, length, staging.sum, checksum & 0xffff);
    if (!right) {
      release();
      return false;
    }
    staging.deliver(dsn, into);
    return true;
  }

  /** Releases what waits. */
  void release() {
    if (staging != null) {
      staging.deliver(0, (dsn, data) -> data.release());
    }
  }
}
