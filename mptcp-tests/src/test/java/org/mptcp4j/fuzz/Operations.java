package org.mptcp4j.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import org.mptcp4j.api.LinkState;
import org.mptcp4j.api.MptcpException;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.api.SubflowInfo;
import org.mptcp4j.fuzz.FuzzFlow.Life;
import org.mptcp4j.pm.Priority;
import org.mptcp4j.wire.Dss;
import org.mptcp4j.wire.IcmpError;
import org.mptcp4j.wire.TcpFlags;
import org.mptcp4j.wire.TxSegment;

/**
 * Carries out an input: one operation after the other, of the peer, the application, time, links.
 */
final class Operations {
  /** Operations of one input at most: what comes behind them could not add much. */
  private static final int MOST = 250;

  private static final int[] LENGTHS = {1, 2, 20, 100, 536, 1400, 1448, 2000, 8000, 30_000, 60_000};

  /** More small segments than this take long. */
  private static final int MANY = 300;

  /** Less than any receive buffer, and far more than a byte. */
  private static final int FAT_BYTES = 15_000;

  /** Bytes of one mapping. */
  private static final int MOST_MAPPED = 60_000;

  private static final int[] BURSTS = {
    4, 4, 4, 8, 8, 8, 40, 40, 40, 40, 40, 300, 300, 300, 300, 8300
  };
  private static final long[] TIMES_MS = {1, 10, 45, 210, 500, 1100, 3000, 30_000};

  private final StackRun run;
  private final FuzzInput in;
  private final Handshakes handshakes;
  private final Crafted crafted;
  private long silenceNs;
  private int bursts;

  Operations(StackRun run, FuzzInput in) {
    this.run = run;
    this.in = in;
    handshakes = new Handshakes(run, in);
    crafted = new Crafted(run, in);
  }

  void all() {
    for (int i = 0; i < MOST && !in.atEnd(); i++) {
      one();
    }
    run.hoarding(false);
    run.sliced(false);
  }

  private void one() {
    switch (in.u8() & 31) {
      case 0, 1 -> handshakes.connect();
      case 2 -> handshakes.join();
      case 3 -> handshakes.stackConnects();
      case 4, 5 -> handshakes.answer();
      case 6, 7, 8, 9, 10 -> data();
      case 11, 12, 13 -> ack();
      case 14, 15 -> time();
      case 16, 17, 18 -> application();
      case 19 -> end();
      case 20 -> fin();
      case 21 -> burst();
      case 22 -> link();
      case 23 -> memory();
      case 24 -> run.hoarding((in.u8() & 3) == 1);
      case 25 -> crafted.control(flow());
      case 26 -> crafted.reset(flow());
      case 27 -> crafted.options(flow());
      case 28 -> crafted.icmp();
      case 29 -> crafted.replay();
      case 30 -> crafted.mangled();
      default -> crafted.raw();
    }
  }

  private FuzzFlow flow() {
    int n = in.u8();
    return run.flows.isEmpty() ? null : run.flows.get(n % run.flows.size());
  }

  private static boolean talks(FuzzFlow flow) {
    return flow != null && flow.life == Life.UP && flow.session.ready();
  }

  // ---- data

  private void data() {
    FuzzFlow flow = flow();
    int place = in.u8();
    int length = LENGTHS[in.u8() % LENGTHS.length];
    if (!talks(flow) || flow.finSeq >= 0) {
      return;
    }
    if (flow.session.finDsn >= 0 && place > 127) {
      flow.session.guilty(); // data behind the end
    }
    long seq = place(flow, place & 7, length);
    if (seq < 1 || seq >= flow.layoutEnd) {
      return;
    }
    int n = (int) Math.min(length, flow.layoutEnd - seq);
    mapped(flow, seq, n, place >> 3);
  }

  /** Where a segment begins; what it carries is laid out. */
  private long place(FuzzFlow flow, int kind, int length) {
    switch (kind) {
      case 3: // behind a hole
        flow.layOutNew(LENGTHS[in.u8() % LENGTHS.length]);
        break;
      case 4: // what the stack waits for
        return Math.max(1, flow.acked);
      case 5: // again, from anywhere
        return 1 + in.u16() % Math.max(1, flow.layoutEnd);
      case 6: // half old, half new
        long old = Math.max(1, flow.layoutEnd - length / 2);
        flow.layOutNew(length);
        return old;
      case 7: // bytes of the stream that another flow has carried
        long dsn = 1 + in.u16() % Math.max(1, flow.session.dataNxt);
        long at = flow.layoutEnd;
        if (flow.session.mptcp && !flow.session.infinite) {
          flow.layOut(Math.min(length, flow.session.dataNxt - dsn), dsn);
          flow.layOutNew(in.u8() & 127);
          if (!flow.session.innocent) {
            flow.session.contentUnknown(); // after a fallback the flow says what is next
          }
        }
        return at;
      default:
        break;
    }
    long at = flow.layoutEnd;
    flow.layOutNew(length);
    return at;
  }

  private void mapped(FuzzFlow flow, long seq, int length, int kind) {
    Session session = flow.session;
    if (!session.mptcp || session.infinite) {
      flow.sendPayload(seq, length, 0, 0, 0);
      return;
    }
    FuzzFlow.Piece piece = flow.piece(seq);
    int n = (int) Math.min(length, piece.end() - seq);
    boolean atEnd = piece.dsnAt(seq + n) == session.dataNxt && session.finDsn < 0;
    switch (kind & 15) {
      case 1 -> { // a mapping of more than is sent now
        flow.layOutNew(LENGTHS[in.u8() % LENGTHS.length]);
        int more = (int) Math.min(MOST_MAPPED, flow.piece(seq).end() - seq);
        flow.sendPayload(seq, n, Dss.DSN64, seq, more);
      }
      case 2 -> { // a part of a mapping, whose option does not come with it
        flow.bare = true;
        if (!flow.known.containsAll(seq, seq + n)) {
          session.guilty();
        }
        flow.sendPayload(seq, n, 0, 0, 0);
      }
      case 3 -> flow.sendPayload(seq, n, 0, seq, n); // 32-bit numbers
      case 4, 5 -> {
        if (atEnd) {
          session.finDsn = session.dataNxt;
          // A tail that waited may come with the mapping of all that it belongs to.
          long from = (kind & 1) != 0 ? Math.max(piece.seq(), flow.unitStart(seq, seq)) : seq;
          from = seq + n - from > MOST_MAPPED ? seq : from;
          flow.sendPayload(seq, n, Dss.DSN64 | Dss.DATA_FIN, from, (int) (seq + n - from));
        } else {
          flow.sendMapped(seq, n);
        }
      }
      case 6 -> crafted.infinite(flow, seq, n);
      case 7 -> crafted.skewed(flow, seq, n);
      case 8 -> crafted.wrongChecksum(flow, seq, n);
      case 9 -> { // a mapping that began before
        long from = Math.max(piece.seq(), flow.unitStart(seq, seq - in.u8()));
        flow.sendPayload(seq, n, Dss.DSN64, from, (int) Math.min(MOST_MAPPED, seq + n - from));
      }
      default -> flow.sendMapped(seq, n);
    }
  }

  /** Many small segments, each behind a hole or in order. */
  private void burst() {
    FuzzFlow flow = flow();
    int style = in.u8();
    int count = BURSTS[style & 15];
    int length = LENGTHS[style >> 4 & 3];
    int gap = (style & 64) != 0 ? 1 + (in.u8() & 7) : 0;
    if (!talks(flow) || flow.finSeq >= 0 || bursts > 2) {
      return;
    }
    if (count > MANY && in.u8() > 63) {
      count = MANY;
    }
    bursts += count / MANY;
    run.hoarding(true);
    if ((style & 128) != 0) {
      flow.layOutNew(100); // the hole
    }
    for (int i = 0; i < count && flow.life == Life.UP; i++) {
      flow.layOutNew(gap);
      long at = flow.layoutEnd;
      if (flow.layOutNew(length) > 0) {
        flow.sendMapped(at, length);
      }
    }
    run.hoarding(false);
  }

  private void memory() {
    int kind = in.u8();
    if (kind < 128) {
      run.sliced((kind & 1) != 0);
      return;
    }
    FuzzFlow flow = flow();
    if (talks(flow) && flow.finSeq < 0 && flow.session.app != null) {
      fat(flow, MANY);
    }
  }

  /** Large packets, each with one byte that is new. */
  private void fat(FuzzFlow flow, int count) {
    long at = flow.layoutEnd;
    int old = (int) flow.layOutNew(FAT_BYTES);
    if (old > 0) {
      flow.sendMapped(at, old);
      flow.session.app.drain();
    }
    for (int i = 0; i < count && flow.life == Life.UP && old > 0; i++) {
      flow.layOutNew(1);
      // With the mapping of all of it: what came before may have been dropped for lack of memory.
      flow.sendMapped(at, (int) (flow.layoutEnd - at));
    }
  }

  private void end() {
    FuzzFlow flow = flow();
    if (talks(flow)) {
      flow.endStream();
    }
  }

  private void fin() {
    FuzzFlow flow = flow();
    if (!talks(flow)) {
      return;
    }
    if (flow.session.finDsn < 0 || flow.layoutEnd != flow.sentMax) {
      flow.session.guilty();
    }
    flow.fin();
  }

  // ---- acknowledgements

  private void ack() {
    FuzzFlow flow = flow();
    int kind = in.u8();
    if (!talks(flow)) {
      return;
    }
    Session session = flow.session;
    if ((kind & 32) != 0) {
      int field = in.oneOf(0, 1, 100, 1448, 0xffff);
      flow.window = field;
      if (field < 1448) {
        session.slow = true;
      }
    }
    TxSegment s = flow.ackSegment();
    switch (kind & 7) {
      case 1 -> { // less than came
        s.ack(flow.irs + (int) (1 + in.u16() % Math.max(1, flow.rcvNxt())));
        flow.dataAck(s, session.dataRcvNxt());
      }
      case 2 -> flow.dataAck(s, 1 + in.u16() % Math.max(1, session.dataRcvNxt()));
      case 3 -> { // more than came
        session.guilty();
        s.ack(s.ack() + in.u16());
        flow.dataAck(s, session.dataRcvNxt());
      }
      case 4 -> {
        session.guilty();
        flow.dataAck(s, session.dataRcvNxt() + in.u16());
      }
      case 5 -> sack(flow, s);
      default -> flow.dataAck(s, session.dataRcvNxt());
    }
    run.send(s);
  }

  private void sack(FuzzFlow flow, TxSegment s) {
    flow.session.guilty(); // what is reported may never be retransmitted
    int blocks = 1 + in.u8() % 3;
    if (s.options().sack(blocks)) {
      int at = s.ack() + 1;
      for (int i = 0; i < blocks; i++) {
        at += in.u8() * 8;
        int end = at + 1 + in.u8() * 8;
        s.options().sackBlock(at, end);
        at = end;
      }
    }
  }

  // ---- time, application, links

  private void time() {
    long ns = TIMES_MS[in.u8() % TIMES_MS.length] * 1_000_000;
    silenceNs += ns;
    if (silenceNs > Session.PATIENCE_NS) {
      run.sessions.forEach(Session::guilty);
    }
    run.pass(ns);
  }

  private void application() {
    int verb = in.u8();
    int which = in.u8();
    if (run.sockets.isEmpty()) {
      return;
    }
    AppSocket app = run.sockets.get(which % run.sockets.size());
    MptcpSocket socket = app.socket();
    switch (verb & 15) {
      case 0, 1, 2 -> app.read(1 + (verb >> 4));
      case 3, 4 -> app.drain();
      case 5, 6, 7, 8 -> app.write(LENGTHS[(verb >> 4) % LENGTHS.length]);
      case 9 -> app.shutdownOutput();
      case 10 -> app.close();
      case 11 -> app.abort();
      case 12 -> socket.setNoDelay((verb & 16) != 0);
      case 13 -> socket.setReceiveBufferBytes((verb & 16) != 0 ? 4096 : run.bufferBytes());
      case 14 -> socket.setSendBufferBytes((verb & 16) != 0 ? 4096 : run.bufferBytes());
      default -> prioritise(socket, verb);
    }
    run.settle();
    if ((verb & 15) == 11) {
      app.checkAborted();
    }
  }

  private static void prioritise(MptcpSocket socket, int verb) {
    List<SubflowInfo> subflows = socket.subflows();
    if (subflows.isEmpty()) {
      return;
    }
    int id = subflows.get((verb >> 5) % subflows.size()).id();
    try {
      socket.setPriority(id, (verb & 16) != 0 ? Priority.BACKUP : Priority.NORMAL);
    } catch (MptcpException e) {
      assertThat(e.error()).isIn(SocketError.EOPNOTSUPP, SocketError.ENOTCONN);
    }
  }

  private void link() {
    int kind = in.u8();
    int link = kind >> 4 & 1;
    run.flows.stream().filter(f -> f.link == link).forEach(f -> f.mayDie = true);
    run.sessions.forEach(Session::guilty);
    switch (kind & 3) {
      case 0 -> run.stack().setLinkState(run.nowNs(), link, LinkState.DOWN);
      case 1 -> run.stack().setLinkState(run.nowNs(), link, LinkState.UP);
      case 2 -> run.stack().removeAddress(run.nowNs(), run.stackAddress(link));
      default -> {
        run.stack().removeAddress(run.nowNs(), run.stackAddress(link));
        run.stack().addAddress(run.nowNs(), link, run.prefixOf(link), Priority.NORMAL);
      }
    }
    run.settle();
  }

  /** An ICMP error about a packet of the stack. */
  static ByteBuf icmp(IcmpError.Kind kind, int mtu, FuzzFlow about, byte[] quoted, StackRun run) {
    return IcmpError.encode(
        kind, mtu, about.local, Unpooled.wrappedBuffer(quoted), run.allocator());
  }

  /** A segment of a flow that the model does not follow any more. */
  static TxSegment astray(FuzzFlow flow, int flags) {
    flow.untracked = true;
    flow.session.guilty();
    return flow.segment(flags | TcpFlags.ACK, flow.sentMax);
  }
}
