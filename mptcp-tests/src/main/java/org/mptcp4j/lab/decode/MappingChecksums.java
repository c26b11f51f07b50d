package org.mptcp4j.lab.decode;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Iterator;
import java.util.List;
import org.mptcp4j.wire.DssChecksum;
import org.mptcp4j.wire.InternetChecksum;

/**
 * Collects the payload of the mappings of one direction of a subflow, and verifies their checksums
 * when complete.
 */
final class MappingChecksums {
  private static final int MAX_PENDING = 256;

  private final List<Mapping> pending = new ArrayList<>();

  /** A mapping whose payload is not complete. */
  private static final class Mapping {
    final long dsn;
    final int ssn;
    final int length;
    final int checksum;
    final byte[] payload;
    final BitSet seen = new BitSet();

    Mapping(long dsn, int ssn, int length, int payloadLength, int checksum) {
      this.dsn = dsn;
      this.ssn = ssn;
      this.length = length;
      this.checksum = checksum;
      payload = new byte[payloadLength];
    }

    boolean isSame(long otherDsn, int otherSsn) {
      return dsn == otherDsn && ssn == otherSsn;
    }

    void take(int relativeSeq, ByteBuf buf, int index, int size) {
      int from = Math.max(0, relativeSeq - ssn);
      int to = Math.min(payload.length, relativeSeq - ssn + size);
      if (from < to) {
        buf.getBytes(index + from - (relativeSeq - ssn), payload, from, to - from);
        seen.set(from, to);
      }
    }

    boolean isComplete() {
      return seen.cardinality() == payload.length;
    }

    String verdict() {
      int sum = InternetChecksum.sum(payload, 0, payload.length);
      boolean good = DssChecksum.verify(dsn, ssn, length, sum, checksum);
      return "csum of ssn " + Integer.toUnsignedString(ssn) + (good ? " ok" : " BAD");
    }
  }

  /**
   * Takes note of a mapping, unless it is a repeated one.
   *
   * @param length as in the option
   * @param payloadLength bytes of payload in it: one less when a DATA_FIN is counted
   */
  void add(long dsn, int ssn, int length, int payloadLength, int checksum) {
    if (pending.stream().anyMatch(m -> m.isSame(dsn, ssn))) {
      return;
    }
    if (pending.size() == MAX_PENDING) {
      pending.remove(0);
    }
    pending.add(new Mapping(dsn, ssn, length, payloadLength, checksum));
  }

  /** Takes payload in and says what is known now about the mappings that it completes. */
  List<String> payload(int relativeSeq, ByteBuf buf, int index, int size) {
    List<String> verdicts = new ArrayList<>();
    for (Iterator<Mapping> i = pending.iterator(); i.hasNext(); ) {
      Mapping mapping = i.next();
      mapping.take(relativeSeq, buf, index, size);
      if (mapping.isComplete()) {
        verdicts.add(mapping.verdict());
        i.remove();
      }
    }
    return verdicts;
  }
}
