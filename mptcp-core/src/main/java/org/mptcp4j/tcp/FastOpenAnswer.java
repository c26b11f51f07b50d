package org.mptcp4j.tcp;

/**
 * What a server does about the fast open option of a SYN: RFC 7413 section 4.2.2.
 *
 * @param opensEarly whether the connection is open at once: the data of the SYN is taken, and more
 *     may be sent before the third ACK
 * @param cookie what the SYN/ACK gives the client; empty for none
 */
public record FastOpenAnswer(boolean opensEarly, byte[] cookie) {
  private static final byte[] NO_COOKIE = {};

  /** An ordinary handshake. */
  public static final FastOpenAnswer NONE = new FastOpenAnswer(false, NO_COOKIE);

  /** The connection is open, and the client's cookie stays good. */
  public static final FastOpenAnswer OPEN = new FastOpenAnswer(true, NO_COOKIE);

  /** The handshake at this end. */
  Handshake handshake(int tsOffset) {
    return this == NONE ? new Handshake(tsOffset) : new PassiveFastOpen(tsOffset, this);
  }
}
