package org.mptcp4j.mptcp;

import io.netty.buffer.ByteBuf;
import org.mptcp4j.tcp.TcpNotice;
import org.mptcp4j.tcp.TcpSock;
import org.mptcp4j.wire.Seq32;
import org.mptcp4j.wire.Seq64;

/**
 * Drives the meta socket from the one TCP socket of a connection without MPTCP, or one that fell
 * back: RFC 8684 section 3.7. Data sequence space follows the TCP stream byte for byte.
 */
final class PlainProgress {
  private final MetaSock meta;
  private boolean begun;
  private int unaSeq;
  private long unaDsn;

  PlainProgress(MetaSock meta) {
    this.meta = meta;
  }

  /** The stream's first byte follows {@code iss}. */
  void begin(int iss) {
    if (!begun) {
      begun = true;
      unaSeq = iss + 1;
      unaDsn = meta.firstDsn();
    }
  }

  /** TCP acknowledged up to a sequence number. */
  void acknowledged(int sndUna) {
    int advance = Seq32.diff(sndUna, unaSeq);
    if (!begun || advance <= 0) {
      return;
    }
    unaSeq = sndUna;
    unaDsn += advance;
    // The FIN takes a sequence number of TCP's, not one of the data.
    meta.acknowledge(Seq64.min(unaDsn, meta.tx().nxt()));
  }

  /** Takes what came in order. */
  void drain(TcpSock tcp) {
    ByteBuf data;
    while ((data = tcp.pollData()) != null) {
      meta.rx().receiveInOrder(data);
    }
  }

  /** Carries the FINs of TCP over to the data level. */
  void fins(TcpSock tcp, int notices) {
    if ((notices & TcpNotice.FIN_ACKED) != 0) {
      meta.fin().onDataAck(meta.fin().dsn() + 1);
      meta.finAcknowledged();
    }
    if (tcp.finReceived() && tcp.readableBytes() == 0 && !meta.peerFinished()) {
      meta.peerFin(meta.window().next());
    }
  }
}
