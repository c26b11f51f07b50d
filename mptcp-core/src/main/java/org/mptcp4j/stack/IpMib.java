package org.mptcp4j.stack;

/**
 * Counters of what the stack itself does with packets, beside those of TCP and MPTCP, under the
 * kernel's names.
 */
enum IpMib {
  /** Packets received. */
  IN_RECEIVES("IpInReceives"),
  /** Packets with impossible headers, or cut short. */
  IN_HDR_ERRORS("IpInHdrErrors"),
  /** Packets to addresses that are not ours. */
  IN_ADDR_ERRORS("IpInAddrErrors"),
  /** Packets of protocols other than TCP and ICMP. */
  IN_UNKNOWN_PROTOS("IpInUnknownProtos"),
  /** Fragments, which are not put together. */
  REASM_FAILS("IpReasmFails"),
  /** IPv4 packets received that may not be marked. */
  IN_NO_ECT_PKTS("IpExtInNoECTPkts"),
  /** IPv4 packets received with ECT(1). */
  IN_ECT1_PKTS("IpExtInECT1Pkts"),
  /** IPv4 packets received with ECT(0). */
  IN_ECT0_PKTS("IpExtInECT0Pkts"),
  /** IPv4 packets received that were marked. */
  IN_CE_PKTS("IpExtInCEPkts"),
  /** IPv6 packets received that may not be marked. */
  IN6_NO_ECT_PKTS("Ip6InNoECTPkts"),
  /** IPv6 packets received with ECT(1). */
  IN6_ECT1_PKTS("Ip6InECT1Pkts"),
  /** IPv6 packets received with ECT(0). */
  IN6_ECT0_PKTS("Ip6InECT0Pkts"),
  /** IPv6 packets received that were marked. */
  IN6_CE_PKTS("Ip6InCEPkts"),
  /** ICMP messages received. */
  ICMP_IN_MSGS("IcmpInMsgs"),
  /** ICMP messages that could not be used: malformed, or about a flow that is not ours. */
  ICMP_IN_ERRORS("IcmpInErrors"),
  /** ICMP errors received: a destination cannot be reached, over IPv4 also a packet too big. */
  ICMP_IN_DEST_UNREACHS("IcmpInDestUnreachs"),
  /** ICMP errors received: a hop limit ran out. */
  ICMP_IN_TIME_EXCDS("IcmpInTimeExcds"),
  /** ICMP errors received: a header is wrong. */
  ICMP_IN_PARM_PROBS("IcmpInParmProbs"),
  /** ICMPv6 errors received: a packet is too big. */
  ICMP6_IN_PKT_TOO_BIGS("Icmp6InPktTooBigs"),
  /** Echo requests received. */
  ICMP_IN_ECHOS("IcmpInEchos"),
  /** Echo replies sent. */
  ICMP_OUT_ECHO_REPS("IcmpOutEchoReps"),
  /** ICMP replies and resets not sent because of a rate limit or a full queue. */
  OUT_RATE_LIMITED("IcmpOutRateLimitGlobal"),
  /** Connections refused because a limit of the stack was reached. */
  CONNECTION_LIMIT("StackConnectionLimit"),
  /** Flows refused because the limit of flows was reached. */
  FLOW_LIMIT("StackFlowLimit"),
  /** Packets received that belong to another stack of the group, which counts them as well. */
  HANDED_OVER("StackHandedOver"),
  /** Such packets that were dropped because nobody took them there. */
  HANDOVER_DROPS("StackHandoverDrops"),
  /** Connections closed because of a defect of this program; each is in the log. */
  INTERNAL_ERRORS("StackInternalErrors");

  private final String kernelName;

  IpMib(String kernelName) {
    this.kernelName = kernelName;
  }

  private static final IpMib[] BY_CODE_POINT = {
    IN_NO_ECT_PKTS, IN_ECT1_PKTS, IN_ECT0_PKTS, IN_CE_PKTS,
    IN6_NO_ECT_PKTS, IN6_ECT1_PKTS, IN6_ECT0_PKTS, IN6_CE_PKTS
  };

  /** What counts packets whose header has those two ECN bits. */
  static IpMib ofEcn(boolean v4, int codePoint) {
    return BY_CODE_POINT[(v4 ? 0 : 4) + codePoint];
  }

  String kernelName() {
    return kernelName;
  }
}
