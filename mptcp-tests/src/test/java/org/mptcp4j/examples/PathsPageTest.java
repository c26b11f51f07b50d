package org.mptcp4j.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.link.sim.LinkProfile.millis;
import static org.mptcp4j.link.sim.SimNetwork.seconds;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.mptcp4j.api.MptcpStack;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.pm.Endpoint;
import org.mptcp4j.pm.Endpoints;
import org.mptcp4j.testkit.Listener;
import org.mptcp4j.testkit.SimStack;
import org.mptcp4j.testkit.SimWorld;
import org.mptcp4j.testkit.junit.MptcpSimulation;

/** The code of docs/paths.md is compiled, and does what the page says. */
@MptcpSimulation
class PathsPageTest {
  private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  @Test
  void theCodeOfThePageIsCompiled() throws IOException {
    Path examples = Path.of("src/test/java/org/mptcp4j/examples");
    Path plugins = Path.of("plugins/src/main/java/org/mptcp4j/examples/plugins");
    String compiled =
        withoutIndentation(
            Files.readString(plugins.resolve("Spare.java"))
                + Files.readString(examples.resolve("PathsPageTest.java")));
    Matcher code = JAVA.matcher(Files.readString(Path.of("../docs/paths.md")));
    int blocks = 0;
    while (code.find()) {
      assertThat(compiled).contains(withoutIndentation(code.group(1)));
      blocks++;
    }
    assertThat(blocks).isEqualTo(2);
  }

  private static String withoutIndentation(String text) {
    return text.replaceAll("(?m)^\\s+", "").strip();
  }

  @Test
  void endpointsChangeAtRunTime() {
    RandomGenerator random = new SplittableRandom(1);
    long now = 0;
    Endpoints endpoints =
        Endpoints.builder()
            .limits(2, 1) // subflows beside the first; announced addresses that are joined
            .add(Endpoint.of("10.0.3.2", Endpoint.Flag.SUBFLOW, Endpoint.Flag.BACKUP))
            .add(Endpoint.of("10.0.2.2", Endpoint.Flag.SIGNAL).withPort(10_100).withId(7))
            .build();
    MptcpStack stack = MptcpStack.builder().random(random).pathManager(endpoints).build();

    stack.tellPathManagers(now, endpoints.add(Endpoint.of("10.0.4.2", Endpoint.Flag.SUBFLOW)));
    stack.tellPathManagers(now, endpoints.change(1)); // neither BACKUP nor FULLMESH any more
    stack.tellPathManagers(now, endpoints.delete(7)); // REMOVE_ADDR, its subflows end with FINs
    stack.tellPathManagers(now, endpoints.flush());
    assertThat(endpoints.list()).isEmpty();
    stack.close();
  }

  @Test
  void theSpareIsABackup(SimWorld world) {
    SimStack client = world.stack("client", b -> b.pathManager("spare"));
    SimStack server = world.stack("server");
    world.path(client, server, LinkProfile.of(20_000_000, millis(10)));
    world.path(client, server, LinkProfile.of(20_000_000, millis(10)));
    Listener listener = server.listen(80);
    client.connect(server, 80).send(1_000_000);
    world.require("all of it arrives", () -> listener.received() == 1_000_000, seconds(10));
    assertThat(server.counter("MPTcpExtMPJoinSynBackupRx")).isEqualTo(1);
  }
}
