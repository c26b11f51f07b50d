package org.mptcp4j.mptcp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.mptcp4j.mib.Mib;
import org.mptcp4j.sched.Scheduler;
import org.mptcp4j.sched.SchedulerContext;
import org.mptcp4j.sched.SchedulerSession;
import org.mptcp4j.sched.SubflowView;
import org.mptcp4j.tcp.SuperSegment;
import org.mptcp4j.wire.DssChecksum;
import org.mptcp4j.wire.Seq64;
import org.mptcp4j.wire.TxSegment;

/**
 * Hands what was written to subflows, as the scheduler grants it: RFC 8684 sections 3.3.1 and
 * 3.3.5. A grant is one mapping and one super-segment; it is given only when its subflow can send
 * it at once, so that the choice is made as late as possible. Ranges to be reinjected are due
 * before new data.
 */
final class Transmitter implements SchedulerContext {
  /** How often the scheduler is called in one turn, to bound its work. */
  private static final int MAX_TURNS = 64;

  private final MetaSock meta;
  private final ConnectionList subflows;
  private final MappingSum sums;
  private Scheduler scheduler;
  private SchedulerSession session;
  private ReinjectQueue reinject; // null while nothing is to be reinjected
  private boolean reinjecting; // whether the first of that is what the scheduler is shown as due
  private long bytesReinjected;

  Transmitter(MetaSock meta, ConnectionList subflows, Scheduler scheduler, boolean checksum) {
    this.meta = meta;
    this.subflows = subflows;
    sums = MappingSum.of(checksum);
    scheduler(scheduler);
  }

  /** From now on this scheduler decides. */
  void scheduler(Scheduler chosen) {
    scheduler = chosen;
    session = chosen.newSession();
  }

  /** Name of the scheduler. */
  String schedulerName() {
    return scheduler.name();
  }

  /** Bytes given to another subflow again. */
  long bytesReinjected() {
    return bytesReinjected;
  }

  /** Hands out what the scheduler grants, until it grants nothing more. */
  void push(long nowNs) {
    if (isReinjecting() && subflows.anyAsking()) {
      // Sent again, or out of order behind that, it is in the wrong place, or twice, in the stream
      // of TCP that the answer may make of the subflow.
      return;
    }
    for (int i = 0; i < MAX_TURNS && meta.tx().heldBytes() > 0; i++) {
      reinjecting = findReinjection();
      boolean granted = reinjecting && schedule(nowNs);
      reinjecting = false;
      if (!granted && !schedule(nowNs)) {
        return;
      }
    }
  }

  /** Returns whether the scheduler granted anything. */
  private boolean schedule(long nowNs) {
    long before = meta.tx().nxt() + bytesReinjected;
    session.schedule(nowNs, this);
    return meta.tx().nxt() + bytesReinjected != before;
  }

  /** Whether a range is to be reinjected that no other subflow than its source carries already. */
  private boolean findReinjection() {
    while (reinject != null) {
      reinject.acknowledged(meta.tx().una());
      if (reinject.isEmpty()) {
        reinject = null;
        return false;
      }
      long start = reinject.start();
      long due = firstDue(start, reinject.source());
      if (due == start) {
        return true;
      }
      reinject.taken(Seq64.diff(due, start));
    }
    return false;
  }

  /** The first data from {@code start} on that has to go out again for what its source lost. */
  private long firstDue(long start, int source) {
    MptcpTcpSock master = subflows.master();
    if (source != ReinjectQueue.NO_SUBFLOW && subflows.isOnlyOne(master)) {
      // What it has delivered after all is not sent on it again: see StreamRules.isEarly.
      return Seq64.max(start, master.options().tx().firstOutstanding(meta.tx().nxt()));
    }
    return carriedElsewhere(start, source);
  }

  /** How far a working subflow other than one carries the data from {@code start} already. */
  private long carriedElsewhere(long start, int source) {
    for (int i = 0; i < subflows.size(); i++) {
      MptcpTcpSock s = subflows.get(i);
      if (s.id() != source && s.usable()) {
        long until = s.options().tx().carriedUntil(start);
        if (until != start) {
          return until;
        }
      }
    }
    return start;
  }

  // ---- what the scheduler sees

  private long position(long dsn) {
    return Seq64.diff(dsn, meta.firstDsn());
  }

  @Override
  public int subflows() {
    return subflows.size();
  }

  @Override
  public SubflowView subflow(int index) {
    return subflows.get(index);
  }

  @Override
  public long una() {
    return position(meta.tx().una());
  }

  @Override
  public long nxt() {
    return position(meta.tx().nxt());
  }

  @Override
  public long end() {
    return position(meta.tx().end());
  }

  @Override
  public long windowEnd() {
    return position(meta.windowEnd());
  }

  private boolean reinjectionDue() {
    return reinjecting && !reinject.isEmpty();
  }

  @Override
  public long dueStart() {
    return reinjectionDue() ? position(reinject.start()) : nxt();
  }

  @Override
  public long dueEnd() {
    return reinjectionDue() ? position(reinject.end()) : end();
  }

  // ---- what the scheduler grants

  @Override
  public int grant(int index, long from, long to) {
    if (from < una() || from > nxt() || to < from) {
      throw new IllegalArgumentException(
          "granted [%d, %d): begin between una %d and nxt %d, and end no earlier than that"
              .formatted(from, to, una(), nxt()));
    }
    MptcpTcpSock s = subflows.get(index);
    int n = s.established() && !s.carries(from) ? admitted(s, from, to) : 0;
    if (n > 0) {
      give(meta.firstDsn() + from, n, s);
    }
    return n;
  }

  /** How much of a range leaves now. */
  private int admitted(MptcpTcpSock s, long from, long to) {
    DataSendQueue tx = meta.tx();
    long dsn = meta.firstDsn() + from;
    long available = Math.min(to, end()) - from;
    long known = Seq64.diff(tx.nxt(), dsn);
    int mss = s.payloadMss();
    int n = quantum(s, available, Math.max(known, windowEnd() - from));
    if (n <= known) {
      return n;
    }
    // RFC 9293 section 3.8.6.2.1: no silly segments into a small window.
    boolean silly = n < mss && n < available && tx.una() != tx.nxt();
    int sendable = silly ? 0 : Nagle.sendable(meta, dsn, n, mss);
    return (int) Math.max(sendable, known);
  }

  /** Bytes for one mapping: whole segments when more follow, within every window. */
  private static int quantum(MptcpTcpSock s, long available, long window) {
    int mss = s.payloadMss();
    int room = s.sendRoomBytes();
    if (mss <= 0 || room <= 0) {
      return 0;
    }
    int n = (int) Math.min(Math.min(available, window), SuperSegment.most(mss));
    if (n > room) {
      n = Math.min(n, Math.max(mss, room / mss * mss));
    }
    return n < available && n > mss ? n / mss * mss : n;
  }

  private void give(long dsn, int length, MptcpTcpSock to) {
    DataSendQueue tx = meta.tx();
    int seq = to.tcp().sndEnd();
    int sum = sums.of(tx, dsn, seq - to.options().firstSeq() + 1, length);
    long again = Math.min(length, Seq64.diff(tx.nxt(), dsn));
    if (again > 0) {
      bytesReinjected += again;
      meta.counters().increment(Mib.MPTCP_RETRANS);
    }
    to.options().map(seq, length, dsn, sum);
    meta.policy().sending(dsn, length, to.payloadMss());
    tx.give(dsn, length, to);
    if (reinjectionDue() && reinject.start() == dsn) {
      reinject.taken(length);
    }
  }

  // ---- reinjection

  /** Everything that a subflow carries and that is not acknowledged goes out again on others. */
  void reinject(MptcpTcpSock from) {
    TxMappings mappings = from.options().tx();
    long una = meta.tx().una();
    if (reinject != null) {
      reinject.forget(from.id()); // what waits since an earlier time is among it
    }
    for (int i = 0; i < mappings.size(); i++) {
      long start = Seq64.max(mappings.dsn(i), una);
      long end = mappings.dsn(i) + mappings.length(i);
      if (Seq64.lt(start, end)) {
        reinject(start, end, from.id());
      }
    }
    if (reinject != null && reinject.isEmpty()) {
      reinject = null;
    }
  }

  /** Where no subflow is left all that is not acknowledged goes out again, in order. */
  void reinjectIfAlone() {
    DataSendQueue tx = meta.tx();
    if (!subflows.anyUp() && tx.una() != tx.nxt()) {
      reinject = null;
      reinject(tx.una(), tx.nxt(), ReinjectQueue.NO_SUBFLOW);
    }
  }

  /** The first data not acknowledged goes out again, wherever it went before. */
  void reinjectFirst() {
    long una = meta.tx().una();
    long end = Seq64.min(meta.tx().nxt(), una + TxSegment.MAX_PAYLOAD);
    if ((reinject == null || reinject.isEmpty()) && Seq64.lt(una, end)) {
      reinject(una, end, ReinjectQueue.NO_SUBFLOW);
    }
  }

  private void reinject(long start, long end, int source) {
    if (reinject == null) {
      reinject = new ReinjectQueue();
    }
    reinject.add(start, end, source);
  }

  /** Whether something waits to go out again. */
  boolean isReinjecting() {
    return reinject != null && !reinject.isEmpty();
  }

  /**
   * Sends the DATA_FIN with data, for a path that takes no options on segments without: a byte more
   * on the subflow, for the last octet before it. The peer has that, and drops it.
   *
   * @return false when there is no room for it now
   */
  boolean rideDataFin(MptcpTcpSock to) {
    long dsn = meta.fin().dsn() - 1;
    if (to.sendRoomBytes() == 0) {
      return false;
    }
    int seq = to.tcp().sndEnd();
    ByteBuf last = Unpooled.buffer(1).writeZero(1);
    // RFC 8684 section 3.3.3: the DATA_FIN is one octet more.
    int sum = sums.isUsed() ? DssChecksum.compute(dsn, seq - to.options().firstSeq() + 1, 2, 0) : 0;
    to.options().map(seq, 1, dsn, sum | TxMappings.WITH_DATA_FIN);
    to.accept(last, 0, 1);
    last.release();
    bytesReinjected++;
    meta.counters().increment(Mib.MPTCP_RETRANS);
    return true;
  }

  /** Whether only the peer's window keeps data back, with nothing in flight that would open it. */
  boolean blockedByWindow() {
    DataSendQueue tx = meta.tx();
    return tx.unsentBytes() > 0 && tx.una() == tx.nxt() && Seq64.le(meta.windowEnd(), tx.nxt());
  }

  /** Forgets what was to be reinjected. */
  void clear() {
    reinject = null;
  }
}
