package org.mptcp4j.stack;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.mib.Mib;
import org.mptcp4j.mptcp.Flow;
import org.mptcp4j.tcp.FourTuple;
import org.mptcp4j.tcp.TcpState;
import org.mptcp4j.tcp.TimeWaitSock;
import org.mptcp4j.wire.MptcpOption;
import org.mptcp4j.wire.RxSegment;

/** Every flow of the stack, live or in TIME-WAIT, by its addresses and ports, within limits. */
final class Flows {
  private final FlowTable<FlowEntry> table;
  private final TimeWaitQueue timeWait = new TimeWaitQueue();
  private final LastWords lastWords = new LastWords();
  private final int limit;
  private final int timeWaitLimit;
  private final StackCounters counters;
  private final Membership membership;
  private TimeWaitSock recycled; // the last one, or null

  /**
   * Creates an empty set.
   *
   * @param limit live flows
   * @param timeWaitLimit flows in TIME-WAIT
   * @param membership where tuples are claimed when other stacks have the same addresses
   */
  Flows(
      FlowTable<FlowEntry> table,
      int limit,
      int timeWaitLimit,
      StackCounters counters,
      Membership membership) {
    this.table = table;
    this.limit = limit;
    this.timeWaitLimit = timeWaitLimit;
    this.counters = counters;
    this.membership = membership;
  }

  /** Flows that are not in TIME-WAIT. */
  int live() {
    return table.size() - timeWait.size();
  }

  /** Flows in TIME-WAIT. */
  int waiting() {
    return timeWait.size();
  }

  /** Whether no further live flow is admitted. */
  boolean isFull() {
    return live() >= limit;
  }

  /** The flow of a received segment, or {@code null}. */
  FlowEntry find(RxSegment segment) {
    return table.get(
        segment.dstHi(),
        segment.dstLo(),
        segment.srcHi(),
        segment.srcLo(),
        FlowTable.ports(segment.dstPort(), segment.srcPort()));
  }

  /** The flow with these ends, or {@code null}. */
  FlowEntry find(IpAddress local, int localPort, IpAddress remote, int remotePort) {
    return table.get(
        local.hi(), local.lo(), remote.hi(), remote.lo(), FlowTable.ports(localPort, remotePort));
  }

  /**
   * Whether there is room for a live flow and its tuple is free, which is then taken. A limit
   * reached is counted.
   */
  boolean admits(FourTuple t) {
    if (find(t.local(), t.localPort(), t.remote(), t.remotePort()) != null) {
      return false;
    }
    if (isFull()) {
      counters.limitReached(IpMib.FLOW_LIMIT);
      return false;
    }
    return membership.claim(t);
  }

  /** Adds a live flow that is admitted. */
  void add(ConnectionNode node, Flow flow) {
    lastWords.remove(flow.tuple());
    table.put(new FlowEntry.Live(node, flow));
  }

  /** The entry of a live flow names another object from now on. */
  void replace(ConnectionNode node, Flow by) {
    table.remove(by.tuple());
    table.put(new FlowEntry.Live(node, by));
  }

  /** All live flows, a copy. */
  List<Flow> liveFlows() {
    List<Flow> all = new ArrayList<>(live());
    for (FlowEntry entry : table.values()) {
      if (entry instanceof FlowEntry.Live live) {
        all.add(live.flow());
      }
    }
    return all;
  }

  /** Forgets every live flow of a connection that is beyond asking. */
  void removeAll(ConnectionNode node) {
    for (FlowEntry entry : table.values()) {
      if (entry instanceof FlowEntry.Live live && live.node() == node) {
        table.remove(live.tuple());
        membership.release(live.tuple());
      }
    }
  }

  /** Forgets a live flow; when its socket is in TIME-WAIT, a compact form of it takes its place. */
  void remove(Flow flow) {
    FourTuple t = flow.tuple();
    FlowEntry entry = find(t.local(), t.localPort(), t.remote(), t.remotePort());
    if (!(entry instanceof FlowEntry.Live live) || live.flow() != flow) {
      return;
    }
    table.remove(t);
    counters.addFlow(flow.tcp());
    if (flow.tcp().state() == TcpState.TIME_WAIT && timeWaitLimit > 0) {
      if (timeWait.size() >= timeWaitLimit) {
        counters.limitReached(Mib.TCP_TIME_WAIT_OVERFLOW);
        forget(timeWait.oldest());
      }
      FlowEntry.Waiting waiting =
          new FlowEntry.Waiting(TimeWaitSock.of(flow.tcp()), flow.linkIndex());
      timeWait.add(waiting);
      table.put(waiting);
    } else {
      flow.lastWord().ifPresent(option -> lastWords.add(t, option));
      membership.release(t);
    }
  }

  /** What the flow of a segment ended with, which is over. */
  Optional<MptcpOption> lastWord(RxSegment segment) {
    return lastWords.of(segment);
  }

  /** Ends the TIME-WAIT of a flow. */
  void forget(FlowEntry.Waiting flow) {
    timeWait.remove(flow);
    table.remove(flow.tuple());
    membership.release(flow.tuple());
  }

  /** Ends the TIME-WAIT of a flow whose addresses and ports a new one takes at once. */
  void recycle(FlowEntry.Waiting flow) {
    forget(flow);
    recycled = flow.sock;
    counters.increment(Mib.TW_RECYCLED);
  }

  /** A new connection of this end takes addresses and ports that are free. */
  void take(IpAddress local, int localPort, IpAddress remote, int remotePort) {
    if (find(local, localPort, remote, remotePort) instanceof FlowEntry.Waiting waiting) {
      recycle(waiting);
    }
  }

  /** The initial sequence number of a flow: behind those of the one whose place it takes. */
  int iss(FourTuple tuple, int wanted) {
    return recycled != null && recycled.tuple().equals(tuple) ? recycled.issBeyond(wanted) : wanted;
  }

  /** A flow in TIME-WAIT started its time again. */
  void restart(FlowEntry.Waiting flow) {
    timeWait.remove(flow);
    timeWait.add(flow);
  }

  /** When {@link #expire} has something to do. */
  long nextTimeoutNs() {
    return timeWait.nextTimeoutNs();
  }

  /**
   * Ends the TIME-WAIT of flows whose time is over.
   *
   * @param quantum how many at most
   */
  void expire(long nowNs, int quantum) {
    for (int i = 0; i < quantum && timeWait.nextTimeoutNs() <= nowNs; i++) {
      forget(timeWait.oldest());
      counters.increment(Mib.TW);
    }
  }

  /** Forgets everything. */
  void clear() {
    if (membership.isShared()) {
      table.values().forEach(entry -> membership.release(entry.tuple()));
    }
    table.clear();
    timeWait.clear();
    lastWords.clear();
  }
}
