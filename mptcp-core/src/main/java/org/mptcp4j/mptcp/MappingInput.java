package org.mptcp4j.mptcp;

import org.mptcp4j.mib.Counters;
import org.mptcp4j.mib.Mib;
import org.mptcp4j.wire.Dss;
import org.mptcp4j.wire.MpCapable;
import org.mptcp4j.wire.Seq32;

/** Takes the mappings that segments carry: RFC 8684 section 3.3.1. */
final class MappingInput {
  private MappingInput() {}

  /**
   * Takes the mapping of a DSS.
   *
   * @param length bytes, a DATA_FIN not counted
   * @param dsn of the first byte, expanded
   * @return false when it contradicts one that is known: the subflow is no use then
   */
  static boolean add(MptcpTcpSock sf, Dss dss, int length, long dsn) {
    return add(sf, sf.tcp().irs() + dss.ssn(), length, dsn, checksumOf(sf.options().keys(), dss));
  }

  /** Takes the mapping that MP_CAPABLE makes for the first data, if it does. As {@link #add}. */
  static boolean addFirst(MptcpTcpSock sf, MpCapable option) {
    if (!option.hasDataLength() || option.dataLength() == 0) {
      return true;
    }
    // RFC 8684 section 3.1: data with MP_CAPABLE begins at subflow sequence number 1 and IDSN + 1.
    int checksum = RxMappings.NO_CHECKSUM;
    SessionKeys keys = sf.options().keys();
    if (keys.checksum()) {
      checksum = option.hasChecksum() ? option.checksum() : RxMappings.MISSING_CHECKSUM;
    }
    return add(sf, sf.tcp().irs() + 1, option.dataLength(), keys.remoteIdsn() + 1, checksum);
  }

  private static int checksumOf(SessionKeys keys, Dss dss) {
    if (!keys.checksum()) {
      return RxMappings.NO_CHECKSUM;
    }
    if (!dss.hasChecksum()) {
      return RxMappings.MISSING_CHECKSUM;
    }
    return dss.checksum() | (dss.dataFin() ? SubflowInput.WITH_DATA_FIN : 0);
  }

  private static boolean add(MptcpTcpSock sf, int seq, int length, long dsn, int checksum) {
    int readSeq = sf.tcp().readSeq();
    Counters counters = sf.options().counters();
    // As far as data is taken: what is kept without its mapping would never be used.
    if (Seq32.gt(seq, sf.tcp().acceptableEndSeq())) {
      counters.increment(Mib.DSS_NO_MATCH_TCP);
      return true;
    }
    return switch (sf.input().mappings().add(readSeq, seq, length, dsn, checksum)) {
      // What is beyond the limit is not kept; its data was not taken either.
      case ADDED, REPEATED, FULL -> true;
      case CONFLICT -> {
        counters.increment(Mib.DSS_NOT_MATCHING);
        counters.increment(Mib.DSS_CORRUPTION_RESET);
        yield false;
      }
    };
  }
}
