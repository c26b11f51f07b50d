package org.mptcp4j.testkit.example;

import static org.mptcp4j.link.sim.LinkProfile.millis;
import static org.mptcp4j.link.sim.SimNetwork.seconds;
import static org.mptcp4j.testkit.assertj.MptcpAssertions.assertThat;

import org.junit.jupiter.api.Test;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.pm.DefaultPathManager;
import org.mptcp4j.sched.Scheduler;
import org.mptcp4j.sched.SchedulerContext;
import org.mptcp4j.sched.SchedulerSession;
import org.mptcp4j.sched.SubflowView;
import org.mptcp4j.testkit.Endpoint;
import org.mptcp4j.testkit.Listener;
import org.mptcp4j.testkit.SimStack;
import org.mptcp4j.testkit.SimWorld;
import org.mptcp4j.testkit.junit.MptcpSimulation;

@MptcpSimulation
class OwnPartsTest {
  /** Each subflow in its turn. */
  static final class RoundRobin implements Scheduler {
    @Override
    public String name() {
      return "round-robin";
    }

    @Override
    public SchedulerSession newSession() {
      return new Turns();
    }

    private static final class Turns implements SchedulerSession {
      private int last;

      @Override
      public void schedule(long nowNs, SchedulerContext c) {
        for (int i = 1; i <= c.subflows(); i++) {
          int next = (last + i) % c.subflows();
          SubflowView s = c.subflow(next);
          if (s.usable() && s.hasRoom() && c.grant(next, c.dueStart(), c.dueEnd()) > 0) {
            last = next;
            return;
          }
        }
      }
    }
  }

  @Test
  void roundRobinLoadsAllPaths(SimWorld world) {
    StackConfig config = StackConfig.builder().mptcp(m -> m.maxSubflowsOpened(1)).build();
    SimStack client =
        world.stack(
            "client",
            b -> b.config(config).scheduler(new RoundRobin()).pathManager(DefaultPathManager::new));
    SimStack server = world.stack("server");
    for (int i = 0; i < 3; i++) {
      world.path(client, server, LinkProfile.of(20_000_000, millis(10)));
    }
    Listener listener = server.listen(80);
    Endpoint c = client.connect(server, 80).send(1_000_000);
    world.require("all of it arrives", () -> listener.received() == 1_000_000, seconds(10));

    assertThat(c).hasScheduler("round-robin").hasSubflows(2);
    assertThat(c).subflow(0).carriedData();
    assertThat(c).subflow(1).carriedData();
  }
}
