package org.mptcp4j.api;

import io.netty.buffer.ByteBufAllocator;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.mptcp4j.cc.CongestionControlFactory;
import org.mptcp4j.cc.CongestionControls;
import org.mptcp4j.link.packet.IpPrefix;
import org.mptcp4j.pm.DefaultPathManager;
import org.mptcp4j.pm.PathManager;
import org.mptcp4j.pm.PathManagers;
import org.mptcp4j.pm.Priority;
import org.mptcp4j.sched.Scheduler;
import org.mptcp4j.sched.Schedulers;

/**
 * Collects what an {@link MptcpStack} is made of.
 *
 * <pre>{@code
 * MptcpStack stack =
 *     MptcpStack.builder()
 *         .random(new SecureRandom())
 *         .link(0, 1500)
 *         .address(0, "10.0.1.2/24")
 *         .address(0, "fd00:1::2/64")
 *         .link(1, 1500)
 *         .address(1, "10.0.2.2/24", Priority.BACKUP)
 *         .build();
 * }</pre>
 */
public interface StackBuilder {
  /**
   * Adds a link.
   *
   * @param index what {@code Packet.linkIndex} calls it, 0 or more
   * @param mtu largest IP packet it carries, in bytes
   * @return this builder
   */
  StackBuilder link(int index, int mtu);

  /**
   * Adds an address to a link.
   *
   * @param linkIndex a link added before
   * @param address for example {@code "10.0.1.2/24"} or {@code "fd00::2/64"}
   * @return this builder
   * @throws IllegalArgumentException when the text does not parse
   */
  default StackBuilder address(int linkIndex, String address) {
    return address(linkIndex, address, Priority.NORMAL);
  }

  /**
   * Adds an address to a link.
   *
   * @param linkIndex a link added before
   * @param address for example {@code "10.0.1.2/24"} or {@code "fd00::2/64"}
   * @param priority whether its subflows begin as backup
   * @return this builder
   * @throws IllegalArgumentException when the text does not parse
   */
  default StackBuilder address(int linkIndex, String address, Priority priority) {
    return address(linkIndex, IpPrefix.parse(address), priority);
  }

  /**
   * Adds an address to a link.
   *
   * @param linkIndex a link added before
   * @param address the address, and the prefix that it is in
   * @return this builder
   */
  default StackBuilder address(int linkIndex, IpPrefix address) {
    return address(linkIndex, address, Priority.NORMAL);
  }

  /**
   * Adds an address to a link.
   *
   * @param linkIndex a link added before
   * @param address the address, and the prefix that it is in
   * @param priority whether its subflows begin as backup
   * @return this builder
   */
  StackBuilder address(int linkIndex, IpPrefix address, Priority priority);

  /**
   * Sets the configuration. Default: {@link StackConfig#defaults()}.
   *
   * @param stackConfig the configuration
   * @return this builder
   */
  StackBuilder config(StackConfig stackConfig);

  /**
   * Sets the allocator of headers and copies. Default: Netty's pooled allocator.
   *
   * @param byteBufAllocator the allocator
   * @return this builder
   */
  StackBuilder allocator(ByteBufAllocator byteBufAllocator);

  /**
   * Sets where keys, nonces, ports and initial sequence numbers come from. Outside tests this must
   * be a {@code java.security.SecureRandom}: who can guess keys can hijack connections.
   *
   * @param generator the source
   * @return this builder
   */
  StackBuilder random(RandomGenerator generator);

  /**
   * Makes a run repeatable: the same packets at the same times give the same packets. For tests and
   * simulations only.
   *
   * @param seed any number
   * @return this builder
   */
  StackBuilder seed(long seed);

  /**
   * Chooses the packet scheduler of connections whose options name none. Default: lowest round trip
   * time first.
   *
   * @param chosen serves all connections, with a session for each
   * @return this builder
   */
  StackBuilder scheduler(Scheduler chosen);

  /**
   * Chooses the packet scheduler by name.
   *
   * @param name for example {@code "redundant"}: one of {@link Schedulers#names()}
   * @return this builder
   * @throws IllegalArgumentException when there is none of that name; the message lists those there
   *     are
   */
  StackBuilder scheduler(String name);

  /**
   * Chooses the congestion control of connections whose options name none. Default: CUBIC.
   *
   * @param chosen makes that of each subflow
   * @return this builder
   */
  StackBuilder congestionControl(CongestionControlFactory chosen);

  /**
   * Chooses the congestion control by name.
   *
   * @param name for example {@code "lia"}: one of {@link CongestionControls#names()}
   * @return this builder
   * @throws IllegalArgumentException when there is none of that name; the message lists those there
   *     are
   */
  StackBuilder congestionControl(String name);

  /**
   * Chooses the path manager by its name. Default: {@code "default"}.
   *
   * @param name one of {@link PathManagers#names()}
   * @return this builder
   * @throws IllegalArgumentException when there is none of that name; the message lists those there
   *     are
   */
  StackBuilder pathManager(String name);

  /**
   * Chooses the path manager. Default: {@link DefaultPathManager}.
   *
   * @param factory makes one for each connection
   * @return this builder
   */
  StackBuilder pathManager(Supplier<PathManager> factory);

  /**
   * Sets who is told what the stack does: the same that it logs, as typed events. Default: nobody.
   *
   * @param chosen is called on the thread that drives the stack; in a host of several event loops
   *     on each of them
   * @return this builder
   */
  StackBuilder activityListener(ActivityListener chosen);

  /**
   * Makes the stack one of several that share their addresses; each is built with the same links,
   * addresses and configuration, whose limits are those of one stack. Default: it has its addresses
   * for itself.
   *
   * @param group the group
   * @param index the stack's number, counted from 0; no other stack has it
   * @return this builder
   * @throws IllegalArgumentException when the group has no such place
   */
  StackBuilder member(StackGroup group, int index);

  /**
   * Makes the stack.
   *
   * @return a stack without sockets
   * @throws IllegalStateException when neither {@link #random} nor {@link #seed} was called
   * @throws IllegalArgumentException when links and addresses do not fit together
   */
  MptcpStack build();
}
