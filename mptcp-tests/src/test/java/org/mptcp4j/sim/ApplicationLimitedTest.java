package org.mptcp4j.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.link.sim.LinkProfile.millis;
import static org.mptcp4j.link.sim.SimNetwork.seconds;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mptcp4j.api.MptcpMode;
import org.mptcp4j.api.SocketOptions;
import org.mptcp4j.api.SubflowInfo;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.link.sim.LinkProfile.SuperSegments;
import org.mptcp4j.testkit.Endpoint;
import org.mptcp4j.testkit.Listener;
import org.mptcp4j.testkit.SimStack;
import org.mptcp4j.testkit.SimWorld;

/**
 * Whether the application limits the rate that is measured (draft-ietf-ccwg-bbr section 4.1.2.4):
 * it does when it has written too little, and not when a subflow has sent what it was given and
 * will be given more.
 */
class ApplicationLimitedTest {
  private static final int SAMPLES = 40;

  /** What the application does between two looks at the rates. */
  private interface Writer {
    void write(Endpoint client);
  }

  /**
   * The share of looks, at subflows that have delivered, at which the application was the limit.
   */
  private static double limitedShare(
      MptcpMode mode, String congestionControl, int paths, Writer start, Writer each) {
    try (SimWorld world = new SimWorld(11)) {
      SimStack client = world.stack("client", b -> b.congestionControl(congestionControl));
      SimStack server = world.stack("server");
      for (int i = 0; i < paths; i++) {
        world.path(
            client,
            server,
            LinkProfile.of(20_000_000, millis(20)).superSegments(SuperSegments.CUT));
      }
      Listener listener = server.listen(80, e -> e.unchecked().closeAtEndOfStream());
      Endpoint c = client.connect(server.at(0, 80), SocketOptions.builder().mptcp(mode).build());
      start.write(c);
      world.runFor(seconds(3));
      int looks = 0;
      int limited = 0;
      for (int i = 0; i < SAMPLES; i++) {
        each.write(c);
        world.runFor(millis(100));
        for (SubflowInfo subflow : c.socket().info().subflows()) {
          if (subflow.tcp().rates().deliveredBytes() > 0) {
            looks++;
            limited += subflow.tcp().rates().appLimited() ? 1 : 0;
          }
        }
      }
      assertThat(listener.received()).isPositive();
      assertThat(looks).isGreaterThanOrEqualTo(SAMPLES);
      c.abort();
      world.requireAllClosed(seconds(300));
      return (double) limited / looks;
    }
  }

  @ParameterizedTest
  @CsvSource({
    "DISABLED, cubic, 1",
    "DISABLED, bbr, 1",
    "ENABLED, cubic, 1",
    "ENABLED, bbr, 1",
    "ENABLED, cubic, 2",
    "ENABLED, bbr, 2",
    "ENABLED, lia, 2",
  })
  void itIsNotWhileThereIsMoreToGive(MptcpMode mode, String congestionControl, int paths) {
    double share =
        limitedShare(
            mode, congestionControl, paths, c -> c.writeSize(100_000).send(1L << 40), c -> {});
    assertThat(share).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "DISABLED, cubic, 1",
    "DISABLED, bbr, 1",
    "ENABLED, cubic, 2",
    "ENABLED, bbr, 2",
  })
  void itIsWhileLittleIsWritten(MptcpMode mode, String congestionControl, int paths) {
    double share = limitedShare(mode, congestionControl, paths, c -> c.send(500), c -> c.send(500));
    assertThat(share).isGreaterThan(0.9); // but what a subflow sends first
  }
}
