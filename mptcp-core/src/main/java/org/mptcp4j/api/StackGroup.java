package org.mptcp4j.api;

import java.util.random.RandomGenerator;

/**
 * Stacks that share their addresses, each on a thread of its own: whatever thread a packet comes in
 * on, it ends up at the one stack that its connection lives on.
 *
 * <pre>{@code
 * StackGroup group = StackGroup.of(2, new SecureRandom());
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
 *   <li>a SYN that joins a connection: handed over to the stack whose share of the tokens (a part
 *       of the range of tokens) has its token. A stack takes keys of its own share only, so that no
 *       table of tokens is shared;
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
 * <p>The directory and the sum of what connections hold are all that stacks share, and this is the
 * one class of the core that may be used by several threads. The directory is read for packets that
 * are not of a stack's own flows and written when a flow begins and ends; it is divided by tuple
 * into parts with a lock each.
 */
public interface StackGroup {
  /**
   * Creates a group; its stacks are then built as {@linkplain StackBuilder#member members}.
   *
   * @param size number of stacks, at least 1
   * @param random keys of hashes come from it; a {@code SecureRandom} outside tests
   * @return a group without stacks
   * @throws IllegalArgumentException when the size is less than 1
   */
  static StackGroup of(int size, RandomGenerator random) {
    return Provider.newInstance(Factory.class).newGroup(size, random);
  }

  /**
   * Number of stacks.
   *
   * @return at least 1
   */
  int size();

  /**
   * Number of flows that stacks have, those in TIME-WAIT included. From any thread.
   *
   * @return 0 or more
   */
  int flows();

  /** What makes groups: implemented by this library. */
  interface Factory {
    /**
     * Creates a group.
     *
     * @param size number of stacks
     * @param random keys of hashes come from it
     * @return a group without stacks
     */
    StackGroup newGroup(int size, RandomGenerator random);
  }
}
