package org.mptcp4j.testkit.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mptcp4j.link.sim.LinkProfile.millis;
import static org.mptcp4j.link.sim.SimNetwork.seconds;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mptcp4j.api.MptcpMode;
import org.mptcp4j.api.SocketOptions;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.testkit.Endpoint;
import org.mptcp4j.testkit.Listener;
import org.mptcp4j.testkit.SimStack;
import org.mptcp4j.testkit.SimWorld;

class CaptureReplayTest {
  private static final int PORT = 80;
  private static final Path LINUX = Path.of("../../mptcp-core/src/test/resources/captures");

  @TempDir Path dir;

  /** Who of the two is replaced. */
  enum Place {
    SERVER,
    CLIENT
  }

  private static void serve(SimStack server) {
    server.listen(PORT, e -> e.send(30_000).closeAtEndOfStream());
  }

  private static Endpoint ask(SimStack client, java.net.InetSocketAddress server) {
    return client
        .connect(server, SocketOptions.defaults())
        .send(20_000)
        .thenShutDown()
        .closeAtEndOfStream();
  }

  /** A connection over two paths, as its server or its client sees it. */
  private Path capture(Place at, StackConfig config) throws IOException {
    Path file = dir.resolve("of-" + at + ".pcapng");
    try (SimWorld world = new SimWorld(5)) {
      SimStack client = world.stack("client", config);
      SimStack server = world.stack("server");
      world.capture(at == Place.SERVER ? server : client, file);
      world.path(client, server, LinkProfile.of(10_000_000, millis(10)));
      world.path(client, server, LinkProfile.of(10_000_000, millis(15)));
      serve(server);
      ask(client, server.at(0, PORT));
      world.requireAllClosed(seconds(200));
    }
    return file;
  }

  // The stack of the replay chooses other keys, nonces, ports and sequence numbers.
  @ParameterizedTest
  @EnumSource
  void aStackThatIsTheSameDoesTheSame(Place place) throws IOException {
    StackConfig config = StackConfig.builder().mptcp(m -> m.checksumRequired(true)).build();
    Path file = capture(place, config);
    try (SimWorld world = new SimWorld(5)) {
      // The streams are those of the seed; keys and the like are those of the third stack.
      world.stack("first");
      world.stack("second");
      SimStack stack =
          world.stack("stack", place == Place.CLIENT ? config : StackConfig.defaults());
      ReplayReport report = replay(place, file, stack);
      assertThat(report.differences()).as(report.toString()).isEmpty();
      assertThat(report.remarks()).as(report.toString()).isEmpty();
      assertThat(report.flows()).hasSize(2).allMatch(f -> !f.answered().isEmpty());
      assertThat(report.unreadable()).isZero();
      Endpoint end = stack.endpoints().get(0);
      assertThat(end.received()).isEqualTo(place == Place.SERVER ? 20_000 : 30_000);
      assertThat(end.closed()).isTrue();
    }
  }

  private static ReplayReport replay(Place place, Path file, SimStack stack) throws IOException {
    CaptureReplay capture = CaptureReplay.of(file);
    if (place == Place.CLIENT) {
      StackReplay replay = capture.inPlaceOfClient(stack);
      ask(stack, replay.server());
      return replay.run();
    }
    StackReplay replay = capture.inPlaceOfServer(stack);
    serve(stack);
    return replay.run();
  }

  @Test
  void aStackThatIsNotShowsInWhat() throws IOException {
    Path file = capture(Place.SERVER, StackConfig.defaults());
    try (SimWorld world = new SimWorld(5)) {
      StackConfig plain = StackConfig.builder().mptcp(MptcpMode.DISABLED).build();
      SimStack stack = world.stack("stack", plain);
      StackReplay replay = CaptureReplay.of(file).inPlaceOfServer(stack);
      stack.listen(PORT, Endpoint::unchecked);
      ReplayReport report = replay.run();
      assertThat(report.differences())
          .anyMatch(
              d ->
                  d.contains("the capture signalled [SYN|ACK, MP_CAPABLE v1")
                      && d.contains("the stack [SYN|ACK"));
      assertThat(report.differences()).anyMatch(d -> d.contains("the capture sent 30000 bytes"));
      assertThat(report.toString()).contains("captured ", "stack    ");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"c-flag", "dss-checksum", "fastclose", "join-addaddr-datafin", "single-subflow"})
  void capturesOfLinuxReachTheApplication(String name) throws IOException {
    Path file = LINUX.resolve("linux-6.18-" + name + ".pcap");
    try (SimWorld world = new SimWorld(1)) {
      SimStack stack = world.stack("stack");
      StackReplay replay = CaptureReplay.of(file).inPlaceOfServer(stack);
      Listener listener =
          stack.listen(replay.server().getPort(), e -> e.keeping().closeAtEndOfStream());
      ReplayReport report = replay.run();
      assertThat(listener.one().info().bytesReceived()).as(report.toString()).isPositive();
      assertThat(report.flows().get(0).answered()).isNotEmpty();
    }
  }

  @Test
  void whatIsNoConversationIsRefused() throws IOException {
    Path text = Files.writeString(dir.resolve("a.txt"), "this is no capture at all, but text");
    assertThatThrownBy(() -> CaptureReplay.of(text)).isInstanceOf(IOException.class);
    Path file = capture(Place.SERVER, StackConfig.defaults());
    try (SimWorld world = new SimWorld(1)) {
      SimStack stack = world.stack("stack");
      world.path(stack, world.stack("other"), LinkProfile.perfect());
      assertThatThrownBy(() -> CaptureReplay.of(file).inPlaceOfServer(stack))
          .hasMessageContaining("a replay needs a stack of its own");
    }
  }
}
