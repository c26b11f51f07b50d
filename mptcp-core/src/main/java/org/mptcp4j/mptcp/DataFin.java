package org.mptcp4j.mptcp;

import org.mptcp4j.wire.Seq64;

/**
 * Our DATA_FIN: RFC 8684 section 3.3.3. It takes one data sequence number after the last byte.
 * Shared by the connection, which moves it on, and the extensions of its subflows, which repeat it
 * until it is acknowledged.
 */
final class DataFin {
  private enum Progress {
    NOT_SENT,
    SENT,
    ACKNOWLEDGED
  }

  private Progress progress = Progress.NOT_SENT;
  private long dsn;

  /** Everything was sent: from now on it is due. */
  void send(long sequence) {
    assert progress == Progress.NOT_SENT : "there is one end of what we send";
    progress = Progress.SENT;
    dsn = sequence;
  }

  /** Whether it was sent at least once. */
  boolean sent() {
    return progress != Progress.NOT_SENT;
  }

  /** Whether it must go out, again or for the first time. */
  boolean due() {
    return progress == Progress.SENT;
  }

  long dsn() {
    return dsn;
  }

  boolean acknowledged() {
    return progress == Progress.ACKNOWLEDGED;
  }

  /** A DATA_ACK arrived. */
  void onDataAck(long dataAck) {
    if (due() && Seq64.gt(dataAck, dsn)) {
      progress = Progress.ACKNOWLEDGED;
    }
  }
}
