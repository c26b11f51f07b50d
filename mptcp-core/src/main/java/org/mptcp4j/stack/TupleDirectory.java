package org.mptcp4j.stack;

import java.util.random.RandomGenerator;
import org.mptcp4j.api.StackGroup;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.tcp.FourTuple;
import org.mptcp4j.tcp.IssGenerator;
import org.mptcp4j.tcp.SynCookies;
import org.mptcp4j.wire.RxSegment;

/** The directory of claimed tuples that the stacks of a group share. */
final class TupleDirectory implements StackGroup {
  /** The answer when a tuple is not claimed. */
  static final int NOBODY = -1;

  private static final int PARTS = 64;

  private record Claim(FourTuple tuple, int owner) implements FlowTable.Flow {}

  private final int size;
  private final FlowTable<Claim>[] parts;
  private final MemoryTotal held = new MemoryTotal();
  private final JoinTable joins = new JoinTable();
  private final long cookieKey0;
  private final long cookieKey1;
  private final IssGenerator numbers;

  TupleDirectory(int size, RandomGenerator random) {
    if (size < 1) {
      throw new IllegalArgumentException("a group has at least one stack, not " + size);
    }
    this.size = size;
    parts = parts(random);
    cookieKey0 = random.nextLong();
    cookieKey1 = random.nextLong();
    numbers = new IssGenerator(random);
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static FlowTable<Claim>[] parts(RandomGenerator random) {
    FlowTable<Claim>[] parts = new FlowTable[PARTS];
    for (int i = 0; i < PARTS; i++) {
      parts[i] = new FlowTable<>(random.nextLong(), random.nextLong());
    }
    return parts;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public int flows() {
    int flows = 0;
    for (FlowTable<Claim> part : parts) {
      synchronized (part) {
        flows += part.size();
      }
    }
    return flows;
  }

  /** What the connections of all stacks hold. */
  MemoryTotal held() {
    return held;
  }

  /** Joins whose SYN was answered by a cookie. */
  JoinTable joins() {
    return joins;
  }

  /** SYN cookies for one of the stacks: those that one makes are good at all of them. */
  SynCookies newCookies() {
    return new SynCookies(cookieKey0, cookieKey1);
  }

  /** Initial sequence numbers and timestamp offsets, the same at all of them. */
  IssGenerator numbers() {
    return numbers;
  }

  /** Claims a tuple; returns whether it was free. */
  boolean claim(FourTuple tuple, int owner) {
    IpAddress local = tuple.local();
    IpAddress remote = tuple.remote();
    int ports = FlowTable.ports(tuple.localPort(), tuple.remotePort());
    FlowTable<Claim> part = part(remote.lo(), ports);
    synchronized (part) {
      if (part.get(local.hi(), local.lo(), remote.hi(), remote.lo(), ports) != null) {
        return false;
      }
      part.put(new Claim(tuple, owner));
      return true;
    }
  }

  /** Gives up a tuple that the caller has claimed. */
  void release(FourTuple tuple) {
    int ports = FlowTable.ports(tuple.localPort(), tuple.remotePort());
    FlowTable<Claim> part = part(tuple.remote().lo(), ports);
    synchronized (part) {
      part.remove(tuple);
    }
  }

  /** Who has the flow of a received segment, or {@link #NOBODY}. */
  int ownerOf(RxSegment segment) {
    return ownerOf(
        segment.dstHi(),
        segment.dstLo(),
        segment.srcHi(),
        segment.srcLo(),
        FlowTable.ports(segment.dstPort(), segment.srcPort()));
  }

  /** Who has the flow with these ends, or {@link #NOBODY}. */
  int ownerOf(IpAddress local, int localPort, IpAddress remote, int remotePort) {
    int ports = FlowTable.ports(localPort, remotePort);
    return ownerOf(local.hi(), local.lo(), remote.hi(), remote.lo(), ports);
  }

  private int ownerOf(long localHi, long localLo, long remoteHi, long remoteLo, int ports) {
    FlowTable<Claim> part = part(remoteLo, ports);
    synchronized (part) {
      Claim claim = part.get(localHi, localLo, remoteHi, remoteLo, ports);
      return claim == null ? NOBODY : claim.owner();
    }
  }

  /** Which lock; nothing but waiting depends on it. */
  private FlowTable<Claim> part(long remoteLo, int ports) {
    int mixed = (int) (remoteLo ^ remoteLo >>> 32) * 31 + ports * 0x9e3779b9;
    return parts[(mixed ^ mixed >>> 15) >>> 26];
  }
}
