package org.mptcp4j.stack;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.mptcp4j.api.ActivityListener;
import org.mptcp4j.api.MptcpStack;
import org.mptcp4j.api.StackBuilder;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.api.StackGroup;
import org.mptcp4j.cc.CongestionControlFactory;
import org.mptcp4j.cc.CongestionControls;
import org.mptcp4j.link.packet.IpPrefix;
import org.mptcp4j.pm.DefaultPathManager;
import org.mptcp4j.pm.PathManager;
import org.mptcp4j.pm.PathManagers;
import org.mptcp4j.pm.Priority;
import org.mptcp4j.sched.Scheduler;
import org.mptcp4j.sched.Schedulers;

/** Collects what a {@link ProtocolStack} is made of; found by its name by the API. */
public final class ProtocolStackBuilder implements StackBuilder {
  private record AddressOf(int linkIndex, IpPrefix prefix, Priority priority) {}

  private final List<int[]> links = new ArrayList<>();
  private final List<AddressOf> addresses = new ArrayList<>();
  private StackConfig config = StackConfig.defaults();
  private ByteBufAllocator allocator = PooledByteBufAllocator.DEFAULT;
  private RandomGenerator random;
  private Scheduler scheduler = Schedulers.byName(Schedulers.DEFAULT);
  private CongestionControlFactory congestionControl =
      CongestionControls.byName(CongestionControls.DEFAULT);
  private Supplier<PathManager> pathManager = DefaultPathManager::new;
  private Membership membership = Membership.ALONE;
  private ActivityListener listener = ActivityListener.NONE;

  /** For the service loader. */
  public ProtocolStackBuilder() {}

  @Override
  public StackBuilder link(int index, int mtu) {
    links.add(new int[] {index, mtu});
    return this;
  }

  @Override
  public StackBuilder address(int linkIndex, IpPrefix address, Priority priority) {
    addresses.add(new AddressOf(linkIndex, address, priority));
    return this;
  }

  @Override
  public StackBuilder config(StackConfig stackConfig) {
    config = Objects.requireNonNull(stackConfig, "config");
    return this;
  }

  @Override
  public StackBuilder allocator(ByteBufAllocator byteBufAllocator) {
    allocator = Objects.requireNonNull(byteBufAllocator, "allocator");
    return this;
  }

  @Override
  public StackBuilder random(RandomGenerator generator) {
    random = Objects.requireNonNull(generator, "random");
    return this;
  }

  @Override
  public StackBuilder seed(long seed) {
    return random(new SplittableRandom(seed));
  }

  @Override
  public StackBuilder scheduler(Scheduler chosen) {
    scheduler = Objects.requireNonNull(chosen, "scheduler");
    return this;
  }

  @Override
  public StackBuilder scheduler(String name) {
    return scheduler(Schedulers.byName(name));
  }

  @Override
  public StackBuilder activityListener(ActivityListener chosen) {
    listener = Objects.requireNonNull(chosen, "listener");
    return this;
  }

  @Override
  public StackBuilder congestionControl(CongestionControlFactory chosen) {
    congestionControl = Objects.requireNonNull(chosen, "congestionControl");
    return this;
  }

  @Override
  public StackBuilder congestionControl(String name) {
    return congestionControl(CongestionControls.byName(name));
  }

  @Override
  public StackBuilder pathManager(String name) {
    return pathManager(PathManagers.byName(name));
  }

  @Override
  public StackBuilder pathManager(Supplier<PathManager> factory) {
    pathManager = Objects.requireNonNull(factory, "pathManager");
    return this;
  }

  @Override
  public StackBuilder member(StackGroup group, int index) {
    if (index < 0 || index >= group.size()) {
      throw new IllegalArgumentException(
          "a group of " + group.size() + " stacks counts them from 0; there is no stack " + index);
    }
    if (!(group instanceof TupleDirectory directory)) {
      throw new IllegalArgumentException("not a group of StackGroup.of: " + group);
    }
    membership = new Membership(directory, index);
    return this;
  }

  @Override
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
      routes.addAddress(a.linkIndex, a.prefix, a.priority, Announce.of(config));
    }
    Services services =
        new Services(config, routes, allocator, random, membership, new Journal(listener));
    ConnectionConfigs configs =
        new ConnectionConfigs(config, scheduler, pathManager, congestionControl);
    return new ProtocolStack(services, configs);
  }
}
