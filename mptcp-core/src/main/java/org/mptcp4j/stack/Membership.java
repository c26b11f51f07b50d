package org.mptcp4j.stack;

import java.util.random.RandomGenerator;
import org.mptcp4j.api.StackGroup;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.mptcp.TokenTable;
import org.mptcp4j.tcp.FourTuple;
import org.mptcp4j.tcp.IssGenerator;
import org.mptcp4j.tcp.SynCookies;
import org.mptcp4j.wire.MpJoinSyn;
import org.mptcp4j.wire.RxSegment;

/** The place of one stack among those of its {@link StackGroup}, or that of a stack without one. */
final class Membership {
  /** Of a stack that has its addresses for itself. */
  static final Membership ALONE = new Membership(null, 0);

  private final TupleDirectory group;
  private final int index;

  /** The place of the stack with that number. */
  Membership(TupleDirectory group, int index) {
    this.group = group;
    this.index = index;
  }

  /** Whether other stacks have the same addresses. */
  boolean isShared() {
    return group != null;
  }

  /** The number of this stack. */
  int index() {
    return index;
  }

  /** The number of stacks. */
  int size() {
    return group == null ? 1 : group.size();
  }

  /** SYN cookies, which are good at every stack of the group. */
  SynCookies newCookies(RandomGenerator random) {
    return group == null
        ? new SynCookies(random.nextLong(), random.nextLong())
        : group.newCookies();
  }

  /**
   * Initial sequence numbers and timestamp offsets. RFC 7323 section 5.4: the clock of a connection
   * goes on where it began, and a cookie may come back at another stack than the one that sent it.
   */
  IssGenerator newNumbers(RandomGenerator random) {
    return group == null ? new IssGenerator(random) : group.numbers();
  }

  /** Joins whose SYN was answered by a cookie, by whichever stack. */
  JoinTable joins() {
    return group == null ? new JoinTable() : group.joins();
  }

  /** What all stacks hold together. */
  MemoryTotal held() {
    return group == null ? new MemoryTotal() : group.held();
  }

  /** Claims a tuple for a flow of this stack; returns whether no stack has it. */
  boolean claim(FourTuple tuple) {
    return group == null || group.claim(tuple, index);
  }

  /** A flow of this stack is forgotten. */
  void release(FourTuple tuple) {
    if (group != null) {
      group.release(tuple);
    }
  }

  /** Whether that port is one of those that this stack connects from. */
  boolean isOwnPort(int port) {
    return group == null || port % group.size() == index;
  }

  /** Whether no stack has a flow with these ends. */
  boolean isUnclaimed(IpAddress local, int localPort, IpAddress remote, int remotePort) {
    return group == null
        || group.ownerOf(local, localPort, remote, remotePort) == TupleDirectory.NOBODY;
  }

  /**
   * Whose a segment is that belongs to no flow of this stack.
   *
   * @param join its MP_JOIN when it is a SYN, or {@code null}
   */
  int ownerOf(RxSegment segment, MpJoinSyn join) {
    int owner = group.ownerOf(segment);
    if (owner == TupleDirectory.NOBODY) {
      return join == null ? index : TokenTable.shareOf(join.token(), group.size());
    }
    return owner;
  }

  /** Whose an ICMP error is about a flow with these ends, which this stack does not have. */
  int ownerOf(IpAddress local, int localPort, IpAddress remote, int remotePort) {
    int owner = group.ownerOf(local, localPort, remote, remotePort);
    return owner == TupleDirectory.NOBODY ? index : owner;
  }
}
