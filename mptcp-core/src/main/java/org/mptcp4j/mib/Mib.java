package org.mptcp4j.mib;

/** The counters of a stack, under the names that the Linux kernel uses ({@code nstat}). */
public enum Mib {
  /** SYN with MP_CAPABLE received. */
  MP_CAPABLE_SYN_RX("MPTcpExt", "MPCapableSYNRX"),
  /** SYN with MP_CAPABLE sent. */
  MP_CAPABLE_SYN_TX("MPTcpExt", "MPCapableSYNTX"),
  /** SYN/ACK with MP_CAPABLE received. */
  MP_CAPABLE_SYNACK_RX("MPTcpExt", "MPCapableSYNACKRX"),
  /** Third ACK with MP_CAPABLE received. */
  MP_CAPABLE_ACK_RX("MPTcpExt", "MPCapableACKRX"),
  /** The passive end fell back in the handshake. */
  MP_CAPABLE_FALLBACK_ACK("MPTcpExt", "MPCapableFallbackACK"),
  /** The active end fell back in the handshake. */
  MP_CAPABLE_FALLBACK_SYNACK("MPTcpExt", "MPCapableFallbackSYNACK"),
  /** Fell back because SYNs with MP_CAPABLE were apparently dropped. */
  MP_CAPABLE_SYN_TX_DROP("MPTcpExt", "MPCapableSYNTXDrop"),
  /** MP_CAPABLE not offered: SYNs with it were dropped on the way to that host before. */
  MP_CAPABLE_SYN_TX_DISABLED("MPTcpExt", "MPCapableSYNTXDisabled"),
  /** A SYN without MP_JOIN to a port that takes joins only. */
  MP_CAPABLE_ENDP_ATTEMPT("MPTcpExt", "MPCapableEndpAttempt"),
  /** A host was found to which SYNs with MP_CAPABLE do not get through. */
  BLACKHOLE("MPTcpExt", "Blackhole"),
  /** No token could be created. */
  MP_FALLBACK_TOKEN_INIT("MPTcpExt", "MPFallbackTokenInit"),
  /** Ranges sent again at the data level. */
  MPTCP_RETRANS("MPTcpExt", "MPTCPRetrans"),
  /** Join with an unknown token. */
  MP_JOIN_NO_TOKEN_FOUND("MPTcpExt", "MPJoinNoTokenFound"),
  /** Join SYN received. */
  MP_JOIN_SYN_RX("MPTcpExt", "MPJoinSynRx"),
  /** Join SYN with the backup flag received. */
  MP_JOIN_SYN_BACKUP_RX("MPTcpExt", "MPJoinSynBackupRx"),
  /** Join SYN/ACK received. */
  MP_JOIN_SYNACK_RX("MPTcpExt", "MPJoinSynAckRx"),
  /** Join SYN/ACK with the backup flag received. */
  MP_JOIN_SYNACK_BACKUP_RX("MPTcpExt", "MPJoinSynAckBackupRx"),
  /** Wrong HMAC in a join SYN/ACK. */
  MP_JOIN_SYNACK_HMAC_FAILURE("MPTcpExt", "MPJoinSynAckHMacFailure"),
  /** Join ACK accepted. */
  MP_JOIN_ACK_RX("MPTcpExt", "MPJoinAckRx"),
  /** Wrong HMAC in a join ACK. */
  MP_JOIN_ACK_HMAC_FAILURE("MPTcpExt", "MPJoinAckHMacFailure"),
  /** Join valid but refused, or dropped for a newer one: limit or state. */
  MP_JOIN_REJECTED("MPTcpExt", "MPJoinRejected"),
  /** Join SYN sent. */
  MP_JOIN_SYN_TX("MPTcpExt", "MPJoinSynTx"),
  /** Join not begun: no flow could be created. */
  MP_JOIN_SYN_TX_CREAT_SK_ERR("MPTcpExt", "MPJoinSynTxCreatSkErr"),
  /** Join not begun: no local port. */
  MP_JOIN_SYN_TX_BIND_ERR("MPTcpExt", "MPJoinSynTxBindErr"),
  /** Join not begun: no route. */
  MP_JOIN_SYN_TX_CONNECT_ERR("MPTcpExt", "MPJoinSynTxConnectErr"),
  /** New mapping conflicts with the current one. */
  DSS_NOT_MATCHING("MPTcpExt", "DSSNotMatching"),
  /** Broken mapping led to the reset of a subflow. */
  DSS_CORRUPTION_RESET("MPTcpExt", "DSSCorruptionReset"),
  /** Infinite mapping sent. */
  INFINITE_MAP_TX("MPTcpExt", "InfiniteMapTx"),
  /** Infinite mapping received. */
  INFINITE_MAP_RX("MPTcpExt", "InfiniteMapRx"),
  /** Mapping does not fit the TCP sequence. */
  DSS_NO_MATCH_TCP("MPTcpExt", "DSSNoMatchTCP"),
  /** Wrong DSS checksum. */
  DATA_CSUM_ERR("MPTcpExt", "DataCsumErr"),
  /** Appended at the tail of the out-of-order queue. */
  OFO_QUEUE_TAIL("MPTcpExt", "OFOQueueTail"),
  /** Put into the out-of-order queue. */
  OFO_QUEUE("MPTcpExt", "OFOQueue"),
  /** Merged in the out-of-order queue. */
  OFO_MERGE("MPTcpExt", "OFOMerge"),
  /** Data outside the data-level window. */
  NO_DSS_IN_WINDOW("MPTcpExt", "NoDSSInWindow"),
  /** Duplicate data discarded. */
  DUPLICATE_DATA("MPTcpExt", "DuplicateData"),
  /** ADD_ADDR received. */
  ADD_ADDR("MPTcpExt", "AddAddr"),
  /** ADD_ADDR sent. */
  ADD_ADDR_TX("MPTcpExt", "AddAddrTx"),
  /** ADD_ADDR not sent: too much waits for an acknowledgement to carry it. */
  ADD_ADDR_TX_DROP("MPTcpExt", "AddAddrTxDrop"),
  /** Echo of ADD_ADDR received. */
  ECHO_ADD("MPTcpExt", "EchoAdd"),
  /** Echo of ADD_ADDR sent. */
  ECHO_ADD_TX("MPTcpExt", "EchoAddTx"),
  /** Echo of ADD_ADDR not sent: too much waits for an acknowledgement to carry it. */
  ECHO_ADD_TX_DROP("MPTcpExt", "EchoAddTxDrop"),
  /** ADD_ADDR with a port received. */
  PORT_ADD("MPTcpExt", "PortAdd"),
  /** Received ADD_ADDR dropped: not authentic, or nobody can be joined there. */
  ADD_ADDR_DROP("MPTcpExt", "AddAddrDrop"),
  /** Join SYN to a port that was announced. */
  MP_JOIN_PORT_SYN_RX("MPTcpExt", "MPJoinPortSynRx"),
  /** SYN/ACK of a join to a port that was announced. */
  MP_JOIN_PORT_SYNACK_RX("MPTcpExt", "MPJoinPortSynAckRx"),
  /** Third ACK of a join to a port that was announced. */
  MP_JOIN_PORT_ACK_RX("MPTcpExt", "MPJoinPortAckRx"),
  /** Join SYN to a port never announced. */
  MISMATCH_PORT_SYN_RX("MPTcpExt", "MismatchPortSynRx"),
  /** Third ACK of a join to a port that is announced no more. */
  MISMATCH_PORT_ACK_RX("MPTcpExt", "MismatchPortAckRx"),
  /** Address ids withdrawn by the peer. */
  RM_ADDR("MPTcpExt", "RmAddr"),
  /** Withdrawals that the path manager is not told of: too much waits for it. */
  RM_ADDR_DROP("MPTcpExt", "RmAddrDrop"),
  /** Address ids withdrawn. */
  RM_ADDR_TX("MPTcpExt", "RmAddrTx"),
  /** REMOVE_ADDR not sent: too much waits for an acknowledgement to carry it. */
  RM_ADDR_TX_DROP("MPTcpExt", "RmAddrTxDrop"),
  /** Subflow removed by this end. */
  RM_SUBFLOW("MPTcpExt", "RmSubflow"),
  /** MP_PRIO sent. */
  MP_PRIO_TX("MPTcpExt", "MPPrioTx"),
  /** MP_PRIO received. */
  MP_PRIO_RX("MPTcpExt", "MPPrioRx"),
  /** MP_FAIL received. */
  MP_FAIL_RX("MPTcpExt", "MPFailRx"),
  /** MP_FAIL sent. */
  MP_FAIL_TX("MPTcpExt", "MPFailTx"),
  /** MP_FASTCLOSE sent. */
  MP_FASTCLOSE_TX("MPTcpExt", "MPFastcloseTx"),
  /** MP_FASTCLOSE received. */
  MP_FASTCLOSE_RX("MPTcpExt", "MPFastcloseRx"),
  /** MP_TCPRST sent. */
  MP_RST_TX("MPTcpExt", "MPRstTx"),
  /** MP_TCPRST received. */
  MP_RST_RX("MPTcpExt", "MPRstRx"),
  /** Subflow became stale. */
  SUBFLOW_STALE("MPTcpExt", "SubflowStale"),
  /** Stale subflow works again. */
  SUBFLOW_RECOVER("MPTcpExt", "SubflowRecover"),
  /** Gauge of established MPTCP connections. */
  MP_CURR_ESTAB("MPTcpExt", "MPCurrEstab"),
  /** Neither DSS nor MP_CAPABLE on the first data. */
  MP_CAPABLE_DATA_FALLBACK("MPTcpExt", "MPCapableDataFallback"),
  /** Bad or missing DSS led to fallback. */
  DSS_FALLBACK("MPTcpExt", "DssFallback"),
  /** Fallback was called for where it is not allowed any more. */
  FALLBACK_FAILED("MPTcpExt", "FallbackFailed"),
  /** Simultaneous connect led to fallback. */
  SIMULT_CONNECT_FALLBACK("MPTcpExt", "SimultConnectFallback"),
  /** Probe of a closed data-level window. */
  WIN_PROBE("MPTcpExt", "WinProbe"),
  /** Connections opened by this end. */
  ACTIVE_OPENS("Tcp", "ActiveOpens"),
  /** Connections accepted. */
  PASSIVE_OPENS("Tcp", "PassiveOpens"),
  /** Connections that failed in the handshake. */
  ATTEMPT_FAILS("Tcp", "AttemptFails"),
  /** Established connections reset. */
  ESTAB_RESETS("Tcp", "EstabResets"),
  /** Gauge of established flows. */
  CURR_ESTAB("Tcp", "CurrEstab"),
  /** Segments received. */
  IN_SEGS("Tcp", "InSegs"),
  /** Segments sent. */
  OUT_SEGS("Tcp", "OutSegs"),
  /** Segments sent again. */
  RETRANS_SEGS("Tcp", "RetransSegs"),
  /** Bad segments received. */
  IN_ERRS("Tcp", "InErrs"),
  /** Resets sent. */
  OUT_RSTS("Tcp", "OutRsts"),
  /** Segments with a wrong checksum. */
  IN_CSUM_ERRORS("Tcp", "InCsumErrors"),
  /** Retransmission timeouts. */
  TCP_TIMEOUTS("TcpExt", "TCPTimeouts"),
  /** Connections aborted with unread or late data. */
  TCP_ABORT_ON_DATA("TcpExt", "TCPAbortOnData"),
  /** Connections aborted because data was left unread. */
  TCP_ABORT_ON_CLOSE("TcpExt", "TCPAbortOnClose"),
  /** Connections that timed out. */
  TCP_ABORT_ON_TIMEOUT("TcpExt", "TCPAbortOnTimeout"),
  /** Handshakes completed without data, which listeners wait for. */
  TCP_DEFER_ACCEPT_DROP("TcpExt", "TCPDeferAcceptDrop"),
  /** Connection attempts dropped, before or after their SYN was answered. */
  LISTEN_DROPS("TcpExt", "ListenDrops"),
  /** Connection attempts dropped because the backlog was full. */
  LISTEN_OVERFLOWS("TcpExt", "ListenOverflows"),
  /** Flows that went through TIME-WAIT. */
  TW("TcpExt", "TW"),
  /** TIME-WAIT flows ended early by a new connection. */
  TW_RECYCLED("TcpExt", "TWRecycled"),
  /** TIME-WAIT flows dropped at the limit. */
  TCP_TIME_WAIT_OVERFLOW("TcpExt", "TCPTimeWaitOverflow"),
  /** Half-open connections dropped for newer ones, at a limit. */
  TCP_REQ_Q_FULL_DROP("TcpExt", "TCPReqQFullDrop"),
  /** SYNs answered by a cookie because too many connections were half open. */
  TCP_REQ_Q_FULL_DO_COOKIES("TcpExt", "TCPReqQFullDoCookies"),
  /** SYN cookies sent. */
  SYNCOOKIES_SENT("TcpExt", "SyncookiesSent"),
  /** SYN cookies that came back and were good. */
  SYNCOOKIES_RECV("TcpExt", "SyncookiesRecv"),
  /** Acknowledgements of SYN cookies that were none of ours, or too old. */
  SYNCOOKIES_FAILED("TcpExt", "SyncookiesFailed"),
  /** Challenge ACKs sent. */
  TCP_CHALLENGE_ACK("TcpExt", "TCPChallengeACK"),
  /** Segments dropped for a signature that nobody has a key for (RFC 2385). */
  TCP_MD5_UNEXPECTED("TcpExt", "TCPMD5Unexpected"),
  /** Segments dropped for their timestamp. */
  PAWS_ESTAB("TcpExt", "PAWSEstab"),
  /** The peer discarded what it had acknowledged selectively. */
  TCP_SACK_RENEGING("TcpExt", "TCPSACKReneging"),
  /** Segments sent again in fast recovery. */
  TCP_FAST_RETRANS("TcpExt", "TCPFastRetrans"),
  /** Segments sent again after a timeout. */
  TCP_SLOW_START_RETRANS("TcpExt", "TCPSlowStartRetrans"),
  /** Fast recoveries with selective acknowledgements. */
  TCP_SACK_RECOVERY("TcpExt", "TCPSackRecovery"),
  /** Fast recoveries without. */
  TCP_RENO_RECOVERY("TcpExt", "TCPRenoRecovery"),
  /** Fast recoveries taken back when all was acknowledged. */
  TCP_FULL_UNDO("TcpExt", "TCPFullUndo"),
  /** Fast recoveries taken back before. */
  TCP_PARTIAL_UNDO("TcpExt", "TCPPartialUndo"),
  /** Recoveries taken back because all that was sent again came twice. */
  TCP_DSACK_UNDO("TcpExt", "TCPDSACKUndo"),
  /** Recoveries after a timeout taken back. */
  TCP_LOSS_UNDO("TcpExt", "TCPLossUndo"),
  /** Timeouts found spurious by F-RTO. */
  TCP_SPURIOUS_RTOS("TcpExt", "TCPSpuriousRTOs"),
  /** Losses that a tail loss probe repaired. */
  TCP_LOSS_PROBE_RECOVERY("TcpExt", "TCPLossProbeRecovery"),
  /** DSACKs received for what was acknowledged. */
  TCP_DSACK_RECV("TcpExt", "TCPDSACKRecv"),
  /** DSACKs received for what was not. */
  TCP_DSACK_OFO_RECV("TcpExt", "TCPDSACKOfoRecv"),
  /** DSACKs sent for what was received in order. */
  TCP_DSACK_OLD_SENT("TcpExt", "TCPDSACKOldSent"),
  /** DSACKs sent for what was received beyond a hole. */
  TCP_DSACK_OFO_SENT("TcpExt", "TCPDSACKOfoSent"),
  /** Tail loss probes sent. */
  TCP_LOSS_PROBES("TcpExt", "TCPLossProbes"),
  /** SYNs whose data arrived. */
  TCP_FAST_OPEN_ACTIVE("TcpExt", "TCPFastOpenActive"),
  /** SYNs whose data did not arrive, or not all of it: it was sent again. */
  TCP_FAST_OPEN_ACTIVE_FAIL("TcpExt", "TCPFastOpenActiveFail"),
  /** Connections that were open with their SYN. */
  TCP_FAST_OPEN_PASSIVE("TcpExt", "TCPFastOpenPassive"),
  /** SYNs with a cookie that was not good, or with which no connection could be made. */
  TCP_FAST_OPEN_PASSIVE_FAIL("TcpExt", "TCPFastOpenPassiveFail"),
  /** SYNs not opened at once because too many others had not been confirmed. */
  TCP_FAST_OPEN_LISTEN_OVERFLOW("TcpExt", "TCPFastOpenListenOverflow"),
  /** SYNs that asked for a cookie. */
  TCP_FAST_OPEN_COOKIE_REQD("TcpExt", "TCPFastOpenCookieReqd"),
  /** Paths found on which fast open does not get through. */
  TCP_FAST_OPEN_BLACKHOLE("TcpExt", "TCPFastOpenBlackhole"),
  /** SYNs with a good cookie of the secret before this one. */
  TCP_FAST_OPEN_PASSIVE_ALT_KEY("TcpExt", "TCPFastOpenPassiveAltKey"),
  /** Segments put into the out-of-order queue of a flow. */
  TCP_OFO_QUEUE("TcpExt", "TCPOFOQueue"),
  /** Segments dropped for lack of buffer or memory. */
  TCP_RCV_Q_DROP("TcpExt", "TCPRcvQDrop"),
  /** Segments beyond a hole dropped for lack of memory. */
  TCP_OFO_DROP("TcpExt", "TCPOFODrop"),
  /** Connections that were made to drop what lies beyond holes. */
  PRUNE_CALLED("TcpExt", "PruneCalled"),
  /** Flows that dropped what lay beyond a hole, for lack of memory. */
  OFO_PRUNED("TcpExt", "OfoPruned"),
  /** Connections that dropped what lay beyond a hole of the data level, for lack of memory. */
  RCV_PRUNED("TcpExt", "RcvPruned"),
  /** How often memory became scarce. */
  TCP_MEMORY_PRESSURES("TcpExt", "TCPMemoryPressures"),
  /** Connections without an application that were reset: too many, or for lack of memory. */
  TCP_ABORT_ON_MEMORY("TcpExt", "TCPAbortOnMemory"),
  /** Keep-alive probes sent. */
  TCP_KEEP_ALIVE("TcpExt", "TCPKeepAlive"),
  /** Segments delivered of which the peer says that they, or others with them, were marked. */
  TCP_DELIVERED_CE("TcpExt", "TCPDeliveredCE"),
  /** Larger packets than the others that were lost for their size. */
  TCP_MTUP_FAIL("TcpExt", "TCPMTUPFail"),
  /** Larger packets than the others that arrived. */
  TCP_MTUP_SUCCESS("TcpExt", "TCPMTUPSuccess"),
  /** ICMP errors about something that is not in flight. */
  OUT_OF_WINDOW_ICMPS("TcpExt", "OutOfWindowIcmps"),
  /** SYNs sent again. */
  TCP_SYN_RETRANS("TcpExt", "TCPSynRetrans");

  private final String group;
  private final String shortName;

  Mib(String group, String shortName) {
    this.group = group;
    this.shortName = shortName;
  }

  /** The name as {@code nstat} prints it, for example {@code MPTcpExtMPCapableSYNRX}. */
  public String kernelName() {
    return group + shortName;
  }
}
