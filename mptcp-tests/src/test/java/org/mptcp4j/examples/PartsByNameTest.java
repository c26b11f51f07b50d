package org.mptcp4j.examples;

import static org.mptcp4j.link.sim.LinkProfile.millis;
import static org.mptcp4j.link.sim.SimNetwork.seconds;
import static org.mptcp4j.testkit.assertj.MptcpAssertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.mptcp4j.api.MptcpException;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.SocketOptions;
import org.mptcp4j.api.StackBuilder;
import org.mptcp4j.api.StackEvent;
import org.mptcp4j.cc.CongestionControls;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.pm.PathManagers;
import org.mptcp4j.sched.Schedulers;
import org.mptcp4j.testkit.Endpoint;
import org.mptcp4j.testkit.Listener;
import org.mptcp4j.testkit.SimStack;
import org.mptcp4j.testkit.SimWorld;
import org.mptcp4j.testkit.junit.MptcpSimulation;

/**
 * Each part that users plug in, by every name that there is, those of the jar of the examples among
 * them, at each place where it can be chosen: the connection has it, and carries data.
 */
@MptcpSimulation
class PartsByNameTest {
  private static final int BYTES = 200_000;

  private enum Part {
    SCHEDULER(Schedulers.names()) {
      @Override
      void choose(StackBuilder stack, String name) {
        stack.scheduler(name);
      }

      @Override
      void choose(SocketOptions.Builder socket, String name) {
        socket.scheduler(name);
      }

      @Override
      void choose(MptcpSocket live, String name) {
        live.setScheduler(name);
      }

      @Override
      void check(Endpoint end, String name) {
        assertThat(end).hasScheduler(name);
      }
    },
    PATH_MANAGER(PathManagers.names()) {
      @Override
      void choose(StackBuilder stack, String name) {
        stack.pathManager(name);
      }

      @Override
      void choose(SocketOptions.Builder socket, String name) {
        socket.pathManager(name);
      }

      @Override
      void choose(MptcpSocket live, String name) throws MptcpException {
        live.setPathManager(name);
      }

      @Override
      void check(Endpoint end, String name) {
        assertThat(end).hasPathManager(name);
      }
    },
    CONGESTION_CONTROL(CongestionControls.names()) {
      @Override
      void choose(StackBuilder stack, String name) {
        stack.congestionControl(name);
      }

      @Override
      void choose(SocketOptions.Builder socket, String name) {
        socket.congestionControl(name);
      }

      @Override
      void choose(MptcpSocket live, String name) {
        live.setCongestionControl(name);
      }

      @Override
      void check(Endpoint end, String name) {
        assertThat(end).subflow(0).hasCongestionControl(name);
      }
    };

    private final List<String> names;

    Part(List<String> names) {
      this.names = names;
    }

    abstract void choose(StackBuilder stack, String name);

    abstract void choose(SocketOptions.Builder socket, String name);

    abstract void choose(MptcpSocket live, String name) throws MptcpException;

    abstract void check(Endpoint end, String name);
  }

  private enum Place {
    STACK,
    LISTENER,
    SOCKET,
    LIVE_CONNECTION
  }

  private static Stream<Arguments> everyNameAtEveryPlace() {
    return Arrays.stream(Part.values())
        .flatMap(
            part ->
                Arrays.stream(Place.values())
                    .flatMap(
                        place -> part.names.stream().map(name -> Arguments.of(part, place, name))));
  }

  @ParameterizedTest
  @MethodSource("everyNameAtEveryPlace")
  void aConnectionHasWhatWasChosen(Part part, Place place, String name, SimWorld world)
      throws Exception {
    SimStack client =
        world.stack(
            "client",
            stack -> {
              if (place == Place.STACK) {
                part.choose(stack, name);
              }
            });
    SimStack server = world.stack("server");
    world.path(client, server, LinkProfile.of(20_000_000, millis(10)));
    world.path(client, server, LinkProfile.of(20_000_000, millis(15)));
    Listener listener =
        server.listen(80, options(part, name, place == Place.LISTENER), e -> e.send(1));
    Endpoint c =
        client.connect(server.at(0, 80), options(part, name, place == Place.SOCKET)).send(BYTES);
    world.require("both ends know", () -> c.had(StackEvent.Type.ESTABLISHED), seconds(5));
    if (place == Place.LIVE_CONNECTION) {
      part.choose(c.socket(), name);
      client.host().wake();
    }
    part.check(place == Place.LISTENER ? listener.one() : c, name);
    world.require("the first bytes", () -> listener.received() == BYTES, seconds(10));
    c.send(BYTES);
    world.require("the others", () -> listener.received() == 2 * BYTES, seconds(10));
    part.check(place == Place.LISTENER ? listener.one() : c, name);
    assertThat(c).isMptcp();
  }

  private static SocketOptions options(Part part, String name, boolean chosen) {
    SocketOptions.Builder options = SocketOptions.builder();
    if (chosen) {
      part.choose(options, name);
    }
    return options.build();
  }
}
