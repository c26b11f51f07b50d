package org.mptcp4j.testkit;

import static org.mptcp4j.link.sim.LinkProfile.millis;
import static org.mptcp4j.link.sim.SimNetwork.seconds;
import static org.mptcp4j.testkit.assertj.MptcpAssertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mptcp4j.api.SocketOptions;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.api.StackEvent;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.pm.DefaultPathManager;
import org.mptcp4j.pm.LocalAddress;
import org.mptcp4j.pm.PathManager;
import org.mptcp4j.pm.PmCommands;
import org.mptcp4j.pm.PmSubflow;
import org.mptcp4j.pm.PmView;
import org.mptcp4j.pm.Priority;
import org.mptcp4j.pm.RemoteAddress;
import org.mptcp4j.pm.SubflowEnd;
import org.mptcp4j.sched.Scheduler;
import org.mptcp4j.sched.SchedulerSession;
import org.mptcp4j.testkit.capture.CaptureFile;

/** A scheduler, a path manager and a configuration of a test's own, and what it reads back. */
class PluggedStackTest {
  private static final LinkProfile PATH = LinkProfile.of(10_000_000, millis(10));

  @TempDir Path dir;
  private final SimWorld world = new SimWorld(1);

  @AfterEach
  void nothingLeaks() {
    world.close();
  }

  /** Whatever has room last. */
  private static final class LastOne implements Scheduler {
    @Override
    public String name() {
      return "last-one";
    }

    @Override
    public SchedulerSession newSession() {
      return (nowNs, c) -> {
        for (int i = c.subflows() - 1; i >= 0; i--) {
          if (c.subflow(i).usable() && c.grant(i, c.dueStart(), c.dueEnd()) > 0) {
            return;
          }
        }
      };
    }
  }

  /** Joins nothing, and remembers what it was told. */
  private static final class Listening implements PathManager {
    private final List<String> told;

    Listening(List<String> told) {
      this.told = told;
    }

    @Override
    public String name() {
      return "listening";
    }

    @Override
    public void onEstablished(PmView view, PmCommands commands) {
      told.add("established");
    }

    @Override
    public void onLocalAddress(PmView view, PmCommands commands, LocalAddress address) {
      told.add("local " + address.address());
    }

    @Override
    public void onLocalAddressGone(PmView view, PmCommands commands, LocalAddress address) {
      told.add("local gone");
    }

    @Override
    public void onAddAddr(PmView view, PmCommands commands, RemoteAddress address) {
      told.add("announced " + address.address());
    }

    @Override
    public void onRemoveAddr(PmView view, PmCommands commands, int remoteId) {
      told.add("withdrawn");
    }

    @Override
    public void onSubflowUp(PmView view, PmCommands commands, PmSubflow subflow) {
      told.add("up");
    }

    @Override
    public void onSubflowDown(PmView view, PmCommands commands, PmSubflow subflow, SubflowEnd end) {
      told.add("down");
    }

    @Override
    public void onBackupChange(
        PmView view, PmCommands commands, PmSubflow subflow, org.mptcp4j.pm.Priority priority) {
      told.add("priority");
    }
  }

  @Test
  void theSchedulerOfATestDecides() {
    SimStack client = world.stack("client", b -> b.scheduler(new LastOne()));
    SimStack server = world.stack("server");
    world.path(client, server, PATH);
    world.path(client, server, PATH);
    // A client joins when its keys have been acknowledged: here by the first byte of the server.
    Listener listener = server.listen(80, e -> e.send(1));
    Endpoint c = client.connect(server, 80);
    world.require("two subflows", () -> c.info().subflows().size() == 2, seconds(1));
    world.runFor(seconds(1));
    c.send(10_000);
    world.require("it arrives", () -> listener.received() == 10_000, seconds(5));
    assertThat(c).hasScheduler("last-one").subflow(0).carriedNoData();
    assertThat(c).subflow(1).carriedData();
  }

  @Test
  void thePathManagerOfATestDecides() {
    List<String> told = new ArrayList<>();
    StackConfig announcing = StackConfig.builder().mptcp(m -> m.announceAddresses(true)).build();
    SimStack client = world.stack("client", b -> b.pathManager(() -> new Listening(told)));
    SimStack server = world.stack("server", announcing);
    world.path(client, server, PATH);
    world.path(client, server, PATH);
    server.listen(80);
    Endpoint c = client.connect(server, 80).send(1000);
    world.runFor(seconds(2));
    assertThat(c).hasPathManager("listening").hasSubflows(1);
    assertThat(told).containsExactlyInAnyOrder("established", "announced 10.2.0.2");
    assertThat(c.had(StackEvent.Type.ANNOUNCED)).isTrue();
  }

  @Test
  void configurationAndOptionsAreThoseOfTheTest() {
    StackConfig config =
        StackConfig.builder()
            .mptcp(m -> m.checksumRequired(true))
            .sockets(SocketOptions.builder().congestionControl("reno").build())
            .build();
    SimStack client =
        world.stack("client", b -> b.config(config).pathManager(DefaultPathManager::new));
    SimStack server = world.stack("server");
    world.path(client, server, PATH);
    SocketOptions small = SocketOptions.builder().receiveBufferBytes(8192).build();
    Listener listener = server.listen(80, small, Endpoint::closeAtEndOfStream);
    Endpoint c = client.connect(server, 80);
    Endpoint cubic = client.connect(server, 80, SocketOptions.defaults());
    world.runFor(seconds(1));
    assertThat(c).usesChecksums().subflow(0).hasCongestionControl("reno");
    assertThat(cubic).subflow(0).hasCongestionControl("cubic");
    assertThat(listener.accepted()).hasSize(2);
    assertThat(listener.accepted().get(0).info().receiveBufferBytes()).isEqualTo(8192);
  }

  @Test
  void eventsAndCountersAreThereToRead() {
    SimStack client = world.stack("client");
    SimStack server = world.stack("server");
    world.path(client, server, PATH);
    server.listen(80);
    Endpoint c = client.connect(server, 80).send(100).thenClose();
    world.requireAllClosed(seconds(120));
    assertThat(c.events())
        .startsWith(StackEvent.Type.CONNECTED, StackEvent.Type.SUB_ESTABLISHED)
        .endsWith(StackEvent.Type.CLOSED);
    SeenEvent up = c.eventLog().get(1);
    assertThat(up.timeNs()).isBetween(millis(20).toNanos(), millis(21).toNanos());
    assertThat(up.event().subflow().remote()).isEqualTo(server.at(0, 80));
    assertThat(up.toString()).startsWith("0.02").contains("SUB_ESTABLISHED");
    assertThat(client.counters()).containsEntry("MPTcpExtMPCapableSYNTX", 1L);
    assertThat(server).hasCounter("MPTcpExtMPCapableSYNRX", 1).isEmpty();
  }

  @Test
  void capturesHaveThePathsMadeAfterThem() throws Exception {
    SimStack client = world.stack("client");
    Path pcap = dir.resolve("client.pcap");
    Path pcapng = dir.resolve("client.pcapng");
    world.capture(client, pcap);
    world.capture(client, pcapng);
    world.captureAll(dir.resolve("all"), 1 << 20);
    SimStack server = world.stack("the server");
    world.priority(Priority.BACKUP).path(client, server, PATH);
    world.pathThrough(client, world.router("r1"), world.router("r2"), server, PATH);
    server.listen(80);
    client.connect(server, 80).send(5000).thenClose();
    world.requireAllClosed(seconds(120));
    world.close();
    int packets = CaptureFile.readAll(pcap).size();
    assertThat(packets).isGreaterThan(8);
    assertThat(CaptureFile.readAll(pcapng)).hasSize(packets);
    assertThat(Files.mismatch(pcapng, dir.resolve("all/client.pcapng"))).isEqualTo(-1);
    assertThat(CaptureFile.readAll(dir.resolve("all/the_server.pcapng"))).isNotEmpty();
    assertThat(world.leftOutOfCaptures()).isZero();
  }
}
