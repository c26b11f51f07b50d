package org.mptcp4j.examples;

import static org.mptcp4j.link.sim.LinkProfile.millis;
import static org.mptcp4j.link.sim.SimNetwork.seconds;
import static org.mptcp4j.testkit.assertj.MptcpAssertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mptcp4j.cc.CongestionControls;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.pm.PathManagers;
import org.mptcp4j.sched.Schedulers;
import org.mptcp4j.testkit.Endpoint;
import org.mptcp4j.testkit.Listener;
import org.mptcp4j.testkit.SimStack;
import org.mptcp4j.testkit.SimWorld;
import org.mptcp4j.testkit.junit.MptcpSimulation;

/** A user's own parts are in a jar of their own, which this module knows only by its class path. */
@MptcpSimulation
class PluginsTest {
  private static final int TRANSFER_BYTES = 20_000_000;
  private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  @Test
  void aSchedulerOfAJarIsFoundByName(SimWorld world) {
    Assertions.assertThat(Schedulers.names()).contains("lowest-rtt", "redundant", "round-robin");
    SimStack client = world.stack("client", b -> b.scheduler("round-robin"));
    SimStack server = world.stack("server");
    world.path(client, server, LinkProfile.of(20_000_000, millis(10)));
    world.path(client, server, LinkProfile.of(20_000_000, millis(10)));
    Listener listener = server.listen(80);
    Endpoint c = client.connect(server, 80).send(1_000_000);
    world.require("all of it arrives", () -> listener.received() == 1_000_000, seconds(10));
    assertThat(c).hasScheduler("round-robin").subflow(0).carriedData();
    assertThat(c).subflow(1).carriedData();
  }

  @Test
  void aPathManagerOfAJarIsFoundByName(SimWorld world) {
    Assertions.assertThat(PathManagers.names()).contains("default", "spare");
    SimStack client = world.stack("client", b -> b.pathManager("spare"));
    SimStack server = world.stack("server");
    world.path(client, server, LinkProfile.of(20_000_000, millis(10)));
    world.path(client, server, LinkProfile.of(20_000_000, millis(10)));
    Listener listener = server.listen(80);
    Endpoint c = client.connect(server, 80).send(1_000_000);
    world.require("all of it arrives", () -> listener.received() == 1_000_000, seconds(10));
    Assertions.assertThat(c.info().pathManager()).isEqualTo("spare");
    assertThat(c).hasSubflows(2).subflow(1).carriedNoData();
  }

  /** Seconds until two megabytes have crossed two paths that lose packets by chance. */
  private static double transfer(String congestionControl) {
    try (SimWorld world = new SimWorld(3)) {
      SimStack client = world.stack("client", b -> b.congestionControl(congestionControl));
      SimStack server = world.stack("server");
      LinkProfile path =
          LinkProfile.of(20_000_000, millis(20))
              .queueTime(millis(40))
              .loss(0.005)
              .superSegments(LinkProfile.SuperSegments.CUT);
      world.path(client, server, path);
      world.path(client, server, path);
      Listener listener = server.listen(80);
      Endpoint c = client.connect(server, 80).send(TRANSFER_BYTES);
      world.require("it arrives", () -> listener.received() == TRANSFER_BYTES, seconds(200));
      assertThat(c).hasSubflows(2).subflow(0).hasCongestionControl(congestionControl);
      assertThat(c).subflow(1).hasCongestionControl(congestionControl);
      return world.network().nowNs() / 1e9;
    }
  }

  @Test
  void aCongestionControlOfAJarIsFoundByName() {
    Assertions.assertThat(CongestionControls.names()).contains("cubic", "reno", "westwood");
    Assertions.assertThat(transfer("westwood")).isLessThan(0.8 * transfer("reno"));
  }

  @ParameterizedTest
  @CsvSource({"RoundRobin, schedulers", "Spare, paths", "Westwood, congestion"})
  void theCodeOfThePageIsTheCodeOfTheJar(String name, String page) throws Exception {
    String source =
        Files.readString(
            Path.of("plugins/src/main/java/org/mptcp4j/examples/plugins/" + name + ".java"));
    List<String> code =
        JAVA.matcher(Files.readString(Path.of("../docs/" + page + ".md")))
            .results()
            .map(found -> found.group(1))
            .filter(text -> text.contains("class " + name))
            .toList();
    Assertions.assertThat(code).hasSize(1);
    Assertions.assertThat(source).contains(code.get(0));
  }
}
