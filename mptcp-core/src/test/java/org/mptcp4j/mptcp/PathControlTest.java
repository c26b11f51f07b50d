package org.mptcp4j.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mptcp4j.mib.Mib;
import org.mptcp4j.mptcp.MetaTimers.Timer;
import org.mptcp4j.pm.DefaultPathManager;
import org.mptcp4j.pm.LocalAddress;
import org.mptcp4j.pm.PmCommands;
import org.mptcp4j.pm.PmLimits;
import org.mptcp4j.pm.Priority;
import org.mptcp4j.pm.RemoteAddress;
import org.mptcp4j.sched.LowestRtt;
import org.mptcp4j.wire.MpJoinSyn;
import org.mptcp4j.wire.MpPrio;
import org.mptcp4j.wire.MptcpOption;
import org.mptcp4j.wire.RemoveAddr;
import org.mptcp4j.wire.RxSegment;

/** What a path manager asks for is carried out: RFC 8684 sections 3.2, 3.3.8 and 3.4. */
class PathControlTest {
  private final Workbench bench = new Workbench();
  private final TestNet net = new TestNet(1, 3);
  private final List<Flow> registered = new ArrayList<>();
  private PathSession paths;
  private Transmitter transmitter;
  private PathControl control;

  @BeforeEach
  void aConnectionWithOneSubflow() {
    MptcpTcpSock master = bench.subflows.master();
    transmitter = new Transmitter(bench.meta, bench.subflows, new LowestRtt(), false);
    SubflowFactory factory = new SubflowFactory(bench.config, net.client);
    paths =
        new PathSession(
            new DefaultPathManager(), master.tuple(), bench.keys, bench.subflows, factory);
    control =
        new PathControl(
            new Registered(), bench.meta, bench.subflows, paths, transmitter, bench.timers);
  }

  private final class Registered extends NoEntries {
    @Override
    public boolean addFlow(Flow flow) {
      return registered.add(flow);
    }

    @Override
    public void removeFlow(Flow flow) {
      registered.remove(flow);
    }
  }

  private void run() {
    control.run(bench.nowNs);
  }

  private LocalAddress local(int path) {
    return net.client.locals.get(path);
  }

  private MptcpTcpSock join(int path) {
    paths.join(local(path), new RemoteAddress(0, net.server.address(path), 80), Priority.BACKUP);
    run();
    return bench.subflows.get(bench.subflows.size() - 1);
  }

  @Test
  void aJoinIsRegisteredAndSaysWhoseItIs() {
    MptcpTcpSock join = join(1);
    assertThat(registered).containsExactly(join);
    assertThat(join.state()).isEqualTo(SubflowState.JOIN_SYN_SENT);
    MpJoinSyn option = bench.poll(join).options().mptcp(MpJoinSyn.class);
    assertThat(option.token()).isEqualTo(bench.keys.remoteToken());
    assertThat(option.addressId()).isEqualTo(local(1).id());
    assertThat(option.backup()).isTrue();
  }

  @Test
  void thereAreNoMoreJoinsThanTheLimit() {
    for (int i = 0; i < 2 * bench.config.pathLimits().maxPendingJoins(); i++) {
      join(1);
    }
    PmLimits limits = bench.config.pathLimits();
    assertThat(bench.subflows.joining())
        .isEqualTo(Math.min(limits.maxPendingJoins(), limits.maxOpened()));
  }

  // RFC 8684 section 3.4.2: told on what is left; what used it is closed, its data goes elsewhere.
  @Test
  void aWithdrawnAddressClosesItsSubflowsAndIsTold() {
    MptcpTcpSock second = bench.add();
    second.options().ids(7, 0);
    bench.subflows.master().linkDown(true);
    bench.write(500);
    transmitter.push(bench.nowNs);
    bench.lose(second);
    bench.subflows.master().linkDown(false);
    paths.withdraw(7);
    run();
    assertThat(second.reason()).isEqualTo(CloseReason.UNWANTED);
    transmitter.push(bench.nowNs);
    assertThat(transmitter.bytesReinjected()).isEqualTo(500);
    bench.subflows.master().tcp().requestAck();
    assertThat(said(bench.subflows.master(), RemoveAddr.class).addressIds()).containsExactly(7);
  }

  private <T extends MptcpOption> T said(MptcpTcpSock subflow, Class<T> type) {
    for (int i = 0; i < 5; i++) {
      RxSegment segment = bench.poll(subflow);
      T option = segment.options().mptcp(type);
      if (option != null) {
        return option;
      }
      subflow.tcp().requestAck();
    }
    throw new AssertionError("no " + type.getSimpleName());
  }

  @Test
  void anUnwantedSubflowIsClosedOnce() {
    MptcpTcpSock second = bench.add();
    paths.close(second.id());
    paths.close(second.id());
    run();
    assertThat(second.reason()).isEqualTo(CloseReason.UNWANTED);
    assertThat(net.client.count(Mib.RM_SUBFLOW)).isOne();
  }

  @Test
  void priorityIsToldOnItsSubflow() {
    MptcpTcpSock second = bench.add();
    paths.setPriority(second.id(), Priority.BACKUP);
    run();
    assertThat(second.localBackup()).isTrue();
    assertThat(said(second, MpPrio.class).backup()).isTrue();
  }

  @Test
  void theConnectionHasATimeToGetASubflowAgain() {
    run();
    assertThat(bench.timers.armed(Timer.NO_SUBFLOW)).isFalse();
    MptcpTcpSock master = bench.subflows.master();
    master.close(CloseReason.TIMED_OUT);
    bench.subflows.remove(master);
    run();
    assertThat(bench.timers.next())
        .isEqualTo(bench.nowNs + bench.config.timeouts().zeroSubflowNs());
  }

  @Test
  void aPathManagerIsWokenWhenItAskedFor() {
    paths.wakeAt(bench.nowNs + 5);
    run();
    assertThat(bench.timers.armed(Timer.PATHS)).isTrue();
    paths.wakeAt(Long.MAX_VALUE);
    run();
    assertThat(bench.timers.armed(Timer.PATHS)).isFalse();
  }

  private void refuses(PathCommand.Join join) {
    paths.join(join.local(), join.remote(), join.priority());
    run();
    assertThat(registered).isEmpty();
    assertThat(bench.subflows.size()).isOne();
  }

  @Test
  void aJoinThatCannotBeginIsCountedByItsReason() {
    RemoteAddress remote = new RemoteAddress(0, net.server.address(1), 80);
    PathCommand.Join join =
        new PathCommand.Join(local(1), PmCommands.ANY_PORT, remote, Priority.NORMAL);
    net.client.reachesAll = false;
    refuses(join);
    assertThat(net.client.count(Mib.MP_JOIN_SYN_TX_CONNECT_ERR)).isOne();
    net.client.reachesAll = true;
    net.client.hasPorts = false;
    refuses(join);
    assertThat(net.client.count(Mib.MP_JOIN_SYN_TX_BIND_ERR)).isOne();
    assertThat(net.client.count(Mib.MP_JOIN_SYN_TX_CONNECT_ERR)).isOne();
    assertThat(net.client.count(Mib.MP_JOIN_SYN_TX_CREAT_SK_ERR)).isZero();
    net.client.hasPorts = true;
    assertThat(join(1).state()).isEqualTo(SubflowState.JOIN_SYN_SENT);
  }

  /** So much waits for an acknowledgement that nothing more may. */
  private void fillUp(MptcpTcpSock subflow) {
    int backup = 0;
    while (subflow.options().addControl(MpPrio.ofSubflow(backup++ % 2 == 0))) {
      assertThat(backup).isLessThan(100);
    }
  }

  @Test
  void whatTooMuchWaitsForToBeSaidIsCounted() {
    fillUp(bench.subflows.master());
    paths.announce(local(1), 0);
    run();
    assertThat(bench.count(Mib.ADD_ADDR_TX_DROP)).isOne();
    paths.withdraw(local(1).id());
    run();
    assertThat(bench.count(Mib.RM_ADDR_TX_DROP)).isOne();
    assertThat(bench.count(Mib.ADD_ADDR_TX) + bench.count(Mib.RM_ADDR_TX)).isZero();
  }

  // A path that fails is tried again after a while: its path manager is told why, and only then.
  @Test
  void aSubflowThatFailedIsSeenUntilThePathManagerIsTold() {
    MptcpTcpSock second = bench.add();
    second.close(CloseReason.TIMED_OUT);
    assertThat(paths.subflows()).extracting(s -> s.id()).containsExactly(0, second.id());
    MptcpTcpSock third = bench.add();
    third.close(CloseReason.ADDRESS_GONE);
    assertThat(paths.subflows()).extracting(s -> s.id()).doesNotContain(third.id());
  }
}
