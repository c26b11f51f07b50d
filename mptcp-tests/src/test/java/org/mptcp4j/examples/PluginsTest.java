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
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.sched.Schedulers;
import org.mptcp4j.testkit.Endpoint;
import org.mptcp4j.testkit.Listener;
import org.mptcp4j.testkit.SimStack;
import org.mptcp4j.testkit.SimWorld;
import org.mptcp4j.testkit.junit.MptcpSimulation;

/** A user's own parts are in a jar of their own, which this module knows only by its class path. */
@MptcpSimulation
class PluginsTest {
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
  void theCodeOfThePageIsTheCodeOfTheJar() throws Exception {
    String source =
        Files.readString(
            Path.of("plugins/src/main/java/org/mptcp4j/examples/plugins/RoundRobin.java"));
    List<String> code =
        JAVA.matcher(Files.readString(Path.of("../docs/schedulers.md")))
            .results()
            .map(found -> found.group(1))
            .filter(text -> text.contains("class RoundRobin"))
            .toList();
    Assertions.assertThat(code).hasSize(1);
    Assertions.assertThat(source).contains(code.get(0));
  }
}
