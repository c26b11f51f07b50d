package org.mptcp4j.mptcp;

import org.mptcp4j.wire.Seq64;

/**
 * Our DATA_FIN: RFC 8684 section 3.3.3. It takes one data sequence number after the last byte.
 * Shared by the connection, which moves it on, and the extensions of its subflows, which repeat it
 * until it is acknowledged.
 */
final class DataFin {
  private boolean sent;
  private boolean acknowledged;
  private long dsn;

  /** Everything was sent: from now on it is due. */
  void send(long sequence) {
    sent = true;
    dsn = sequence;
  }

  /** Whether it was sent at least once. */
  boolean sent() {
    return sent;
  }

  /** Whether it must go out, again or for the first time. */
  boolean due() {
    return sent && !acknowledged;
  }

  long dsn() {
    return dsn;
  }

  boolean acknowledged() {
    return acknowledged;
  }

  /** A DATA_ACK arrived. */
  void onDataAck(long dataAck) {
    if (sent && Seq64.gt(dataAck, dsn)) {
      acknowledged = true;
    }
  }
}
