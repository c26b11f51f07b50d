package org.mptcp4j.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.link.sim.LinkProfile.millis;
import static org.mptcp4j.link.sim.SimNetwork.seconds;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mptcp4j.api.MptcpMode;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.testkit.Endpoint;
import org.mptcp4j.testkit.Listener;
import org.mptcp4j.testkit.SimStack;
import org.mptcp4j.testkit.SimWorld;
import org.mptcp4j.testkit.peer.HandDrivenPeer;
import org.mptcp4j.testkit.peer.PeerConnection;
import org.mptcp4j.testkit.peer.PeerFlow;
import org.mptcp4j.testkit.peer.PeerSubflow;

/** There is no state in which received data has no reader and no end. */
class NoReaderTest {
  private static final int PORT = 80;
  private static final LinkProfile PATH = LinkProfile.of(50_000_000, millis(2));

  /** What the application does. */
  private enum Verb {
    CLOSE,
    CLOSE_WITH_DATA_UNSENT,
    ABORT
  }

  /** What the peer says before it goes on to send. */
  private enum Peer {
    NOTHING,
    ITS_END,
    ITS_END_AND_OURS_CAME,
    OURS_CAME
  }

  /** How the peer goes on. */
  private enum Goes {
    ON,
    ON_BEYOND_A_HOLE,
    BACK_TO_TCP
  }

  private record Setting(
      boolean stackConnects, boolean mptcp, boolean v6, Verb verb, Peer peer, Goes goes) {}

  private final SimWorld world = new SimWorld(5);
  private SimStack victim;
  private PeerFlow flow;

  static List<Setting> settings() {
    List<Setting> all = new ArrayList<>();
    for (int bits = 0; bits < 8; bits++) {
      for (Verb verb : Verb.values()) {
        for (Peer peer : Peer.values()) {
          for (Goes goes : Goes.values()) {
            boolean mptcp = (bits & 2) != 0;
            if (mptcp || goes != Goes.BACK_TO_TCP) {
              all.add(new Setting((bits & 1) != 0, mptcp, (bits & 4) != 0, verb, peer, goes));
            }
          }
        }
      }
    }
    return all;
  }

  @AfterEach
  void nothingLeaks() {
    world.close();
  }

  private Endpoint connected(Setting s) {
    world.family(s.v6 ? SimWorld.Family.V6 : SimWorld.Family.V4);
    victim =
        world.stack(
            "victim",
            StackConfig.builder()
                .mptcp(s.mptcp ? MptcpMode.ENABLED : MptcpMode.DISABLED)
                .timeouts(t -> t.zeroSubflow(Duration.ofSeconds(2)).closing(Duration.ofSeconds(20)))
                .build());
    HandDrivenPeer peer = HandDrivenPeer.in(world, "peer");
    world.path(peer, victim, PATH);
    Listener listener = victim.listen(PORT, Endpoint::keeping);
    PeerConnection connection = peer.connection();
    if (!s.stackConnects) {
      flow = s.mptcp ? connection.connect(victim.at(0, PORT)) : peer.connect(victim.at(0, PORT));
      world.runFor(millis(20));
      return listener.one();
    }
    Endpoint end = victim.connect(peer.at(0, PORT), victim.stacks().get(0).config().sockets());
    flow = s.mptcp ? connection.accept(PORT) : peer.accept(PORT);
    flow.ack();
    world.runFor(millis(20));
    return end.keeping();
  }

  private void send(Setting s, int i) {
    byte[] bytes = new byte[1000];
    if (!(flow instanceof PeerSubflow subflow)) {
      long at = flow.sndNxt() + (i == 0 && s.goes == Goes.ON_BEYOND_A_HOLE ? 1 : 0);
      flow.craft().seq(at).payload(bytes).send();
    } else if (s.goes == Goes.BACK_TO_TCP) {
      if (i == 0) {
        subflow.data(bytes).infinite().send();
      } else {
        subflow.craft().payload(bytes).send();
      }
    } else {
      long hole = i == 0 && s.goes == Goes.ON_BEYOND_A_HOLE ? 1 : 0;
      long dsn = subflow.connection().dataNxt() + hole;
      subflow.data(bytes).dsn(dsn).send();
    }
  }

  private void say(Setting s) {
    if (s.peer == Peer.ITS_END || s.peer == Peer.ITS_END_AND_OURS_CAME) {
      if (flow instanceof PeerSubflow subflow) {
        subflow.dataFin();
      } else {
        flow.fin();
      }
      world.runFor(millis(20));
    }
  }

  @ParameterizedTest
  @MethodSource("settings")
  void whatNobodyReadsIsNotKept(Setting s) {
    Endpoint end = connected(s);
    say(s);
    switch (s.verb) {
      case CLOSE -> end.close();
      case CLOSE_WITH_DATA_UNSENT -> {
        end.write(new byte[100_000]);
        end.close();
      }
      case ABORT -> end.abort();
    }
    world.runFor(millis(20));
    if (s.peer == Peer.OURS_CAME || s.peer == Peer.ITS_END_AND_OURS_CAME) {
      flow.ack();
      world.runFor(millis(20));
    }
    for (int i = 0; i < 100; i++) {
      send(s, i);
      world.runFor(millis(3));
      long unsent = s.verb == Verb.CLOSE_WITH_DATA_UNSENT ? 101_000 : 0;
      long beyondAHole = s.goes == Goes.ON_BEYOND_A_HOLE ? 130_000 : 0;
      assertThat(victim.stacks().get(0).usage().heldBytes())
          .as("held after %d segments", i + 1)
          .isLessThanOrEqualTo(unsent + beyondAHole);
    }
    flow.reset();
    world.require(
        "nothing is left",
        () -> {
          var usage = victim.stacks().get(0).usage();
          return usage.heldBytes() == 0 && usage.connections() == 0;
        },
        seconds(60));
  }
}
