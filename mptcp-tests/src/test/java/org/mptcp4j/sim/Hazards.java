package org.mptcp4j.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.link.sim.SimNetwork.seconds;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.mptcp4j.api.MptcpException;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.api.SubflowInfo;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.link.sim.SimLink;
import org.mptcp4j.link.sim.SimNetwork;
import org.mptcp4j.pm.Priority;
import org.mptcp4j.testkit.Endpoint;
import org.mptcp4j.testkit.SimStack;
import org.mptcp4j.testkit.SimWorld;

/** Things that go wrong during a transfer and come right again, at random times. */
final class Hazards {
  private static final double LATEST_SECONDS = 20;
  private static final double LONGEST_SECONDS = 8;

  private final SplittableRandom random;
  private final SimWorld world;
  private final SimNetwork network;
  private final Map<SimLink, LinkProfile> healthy = new HashMap<>();

  private Hazards(SplittableRandom random, SimWorld world) {
    this.random = random;
    this.world = world;
    this.network = world.network();
  }

  /** Schedules some, most of them early, when the transfer runs. */
  static void schedule(SplittableRandom random, SimWorld world) {
    Hazards h = new Hazards(random, world);
    int count = 1 + random.nextInt(6);
    for (int i = 0; i < count; i++) {
      double at = LATEST_SECONDS * Math.pow(random.nextDouble(), 3);
      world.network().at(seconds(at).toNanos(), h::one);
    }
  }

  private void one() {
    switch (random.nextInt(7)) {
      case 0 -> outage(SimLink::down, SimLink::up);
      case 1 -> outage(SimLink::blackhole, SimLink::restore);
      case 2 -> slowDown();
      case 3 -> pauseReading();
      case 4 -> changePriority();
      case 5 -> loseAddress();
      default -> losses();
    }
  }

  private <T> T pick(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  private void later(Runnable action) {
    network.after(seconds(0.01 + random.nextDouble() * LONGEST_SECONDS), action);
  }

  private interface Change {
    void apply(SimLink link);
  }

  private void outage(Change begin, Change end) {
    SimLink link = pick(network.links());
    begin.apply(link);
    later(() -> end.apply(link));
  }

  /** The properties to go back to, even when hazards overlap. */
  private LinkProfile healthy(SimLink link) {
    return healthy.computeIfAbsent(link, l -> l.forward().profile());
  }

  private void slowDown() {
    SimLink link = pick(network.links());
    LinkProfile before = healthy(link);
    link.profile(
        before
            .rate(Math.max(200_000, before.rateBitsPerSecond() / 20))
            .delay(Duration.ofNanos(before.delayNs() * 3)));
    later(() -> link.profile(before));
  }

  private void losses() {
    SimLink link = pick(network.links());
    LinkProfile before = healthy(link);
    link.profile(before.loss(0.3).reorder(0.3, LinkProfile.millis(30)).duplicate(0.2).corrupt(0.1));
    later(() -> link.profile(before));
  }

  private void pauseReading() {
    List<Endpoint> endpoints = pick(world.stacks()).endpoints();
    if (!endpoints.isEmpty()) {
      Endpoint e = pick(endpoints).pauseReading();
      later(e::resumeReading);
    }
  }

  private void changePriority() {
    List<Endpoint> endpoints = pick(world.stacks()).endpoints();
    if (!endpoints.isEmpty()) {
      MptcpSocket socket = pick(endpoints).socket();
      List<SubflowInfo> subflows = socket.info().subflows();
      if (!subflows.isEmpty()) {
        setPriority(socket, pick(subflows).id(), pick(List.of(Priority.values())));
      }
    }
  }

  private static void setPriority(MptcpSocket socket, int subflowId, Priority priority) {
    try {
      socket.setPriority(subflowId, priority);
    } catch (MptcpException e) {
      // Plain TCP has none, and there is a time before the ends have agreed.
      assertThat(e.error()).isIn(SocketError.EOPNOTSUPP, SocketError.ENOTCONN);
    }
  }

  /** Only one that is not the last of its family, and not the one the server listens on. */
  private void loseAddress() {
    SimStack stack = pick(world.stacks());
    List<IpAddress> sameFamily =
        stack.addresses().stream()
            .filter(a -> a.isV4() == stack.addresses().get(0).isV4())
            .toList();
    if (sameFamily.size() > 1) {
      IpAddress gone = sameFamily.get(1 + random.nextInt(sameFamily.size() - 1));
      stack.stacks().forEach(member -> member.removeAddress(network.nowNs(), gone));
    }
  }
}
