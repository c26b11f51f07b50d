package org.mptcp4j.api;

import java.util.Objects;

/**
 * How Accurate ECN (RFC 9768) works where {@link EcnMode} has it agreed on. The defaults are what
 * that RFC recommends.
 *
 * @param option when the option that counts bytes is sent, as far as there is room for it
 * @param controlPackets whether pure ACKs, FINs, probes and retransmissions say that they may be
 *     marked, too: RFC 3168 forbids it, RFC 8311 section 4.3 allows it for experiments, and Linux
 *     does it
 * @param fallback whether nothing that is sent may be marked any more once the handshake shows a
 *     path that changes marks (section 3.2.2.3); Linux's {@code tcp_ecn_fallback}
 */
public record AccurateEcnRules(OptionUse option, boolean controlPackets, boolean fallback) {

  /** When the option is sent; those of Linux's {@code tcp_ecn_option} that matter. */
  public enum OptionUse {
    /** Never: Linux's 0. */
    NEVER,
    /** On every segment with room, once the peer has sent one: Linux's 2. */
    ANSWERED,
    /** On every segment with room: a peer that sends none may read them (section 3.2.3.2.3). */
    ALWAYS
  }

  /** What the RFC recommends. */
  public static final AccurateEcnRules DEFAULT =
      new AccurateEcnRules(OptionUse.ALWAYS, false, true);

  /** Checks that there are values. */
  public AccurateEcnRules {
    Objects.requireNonNull(option, "option");
  }
}
