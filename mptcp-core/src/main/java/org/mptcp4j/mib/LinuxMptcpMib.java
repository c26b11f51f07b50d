package org.mptcp4j.mib;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The counters {@code MPTcpExt} of Linux 6.18: which of them are counted here stands in {@link
 * Mib}, why the others are not in {@link #NOT_COUNTED}.
 */
public final class LinuxMptcpMib {
  /** What {@code nstat} puts in front of the names. */
  public static final String GROUP = "MPTcpExt";

  /** All names, in the order of {@code /proc/net/netstat}. */
  public static final List<String> NAMES =
      List.of(
          "MPCapableSYNRX",
          "MPCapableSYNTX",
          "MPCapableSYNACKRX",
          "MPCapableACKRX",
          "MPCapableFallbackACK",
          "MPCapableFallbackSYNACK",
          "MPCapableSYNTXDrop",
          "MPCapableSYNTXDisabled",
          "MPCapableEndpAttempt",
          "MPFallbackTokenInit",
          "MPTCPRetrans",
          "MPJoinNoTokenFound",
          "MPJoinSynRx",
          "MPJoinSynBackupRx",
          "MPJoinSynAckRx",
          "MPJoinSynAckBackupRx",
          "MPJoinSynAckHMacFailure",
          "MPJoinAckRx",
          "MPJoinAckHMacFailure",
          "MPJoinRejected",
          "MPJoinSynTx",
          "MPJoinSynTxCreatSkErr",
          "MPJoinSynTxBindErr",
          "MPJoinSynTxConnectErr",
          "DSSNotMatching",
          "DSSCorruptionFallback",
          "DSSCorruptionReset",
          "InfiniteMapTx",
          "InfiniteMapRx",
          "DSSNoMatchTCP",
          "DataCsumErr",
          "OFOQueueTail",
          "OFOQueue",
          "OFOMerge",
          "NoDSSInWindow",
          "DuplicateData",
          "AddAddr",
          "AddAddrTx",
          "AddAddrTxDrop",
          "EchoAdd",
          "EchoAddTx",
          "EchoAddTxDrop",
          "PortAdd",
          "AddAddrDrop",
          "MPJoinPortSynRx",
          "MPJoinPortSynAckRx",
          "MPJoinPortAckRx",
          "MismatchPortSynRx",
          "MismatchPortAckRx",
          "RmAddr",
          "RmAddrDrop",
          "RmAddrTx",
          "RmAddrTxDrop",
          "RmSubflow",
          "MPPrioTx",
          "MPPrioRx",
          "MPFailTx",
          "MPFailRx",
          "MPFastcloseTx",
          "MPFastcloseRx",
          "MPRstTx",
          "MPRstRx",
          "SubflowStale",
          "SubflowRecover",
          "SndWndShared",
          "RcvWndShared",
          "RcvWndConflictUpdate",
          "RcvWndConflict",
          "MPCurrEstab",
          "Blackhole",
          "MPCapableDataFallback",
          "MD5SigFallback",
          "DssFallback",
          "SimultConnectFallback",
          "FallbackFailed",
          "WinProbe");

  /** Those that never count here, each with the reason. */
  public static final Map<String, String> NOT_COUNTED =
      Map.ofEntries(
          Map.entry("DSSCorruptionFallback", "a mapping that contradicts another is a reset"),
          Map.entry("SndWndShared", "subflows have no send window but that of the data level"),
          Map.entry("RcvWndShared", "subflows have no receive window but that of the data level"),
          Map.entry("RcvWndConflictUpdate", "one thread advertises the window: no race"),
          Map.entry("RcvWndConflict", "one thread advertises the window: no race"),
          Map.entry("MD5SigFallback", "there are no TCP MD5 signatures (RFC 2385)"));

  private LinuxMptcpMib() {}

  /** The names that count here, as in {@link #NAMES}. */
  public static Set<String> counted() {
    return Arrays.stream(Mib.values())
        .map(Mib::kernelName)
        .filter(name -> name.startsWith(GROUP))
        .map(name -> name.substring(GROUP.length()))
        .collect(Collectors.toSet());
  }
}
