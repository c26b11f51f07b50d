package org.mptcp4j.mptcp;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.mptcp4j.mib.Counters;
import org.mptcp4j.mib.Mib;
import org.mptcp4j.sched.Scheduler;
import org.mptcp4j.sched.SchedulerView;
import org.mptcp4j.sched.SubflowView;
import org.mptcp4j.tcp.PieceSink;
import org.mptcp4j.wire.DssChecksum;
import org.mptcp4j.wire.InternetChecksum;
import org.mptcp4j.wire.Seq64;
import org.mptcp4j.wire.TxSegment;

/**
 * Hands what was written to subflows, a quantum at a time: RFC 8684 sections 3.3.1 and 3.3.5. A
 * quantum is one mapping and one super-segment; it is handed out only when its subflow can send it
 * at once, so that the choice is made as late as possible. Ranges to be reinjected go before new
 * data.
 */
final class Transmitter implements SchedulerView {
  /** Quanta in one call, to bound its work. */
  private static final int MAX_QUANTA = 64;

  private final MetaSock meta;
  private final ConnectionList subflows;
  private final Scheduler scheduler;
  private final Counters counters;
  private ReinjectQueue reinject; // null while nothing is to be reinjected
  private Candidates candidates; // null until something was to be reinjected
  private Summer summer; // null until a checksum is wanted
  private long bytesReinjected;

  Transmitter(MetaSock meta, ConnectionList subflows, Scheduler scheduler, Counters counters) {
    this.meta = meta;
    this.subflows = subflows;
    this.scheduler = scheduler;
    this.counters = counters;
  }

  /** Name of the scheduler. */
  String schedulerName() {
    return scheduler.name();
  }

  /** Bytes given to another subflow again. */
  long bytesReinjected() {
    return bytesReinjected;
  }

  /** Hands out quanta until no subflow has room or nothing may be sent. */
  void push(boolean checksum) {
    for (int i = 0; i < MAX_QUANTA; i++) {
      if (!reinjectNext(checksum) && !sendNext(checksum)) {
        return;
      }
    }
  }

  private boolean sendNext(boolean checksum) {
    DataSendQueue tx = meta.tx();
    long unsent = tx.unsentBytes();
    long window = Seq64.diff(meta.windowEnd(), tx.nxt());
    if (unsent == 0 || window <= 0) {
      return false;
    }
    int choice = scheduler.next(this);
    if (choice < 0) {
      return false;
    }
    MptcpTcpSock chosen = subflows.get(choice);
    if (!chosen.established()) {
      return false;
    }
    int mss = chosen.payloadMss();
    int n = quantum(chosen, unsent, window);
    // RFC 9293 section 3.8.6.2.1: no silly segments into a small window.
    if (n < mss && n < unsent && meta.tx().una() != tx.nxt()) {
      return false;
    }
    n = Nagle.sendable(meta, n, mss);
    if (n == 0) {
      return false;
    }
    give(tx.nxt(), n, chosen, checksum);
    return true;
  }

  private boolean reinjectNext(boolean checksum) {
    while (reinject != null) {
      reinject.acknowledged(meta.tx().una());
      if (reinject.isEmpty()) {
        reinject = null;
        return false;
      }
      long start = reinject.start();
      long elsewhere = considerForReinjection(start);
      if (Seq64.gt(elsewhere, start)) {
        reinject.taken(Seq64.diff(elsewhere, start));
        continue;
      }
      int choice = candidates.subflows() == 0 ? -1 : scheduler.next(candidates);
      if (choice < 0) {
        return false;
      }
      MptcpTcpSock chosen = candidates.subflow(choice);
      int n = quantum(chosen, Seq64.diff(reinject.end(), start), Long.MAX_VALUE);
      if (n == 0) {
        return false;
      }
      give(start, n, chosen, checksum);
      reinject.taken(n);
      bytesReinjected += n;
      counters.increment(Mib.MPTCP_RETRANS);
      return true;
    }
    return false;
  }

  /**
   * Collects subflows that may carry the range from {@code start}.
   *
   * @return how far another subflow than its source carries it already; {@code start} for not at
   *     all
   */
  private long considerForReinjection(long start) {
    candidates.clear();
    for (int i = 0; i < subflows.size(); i++) {
      MptcpTcpSock s = subflows.get(i);
      long until = s.options().tx().carriedUntil(start);
      // RFC 8684 section 3.3.6: a range goes out once on each subflow.
      if (until == start) {
        candidates.add(s);
      } else if (s.id() != reinject.source() && s.established() && !s.stale()) {
        return until;
      }
    }
    return start;
  }

  /** Bytes for one mapping: whole segments when more follow, within every window. */
  private static int quantum(MptcpTcpSock s, long available, long window) {
    int mss = s.payloadMss();
    int room = s.sendRoomBytes();
    if (mss <= 0 || room <= 0) {
      return 0;
    }
    int most = TxSegment.MAX_PAYLOAD / mss * mss;
    int n = (int) Math.min(Math.min(available, window), most);
    if (n > room) {
      n = Math.min(n, Math.max(mss, room / mss * mss));
    }
    return n < available && n > mss ? n / mss * mss : n;
  }

  private void give(long dsn, int length, MptcpTcpSock to, boolean checksum) {
    int seq = to.tcp().sndEnd();
    int sum = 0;
    if (checksum) {
      // RFC 8684 section 3.3.1: one checksum for a mapping, over its data and a pseudo header.
      if (summer == null) {
        summer = new Summer();
      }
      summer.clear();
      meta.tx().forEach(dsn, length, summer);
      sum = DssChecksum.compute(dsn, seq - to.tcp().iss(), length, summer.sum);
    }
    to.options().tx().add(seq, length, dsn, sum);
    meta.tx().give(dsn, length, to);
  }

  // ---- reinjection

  /** Everything that a subflow carries and that is not acknowledged goes out again on others. */
  void reinject(MptcpTcpSock from) {
    TxMappings mappings = from.options().tx();
    long una = meta.tx().una();
    for (int i = 0; i < mappings.size(); i++) {
      long start = Seq64.max(mappings.dsn(i), una);
      long end = mappings.dsn(i) + mappings.length(i);
      if (Seq64.lt(start, end)) {
        reinject(start, end, from.id());
      }
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
      candidates = new Candidates();
    }
    reinject.add(start, end, source);
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

  // ---- the scheduler's view

  @Override
  public int subflows() {
    return subflows.size();
  }

  @Override
  public SubflowView subflow(int index) {
    return subflows.get(index);
  }

  @Override
  public long unsentBytes() {
    return meta.tx().unsentBytes();
  }

  @Override
  public long windowBytes() {
    return meta.sendWindowBytes();
  }

  /** The same view with those subflows only that may carry a range again. */
  private final class Candidates implements SchedulerView {
    private final List<MptcpTcpSock> able = new ArrayList<>();

    void clear() {
      able.clear();
    }

    void add(MptcpTcpSock s) {
      if (s.established()) {
        able.add(s);
      }
    }

    @Override
    public int subflows() {
      return able.size();
    }

    @Override
    public MptcpTcpSock subflow(int index) {
      return able.get(index);
    }

    @Override
    public long unsentBytes() {
      return Transmitter.this.unsentBytes();
    }

    @Override
    public long windowBytes() {
      return Transmitter.this.windowBytes();
    }
  }

  /** Sums pieces for a checksum. */
  private static final class Summer implements PieceSink {
    private int sum;
    private int length;

    void clear() {
      sum = 0;
      length = 0;
    }

    @Override
    public void accept(ByteBuf buf, int index, int count) {
      sum = InternetChecksum.combine(sum, InternetChecksum.sum(buf, index, count), length);
      length += count;
    }
  }
}
