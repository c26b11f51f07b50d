package org.mptcp4j.testkit;

import io.netty.buffer.ByteBuf;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.mptcp4j.api.MptcpStack;
import org.mptcp4j.link.PacketProcessor;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.link.packet.PacketBatch;
import org.mptcp4j.mptcp.TokenTable;
import org.mptcp4j.tcp.FourTuple;
import org.mptcp4j.wire.Ipv4View;
import org.mptcp4j.wire.Ipv6View;
import org.mptcp4j.wire.MpJoinSyn;
import org.mptcp4j.wire.ParseVerdict;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.TcpView;

/**
 * The stacks of a group behind one host, as if each had a thread and a queue of the devices: what
 * comes is given to a stack that the {@link Spreading} chooses, and what that hands over reaches
 * the other stack later, as from another thread.
 */
final class SpreadStacks implements PacketProcessor {
  /** Which stack a packet comes in at. */
  enum Spreading {
    /** Any, whatever the packet belongs to. */
    RANDOM(0, 200_000),
    /**
     * Never the one that sent the last packet of the same flow, or that has the token of a join:
     * every packet of a connection has to be handed over.
     */
    WRONG(0, 200_000),
    /**
     * Any, and each has too much to do for its thread: what came in waits, and what others hand
     * over does. The two overtake each other, and so do packets of one flow that came in at
     * different stacks.
     */
    BUSY(30_000_000, 30_000_000);

    private final long deviceLatestNs;
    private final long handoverLatestNs;

    Spreading(long deviceLatestNs, long handoverLatestNs) {
      this.deviceLatestNs = deviceLatestNs;
      this.handoverLatestNs = handoverLatestNs;
    }
  }

  private final List<MptcpStack> stacks;
  private final Spreading spreading;
  private final SplittableRandom random;
  private final Map<FourTuple, Integer> senders = new HashMap<>();
  private final PriorityQueue<Waiting> waiting = new PriorityQueue<>();
  private final PacketBatch one = new PacketBatch(1);
  private final RxSegment segment = new RxSegment();
  private final Ipv4View v4 = new Ipv4View();
  private final Ipv6View v6 = new Ipv6View();
  private final TcpView tcp = new TcpView();
  private final long[] handoverDueNs;
  private final long[] deviceDueNs;
  private long number;
  private long crossed;
  private int firstToSend;

  /** A packet that waits for a stack. */
  private record Waiting(long dueNs, long number, int stack, Packet packet)
      implements Comparable<Waiting> {
    @Override
    public int compareTo(Waiting other) {
      int byTime = Long.compare(dueNs, other.dueNs);
      return byTime != 0 ? byTime : Long.compare(number, other.number);
    }
  }

  SpreadStacks(List<MptcpStack> stacks, Spreading spreading, SplittableRandom random) {
    this.stacks = List.copyOf(stacks);
    this.spreading = spreading;
    this.random = random;
    handoverDueNs = new long[stacks.size()];
    deviceDueNs = new long[stacks.size()];
  }

  /** How many packets one stack handed to another. */
  long crossed() {
    return crossed;
  }

  @Override
  public void onPackets(long nowNs, PacketBatch in) {
    for (int i = 0; i < in.size(); i++) {
      int arrival = arrival(in.get(i));
      if (spreading.deviceLatestNs > 0) {
        enqueue(nowNs, arrival, in.get(i), deviceDueNs, spreading.deviceLatestNs);
      } else {
        in.get(i).moveTo(one.add());
        give(nowNs, arrival);
      }
    }
    in.clear();
  }

  private void give(long nowNs, int index) {
    stacks.get(index).onPackets(nowNs, one);
    int owner;
    while ((owner = stacks.get(index).pollHandover(one)) >= 0) {
      crossed++;
      enqueue(nowNs, owner, one.get(0), handoverDueNs, spreading.handoverLatestNs);
      one.clear();
    }
  }

  /** A thread takes what is in a queue in its order, but not at once. */
  private void enqueue(long nowNs, int stack, Packet packet, long[] dueNs, long latestNs) {
    Packet kept = new Packet();
    packet.moveTo(kept);
    dueNs[stack] = Math.max(dueNs[stack], nowNs + random.nextLong(latestNs));
    waiting.add(new Waiting(dueNs[stack], number++, stack, kept));
  }

  private int arrival(Packet packet) {
    int any = random.nextInt(stacks.size());
    if (spreading == Spreading.RANDOM || segment.parse(packet) != ParseVerdict.OK) {
      return any;
    }
    FourTuple tuple =
        new FourTuple(segment.dst(), segment.dstPort(), segment.src(), segment.srcPort());
    Integer owner = senders.get(tuple);
    MpJoinSyn join = owner == null ? segment.options().mptcp(MpJoinSyn.class) : null;
    if (join != null) {
      owner = TokenTable.shareOf(join.token(), stacks.size());
    }
    return owner == null || owner != any ? any : (any + 1) % stacks.size();
  }

  @Override
  public void pollTransmit(long nowNs, PacketBatch out) {
    for (int i = 0; i < stacks.size() && !out.isFull(); i++) {
      int index = (firstToSend + i) % stacks.size();
      int before = out.size();
      stacks.get(index).pollTransmit(nowNs, out);
      for (int sent = before; sent < out.size(); sent++) {
        learn(out.get(sent), index);
      }
    }
    firstToSend = (firstToSend + 1) % stacks.size();
  }

  private void learn(Packet packet, int sender) {
    ByteBuf header = packet.header();
    int start = header.readerIndex();
    boolean isV4 = header.getByte(start) >> 4 == 4;
    int length = header.readableBytes();
    if (isV4 ? v4.wrap(header, start, packet.length()) : v6.wrap(header, start, packet.length())) {
      int ipLength = isV4 ? v4.headerLength() : Ipv6View.LENGTH;
      int protocol = isV4 ? v4.protocol() : v6.nextHeader();
      if (protocol == RxSegment.PROTOCOL_TCP
          && tcp.wrap(header, start + ipLength, length - ipLength)) {
        senders.put(
            new FourTuple(
                isV4 ? v4.src() : v6.src(),
                tcp.srcPort(),
                isV4 ? v4.dst() : v6.dst(),
                tcp.dstPort()),
            sender);
      }
    }
  }

  @Override
  public long nextTimeoutNs() {
    long next = waiting.isEmpty() ? Long.MAX_VALUE : waiting.peek().dueNs();
    for (MptcpStack stack : stacks) {
      next = Math.min(next, stack.nextTimeoutNs());
    }
    return next;
  }

  @Override
  public void onTimeout(long nowNs) {
    while (!waiting.isEmpty() && waiting.peek().dueNs() <= nowNs) {
      Waiting due = waiting.remove();
      due.packet().moveTo(one.add());
      give(nowNs, due.stack());
    }
    for (MptcpStack stack : stacks) {
      if (stack.nextTimeoutNs() <= nowNs) {
        stack.onTimeout(nowNs);
      }
    }
  }

  /** Releases what waits. */
  void close() {
    waiting.forEach(w -> w.packet().release());
    waiting.clear();
  }
}
