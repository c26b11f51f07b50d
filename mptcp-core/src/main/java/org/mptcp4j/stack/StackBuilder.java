package org.mptcp4j.stack;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.mptcp4j.api.Priority;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.cc.CongestionControlFactory;
import org.mptcp4j.cc.CongestionControls;
import org.mptcp4j.pm.DefaultPathManager;
import org.mptcp4j.pm.PathManager;
import org.mptcp4j.pm.PathManagers;
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
 *         .backupAddress(1, "10.0.2.2/24")
 *         .build();
 * }</pre>
 */
public final class StackBuilder {
  private record AddressOf(int linkIndex, Prefix prefix, Priority priority) {}

  private final List<int[]> links = new ArrayList<>();
  private final List<AddressOf> addresses = new ArrayList<>();
  private StackConfig config = StackConfig.defaultConfig();
  private ByteBufAllocator allocator = PooledByteBufAllocator.DEFAULT;
  private RandomGenerator random;
  private Scheduler scheduler = Schedulers.byName(Schedulers.DEFAULT);
  private CongestionControlFactory congestionControl =
      CongestionControls.byName(CongestionControls.DEFAULT);
  private Supplier<PathManager> pathManager = DefaultPathManager::new;
  private Membership membership = Membership.ALONE;

  StackBuilder() {}

  /**
   * Adds a link.
   *
   * @param index what {@code Packet.linkIndex} calls it, 0 or more
   * @param mtu largest IP packet it carries, in bytes
   * @return this builder
   */
  public StackBuilder link(int index, int mtu) {
    links.add(new int[] {index, mtu});
    return this;
  }

  /**
   * Adds an address to a link.
   *
   * @param linkIndex a link added before
   * @param addressAndPrefix for example {@code "10.0.1.2/24"} or {@code "fd00::2/64"}
   * @return this builder
   * @throws IllegalArgumentException when the text does not parse
   */
  public StackBuilder address(int linkIndex, String addressAndPrefix) {
    return address(linkIndex, addressAndPrefix, Priority.NORMAL);
  }

  /**
   * Adds an address whose subflows begin as backup.
   *
   * @param linkIndex a link added before
   * @param addressAndPrefix for example {@code "10.0.1.2/24"} or {@code "fd00::2/64"}
   * @return this builder
   * @throws IllegalArgumentException when the text does not parse
   */
  public StackBuilder backupAddress(int linkIndex, String addressAndPrefix) {
    return address(linkIndex, addressAndPrefix, Priority.BACKUP);
  }

  private StackBuilder address(int linkIndex, String addressAndPrefix, Priority priority) {
    addresses.add(new AddressOf(linkIndex, Prefix.parse(addressAndPrefix), priority));
    return this;
  }

  /**
   * Sets the configuration. Default: {@link StackConfig#defaultConfig()}.
   *
   * @param stackConfig the configuration
   * @return this builder
   */
  public StackBuilder config(StackConfig stackConfig) {
    config = Objects.requireNonNull(stackConfig, "config");
    return this;
  }

  /**
   * Sets the allocator of headers and copies. Default: Netty's pooled allocator.
   *
   * @param byteBufAllocator the allocator
   * @return this builder
   */
  public StackBuilder allocator(ByteBufAllocator byteBufAllocator) {
    allocator = Objects.requireNonNull(byteBufAllocator, "allocator");
    return this;
  }

  /**
   * Sets where keys, nonces, ports and initial sequence numbers come from. Outside tests this must
   * be a {@code java.security.SecureRandom}: who can guess keys can hijack connections.
   *
   * @param generator the source
   * @return this builder
   */
  public StackBuilder random(RandomGenerator generator) {
    random = Objects.requireNonNull(generator, "random");
    return this;
  }

  /**
   * Makes a run repeatable: the same packets at the same times give the same packets. For tests and
   * simulations only.
   *
   * @param seed any number
   * @return this builder
   */
  public StackBuilder seed(long seed) {
    return random(new SplittableRandom(seed));
  }

  /**
   * Chooses the packet scheduler of connections whose options name none. Default: lowest round trip
   * time first.
   *
   * @param chosen serves all connections, with a session for each
   * @return this builder
   */
  public StackBuilder scheduler(Scheduler chosen) {
    scheduler = Objects.requireNonNull(chosen, "scheduler");
    return this;
  }

  /**
   * Chooses the packet scheduler by name.
   *
   * @param name for example {@code "redundant"}: one of {@link Schedulers#names()}
   * @return this builder
   * @throws IllegalArgumentException when there is none of that name; the message lists those there
   *     are
   */
  public StackBuilder scheduler(String name) {
    return scheduler(Schedulers.byName(name));
  }

  /**
   * Chooses the congestion control of connections whose options name none. Default: CUBIC.
   *
   * @param chosen makes that of each subflow
   * @return this builder
   */
  public StackBuilder congestionControl(CongestionControlFactory chosen) {
    congestionControl = Objects.requireNonNull(chosen, "congestionControl");
    return this;
  }

  /**
   * Chooses the congestion control by name.
   *
   * @param name for example {@code "lia"}: one of {@link CongestionControls#names()}
   * @return this builder
   * @throws IllegalArgumentException when there is none of that name; the message lists those there
   *     are
   */
  public StackBuilder congestionControl(String name) {
    return congestionControl(CongestionControls.byName(name));
  }

  /**
   * Chooses the path manager by its name. Default: {@code "default"}.
   *
   * @param name one of {@link PathManagers#names()}
   * @return this builder
   * @throws IllegalArgumentException when there is none of that name; the message lists those there
   *     are
   */
  public StackBuilder pathManager(String name) {
    return pathManager(PathManagers.byName(name));
  }

  /**
   * Chooses the path manager. Default: {@link DefaultPathManager}.
   *
   * @param factory makes one for each connection
   * @return this builder
   */
  public StackBuilder pathManager(Supplier<PathManager> factory) {
    pathManager = Objects.requireNonNull(factory, "pathManager");
    return this;
  }

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
  public StackBuilder member(StackGroup group, int index) {
    if (index < 0 || index >= group.size()) {
      throw new IllegalArgumentException("no stack " + index + " in a group of " + group.size());
    }
    membership = new Membership(group, index);
    return this;
  }

  /**
   * Makes the stack.
   *
   * @return a stack without sockets
   * @throws IllegalStateException when neither {@link #random} nor {@link #seed} was called
   * @throws IllegalArgumentException when links and addresses do not fit together
   */
  public MptcpStack build() {
    if (random == null) {
      throw new IllegalStateException(
          "no source of randomness; call random(new SecureRandom()), or seed(n) in a test");
    }
    Routes routes = new Routes();
    for (int[] link : links) {
      routes.addLink(link[0], link[1]);
    }
    for (AddressOf a : addresses) {
      routes.addAddress(a.linkIndex, a.prefix, a.priority, announce());
    }
    Services services = new Services(config, routes, allocator, random, membership);
    ConnectionConfigs configs =
        new ConnectionConfigs(config, scheduler, pathManager, congestionControl);
    return new MptcpStack(services, configs);
  }

  private Announce announce() {
    return Announce.of(config);
  }
}
