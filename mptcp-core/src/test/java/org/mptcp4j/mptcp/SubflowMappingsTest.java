package org.mptcp4j.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mptcp4j.mib.Mib;
import org.mptcp4j.wire.Dss;
import org.mptcp4j.wire.MpCapable;
import org.mptcp4j.wire.RxSegment;

/** Mappings as segments carry them: RFC 8684 section 3.3.1. */
class SubflowMappingsTest {
  private static final int MAP = Dss.MAP | Dss.DSN64;
  private Workbench bench;
  private MptcpTcpSock subflow;
  private long firstDsn;

  @BeforeEach
  void aSubflow() {
    start(0);
  }

  private void start(int flags) {
    bench = new Workbench(flags, SubflowState.ESTABLISHED);
    subflow = bench.subflows.master();
    firstDsn = bench.keys.remoteIdsn() + 1;
  }

  private boolean add(long dsn, int ssn, int length) {
    RxSegment segment = bench.segment(subflow, s -> s.options().dss(MAP, 0, dsn, ssn, length));
    return subflow
        .input()
        .map(subflow.tcp(), subflow.options(), segment.options().dss(), length, dsn);
  }

  private int firstSeq() {
    return subflow.tcp().irs() + 1;
  }

  @Test
  void itIsKeptForItsBytes() {
    assertThat(add(firstDsn, 1, 100)).isTrue();
    assertThat(subflow.input().mappings().covers(firstSeq())).isTrue();
    assertThat(subflow.input().mappings().firstDsn()).isEqualTo(firstDsn);
    assertThat(subflow.input().mappings().firstLength()).isEqualTo(100);
  }

  @Test
  void aRepetitionChangesNothing() {
    add(firstDsn, 1, 100);
    assertThat(add(firstDsn, 1, 100)).isTrue();
    assertThat(subflow.input().mappings().size()).isOne();
  }

  @Test
  void oneThatContradictsAnotherIsCountedAndUseless() {
    add(firstDsn, 1, 100);
    assertThat(add(firstDsn + 7, 1, 100)).isFalse();
    assertThat(bench.count(Mib.DSS_NOT_MATCHING)).isOne();
  }

  @Test
  void oneFarBeyondTheWindowIsNotKept() {
    assertThat(add(firstDsn, 1 << 30, 100)).isTrue();
    assertThat(subflow.input().mappings().size()).isZero();
    assertThat(bench.count(Mib.DSS_NO_MATCH_TCP)).isOne();
  }

  // RFC 8684 section 3.3: a checksum that was not negotiated, and none where it was, is an error.
  @ParameterizedTest
  @ValueSource(ints = {0, MpCapable.CHECKSUM_REQUIRED})
  void dataWithTheKeysHasAChecksumWhereTheyAreUsedOnly(int flags) {
    start(flags);
    long theirs = bench.keys.remoteKey();
    long ours = bench.keys.localKey();
    MpCapable with = MpCapable.dataWithChecksum(flags, theirs, ours, 50, 7);
    MpCapable without = MpCapable.data(flags, theirs, ours, 50);
    MpCapable wrong = flags == 0 ? with : without;
    MpCapable right = flags == 0 ? without : with;
    assertThat(subflow.input().mapFirst(subflow.tcp(), subflow.options(), wrong)).isFalse();
    assertThat(subflow.input().mapFirst(subflow.tcp(), subflow.options(), right)).isTrue();
  }

  // RFC 8684 section 3.1: data with MP_CAPABLE begins at the initial data sequence number plus 1.
  @Test
  void theFirstDataIsMappedByMpCapable() {
    MpCapable option = MpCapable.data(0, bench.keys.remoteKey(), bench.keys.localKey(), 50);
    assertThat(subflow.input().mapFirst(subflow.tcp(), subflow.options(), option)).isTrue();
    assertThat(subflow.input().mappings().covers(firstSeq())).isTrue();
    assertThat(subflow.input().mappings().firstDsn()).isEqualTo(firstDsn);
    assertThat(subflow.input().mappings().firstLength()).isEqualTo(50);
  }
}
