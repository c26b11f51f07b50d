package org.mptcp4j.mptcp;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.mptcp4j.api.MptcpException;
import org.mptcp4j.api.Protocol;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.tcp.PieceSink;
import org.mptcp4j.tcp.SegmentVerdict;
import org.mptcp4j.tcp.TcpNotice;
import org.mptcp4j.tcp.TcpSock;
import org.mptcp4j.wire.MptcpOption;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.Seq32;
import org.mptcp4j.wire.Seq64;

/**
 * One TCP socket: what carries the data when the peer has no MPTCP, or after a fallback: RFC 8684
 * section 3.7. Data sequence space follows the TCP stream byte for byte.
 */
final class PlainTransport extends Flow implements Transport, PieceSink {
  /** More than a send queue can take at once. */
  private static final int MOST_BYTES = Integer.MAX_VALUE / 2;

  private final MetaSock meta;
  private final PlainTcp options;
  private List<Flow> flows;
  private boolean up; // its handshake is over, or needs not be
  private boolean endBelieved; // a DATA_FIN without the keys said that nothing comes
  private int unaSeq;
  private long unaDsn;

  /**
   * Makes one.
   *
   * @param options the extension of the socket, or what will be
   */
  PlainTransport(int linkIndex, TcpSock tcp, PlainTcp options, MetaSock meta) {
    super(linkIndex, tcp);
    this.options = options;
    this.meta = meta;
    flows = List.of(this);
    unaSeq = tcp.iss() + 1;
    unaDsn = meta.firstDsn();
    if (!meta.window().started()) {
      meta.window().start(1);
    }
  }

  /**
   * What goes on when MPTCP was offered and the peer does not speak it.
   *
   * @param opening where that became known
   */
  static PlainTransport fallBack(Opening opening, MetaSock meta) {
    MptcpTcpSock subflow = opening.first();
    PlainTcp options = new PlainTcp(meta.window(), meta.counters());
    PlainTransport plain = new PlainTransport(subflow.linkIndex(), subflow.tcp(), options, meta);
    plain.unaSeq = subflow.options().firstSeq();
    plain.takeOver(subflow);
    if (opening.endedWithoutKeys()) {
      plain.endBelieved = true;
      meta.peerFin(meta.window().next());
    }
    return plain;
  }

  /**
   * What goes on when a connection falls back that has spoken MPTCP. Its subflow's bytes are the
   * data, in order, from the first that is not delivered yet.
   *
   * @param subflow the only one that carried data
   * @param leaving others, which are aborted and have their resets still to send
   * @param endDsn data sequence number of the byte that follows all that it was given
   * @param options what the peer has to be told
   */
  static PlainTransport fallBack(
      MptcpTcpSock subflow,
      List<MptcpTcpSock> leaving,
      long endDsn,
      MetaSock meta,
      FallbackOptions options) {
    PlainTransport plain = new PlainTransport(subflow.linkIndex(), subflow.tcp(), options, meta);
    TcpSock tcp = subflow.tcp();
    // Whatever the window: TCP has acknowledged it.
    subflow.input().deliverUnverified((dsn, data) -> meta.rx().receiveInOrder(data));
    plain.unaSeq = tcp.sndUna();
    plain.unaDsn = endDsn - (tcp.sndEnd() - tcp.sndUna());
    int again = (int) Seq64.diff(meta.tx().nxt(), endDsn);
    if (again > 0) {
      // What others had in vain, and has not been its turn yet.
      meta.tx().give(endDsn, again, plain);
    }
    plain.takeOver(subflow);
    plain.flows = new ArrayList<>(List.of(plain));
    plain.flows.addAll(leaving);
    if (options.owesAck()) {
      plain.tcp().requestAck();
    }
    return plain;
  }

  private void takeOver(MptcpTcpSock subflow) {
    boolean wasUp = subflow.up(); // whatever a reset that comes now has made of it
    tcp().extension(options);
    subflow.fellBack();
    if (wasUp || tcp().state().isSynchronized()) {
      connected();
      acknowledged();
    }
    if (meta.fin().sent()) {
      tcp().shutdownOutput();
    }
  }

  @Override
  public int id() {
    return 0;
  }

  @Override
  public boolean established() {
    return up && tcp().state().canSend();
  }

  @Override
  boolean up() {
    return up;
  }

  @Override
  public List<? extends Flow> flows() {
    return flows;
  }

  @Override
  public long pathRttNs() {
    return tcp().pathRttNs();
  }

  private boolean isOurs(Flow flow) {
    return flow.tcp() == tcp();
  }

  // ---- a segment

  @Override
  public Decision onSegment(
      long nowNs, Flow flow, RxSegment segment, SegmentVerdict verdict, int notices) {
    if (!isOurs(flow)) {
      return Decision.NONE;
    }
    if ((notices & TcpNotice.ESTABLISHED) != 0) {
      connected();
    }
    return verdict == SegmentVerdict.ACCEPTED
        ? options.onSegment(segment, tcp(), meta)
        : Decision.NONE;
  }

  @Override
  long deadlineNs() {
    return Math.min(super.deadlineNs(), options.deadlineNs());
  }

  @Override
  public Decision onTimeout(long nowNs, Flow flow) {
    return isOurs(flow) ? options.onTimeout(nowNs, tcp()) : Decision.NONE;
  }

  private void connected() {
    up = true;
    meta.connected();
  }

  @Override
  public void openedEarly() {
    connected();
  }

  @Override
  public Decision drain(long nowNs, Flow flow) {
    if (isOurs(flow)) {
      ByteBuf data;
      while ((data = tcp().pollData()) != null) {
        if (endBelieved) {
          // TCP has acknowledged it, and the application has seen the end: no silence about that.
          data.release();
          return Decision.PROTOCOL_ERROR;
        }
        meta.rx().receiveInOrder(data);
      }
      meta.takePeerFin();
    }
    return Decision.NONE;
  }

  @Override
  public Decision afterTcp(long nowNs, Flow flow, int notices) {
    if (!isOurs(flow)) {
      return Decision.NONE;
    }
    if ((notices & TcpNotice.ACKED) != 0) {
      acknowledged();
    }
    if ((notices & TcpNotice.URGENT) != 0) {
      meta.event(ConnectionEvents.URGENT);
    }
    fins(notices);
    Decision death = died(notices);
    return meta.endsEarly(tcp()) ? Decision.PROTOCOL_ERROR : death;
  }

  @Override
  public long urgentBytes() {
    return Math.max(0, tcp().urgentBytes() + meta.readableBytes());
  }

  private void acknowledged() {
    int advance = Seq32.diff(tcp().sndUna(), unaSeq);
    if (!up || advance < 0) {
      return;
    }
    unaSeq += advance;
    unaDsn += advance;
    options.acknowledged(unaSeq);
    // The FIN takes a sequence number of TCP's, not one of the data.
    meta.acknowledge(Seq64.min(unaDsn, meta.tx().nxt()));
  }

  /** Carries the FINs of TCP over to the data level. */
  private void fins(int notices) {
    if ((notices & TcpNotice.FIN_ACKED) != 0) {
      meta.fin().onDataAck(meta.fin().dsn() + 1);
      meta.finAcknowledged();
    }
    if (tcp().finReceived() && tcp().readableBytes() == 0 && !meta.peerFinished()) {
      meta.peerFin(meta.window().next());
      options.endedByFin();
    }
  }

  // ---- sending

  @Override
  public void tellWindow() {
    tcp().windowMayHaveGrown();
  }

  /** Hands over everything that may leave; TCP's own window holds there. */
  @Override
  public void push(long nowNs) {
    DataSendQueue tx = meta.tx();
    if (meta.connecting()) {
      pushWithSyn(meta, this);
    }
    if (tx.unsentBytes() == 0 || meta.connecting() || !tcp().canSend()) {
      return;
    }
    int n = (int) Math.min(MOST_BYTES, tx.unsentBytes());
    n = Nagle.sendable(meta, tx.nxt(), n, tcp().payloadMss());
    if (n > 0) {
      meta.policy().sending(tx.nxt(), n, tcp().payloadMss());
      tx.give(tx.nxt(), n, this);
    }
  }

  /** Queues bytes at the TCP socket. */
  @Override
  public void accept(ByteBuf buf, int index, int length) {
    tcp().enqueue(buf, index, length);
  }

  @Override
  public void sendFin() {
    tcp().shutdownOutput();
  }

  @Override
  public Paths paths(String what) throws MptcpException {
    throw new MptcpException(SocketError.EOPNOTSUPP, what);
  }

  // ---- the end

  @Override
  public Decision remove(Flow flow) {
    flows = new ArrayList<>(flows);
    flows.remove(flow);
    // The end of the only flow is the end of the connection, if that is not over anyhow.
    return isOurs(flow) ? Decision.PEER_RESET : Decision.NONE;
  }

  @Override
  void close(CloseReason why) {
    reason(why);
    options.resetSays(why);
    if (why.manner() == CloseReason.Manner.FIN) {
      tcp().shutdownOutput();
    } else if (meta.losesInput()) {
      // RFC 1122 section 4.2.2.13: lost data must not look like success.
      tcp().abortUnread();
    } else {
      tcp().abort();
    }
  }

  @Override
  public Optional<? extends MptcpOption> lastWord() {
    return options.lastWord();
  }

  @Override
  public Protocol protocol() {
    return Protocol.TCP;
  }
}
