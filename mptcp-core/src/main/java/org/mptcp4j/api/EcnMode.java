package org.mptcp4j.api;

/**
 * Explicit congestion notification: what is granted to peers, and asked of them. The numbers are
 * those of Linux's {@code net.ipv4.tcp_ecn}. Every subflow of an MPTCP connection agrees by itself.
 */
public enum EcnMode {
  /** None. */
  OFF(Feedback.NONE, Feedback.NONE),
  /** RFC 3168 is asked for and granted. */
  REQUEST(Feedback.CLASSIC, Feedback.CLASSIC),
  /** RFC 3168 is granted. The default, as on Linux. */
  ACCEPT(Feedback.CLASSIC, Feedback.NONE),
  /** Accurate ECN (RFC 9768) is asked for and granted; peers without it get RFC 3168. */
  ACCURATE(Feedback.ACCURATE, Feedback.ACCURATE),
  /** Accurate ECN is granted, RFC 3168 is asked for. */
  ACCEPT_ACCURATE_REQUEST_CLASSIC(Feedback.ACCURATE, Feedback.CLASSIC),
  /** Accurate ECN is granted, and nothing is asked for. */
  ACCEPT_ACCURATE(Feedback.ACCURATE, Feedback.NONE);

  /** How the receiver of marks tells the sender of them. */
  public enum Feedback {
    /** Not at all: no packet is marked. */
    NONE,
    /** That there were some in this round trip: RFC 3168. */
    CLASSIC,
    /** How many: RFC 9768. */
    ACCURATE
  }

  private final Feedback incoming;
  private final Feedback outgoing;

  EcnMode(Feedback incoming, Feedback outgoing) {
    this.incoming = incoming;
    this.outgoing = outgoing;
  }

  /**
   * The most that is granted to who opens a connection.
   *
   * @return what Linux calls incoming
   */
  public Feedback incoming() {
    return incoming;
  }

  /**
   * What is asked for on connections that this end opens.
   *
   * @return what Linux calls outgoing
   */
  public Feedback outgoing() {
    return outgoing;
  }

  /**
   * The mode that Linux gives that number.
   *
   * @param tcpEcn value of {@code net.ipv4.tcp_ecn}, 0 to 5
   * @return the mode
   * @throws IllegalArgumentException for another number
   */
  public static EcnMode ofSysctl(int tcpEcn) {
    if (tcpEcn < 0 || tcpEcn >= values().length) {
      throw new IllegalArgumentException("tcp_ecn is 0 to 5, not " + tcpEcn);
    }
    return values()[tcpEcn];
  }
}
