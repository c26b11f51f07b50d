package org.mptcp4j.stack;

import java.util.random.RandomGenerator;
import org.mptcp4j.tcp.FourTuple;
import org.mptcp4j.tcp.SynCookies;
import org.mptcp4j.wire.IpAddress;
import org.mptcp4j.wire.RxSegment;

/**
 * Stacks that share their addresses, each on a thread of its own: whatever thread a packet comes in
 * on, it ends up at the one stack that its connection lives on.
 *
 * <pre>{@code
 * StackGroup group = new StackGroup(2, new SecureRandom());
 * MptcpStack first = MptcpStack.builder().member(group, 0)...build();
 * MptcpStack second = MptcpStack.builder().member(group, 1)...build();
 * }</pre>
 *
 * <p>A connection with all its subflows lives on one stack, its owner, from beginning to end. A
 * stack that gets a packet decides in this order:
 *
 * <ol>
 *   <li>a flow of its own: processed, without a look at anything shared. Where the queues of a
 *       device follow the flows, as those of TUN do, this is nearly every packet;
 *   <li>a flow that another stack has claimed in this directory, in TIME-WAIT or not: handed over
 *       to it. This goes for ICMP errors about a flow too;
 *   <li>a SYN that joins a connection: handed over to the stack whose share of the tokens ({@link
 *       org.mptcp4j.mptcp.TokenTable#shareOf}) has its token. A stack takes keys of its own share
 *       only, so that no table of tokens is shared;
 *   <li>the segment that completes an MPTCP handshake of which nothing was held (a SYN cookie): as
 *       a join, by the token of the key that comes back in it;
 *   <li>anything else is processed where it came. A SYN makes a connection there; what belongs to
 *       nothing is answered or dropped, and any stack can do that.
 * </ol>
 *
 * <p>Why this is right however packets are spread. A tuple is claimed, atomically, before the first
 * packet of its flow is sent and until the flow is forgotten, TIME-WAIT included; so two stacks
 * never have the same flow, and whatever the peer sends in answer finds the claim. A packet that
 * overtakes the claim or comes after its end (a repeated SYN, a reset right behind a SYN) is
 * treated as it would be if the network had swapped it with its neighbour, or lost it. A claim and
 * the flow table of its owner change on the owner's thread together: a stack that is handed a
 * packet and does not have the flow any more finds no claim of its own either, decides anew by the
 * same rules, and so a packet is passed on again only if a claim has changed hands meanwhile. Ports
 * for connections of our own are divided among the stacks, so that two that connect to one
 * destination at once do not choose the same.
 *
 * <p>The stacks of a group end together: one that is closed drops what comes in at it, whosever it
 * is.
 *
 * <p>The directory is the one thing that stacks share, and the one class of the core that may be
 * used by several threads. It is read for packets that are not of a stack's own flows and written
 * when a flow begins and ends; it is divided by tuple into parts with a lock each.
 */
public final class StackGroup {
  /** The answer when a tuple is not claimed. */
  static final int NOBODY = -1;

  private static final int PARTS = 64;

  private record Claim(FourTuple tuple, int owner) implements FlowTable.Flow {}

  private final int size;
  private final FlowTable<Claim>[] parts;
  private final long cookieKey0;
  private final long cookieKey1;

  /**
   * Creates the group; its stacks are then built as {@linkplain StackBuilder#member members}.
   *
   * @param size number of stacks, at least 1
   * @param random keys of hashes come from it; a {@code SecureRandom} outside tests
   * @throws IllegalArgumentException when the size is less than 1
   */
  public StackGroup(int size, RandomGenerator random) {
    if (size < 1) {
      throw new IllegalArgumentException("a group has at least one stack, not " + size);
    }
    this.size = size;
    parts = parts(random);
    cookieKey0 = random.nextLong();
    cookieKey1 = random.nextLong();
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static FlowTable<Claim>[] parts(RandomGenerator random) {
    FlowTable<Claim>[] parts = new FlowTable[PARTS];
    for (int i = 0; i < PARTS; i++) {
      parts[i] = new FlowTable<>(random.nextLong(), random.nextLong());
    }
    return parts;
  }

  /** Number of stacks. */
  public int size() {
    return size;
  }

  /** Number of flows that stacks have, those in TIME-WAIT included. From any thread. */
  public int flows() {
    int flows = 0;
    for (FlowTable<Claim> part : parts) {
      synchronized (part) {
        flows += part.size();
      }
    }
    return flows;
  }

  /** SYN cookies for one of the stacks: those that one makes are good at all of them. */
  SynCookies newCookies() {
    return new SynCookies(cookieKey0, cookieKey1);
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
