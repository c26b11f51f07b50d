package org.mptcp4j.testkit;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.mptcp4j.link.sim.LinkProfile.millis;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.mptcp4j.link.sim.LinkProfile;

/** What cannot be meant is said at once, with what to do instead. */
class MisuseTest {
  private final SimWorld world = new SimWorld(1);
  private final SimStack client = world.stack("client");

  @AfterEach
  void nothingLeaks() {
    world.close();
  }

  @Test
  void aCounterThatThereIsNotHasNotCounted() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> client.counter("MPTcpExtMPJoinSynTxx"))
        .withMessageStartingWith("no counter is named MPTcpExtMPJoinSynTxx: choose one of [")
        .withMessageContaining("MPTcpExtMPJoinSynTx,");
  }

  @Test
  void anAddressNeedsItsPath() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> client.at(0, 80))
        .withMessage("client has no address 0 yet, only []: make its path");
  }

  @Test
  void captureFilesNeedNamesOfTheirOwn() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> world.stack("client"))
        .withMessageContaining("choose another name");
  }

  @Test
  void aTimeThatIsNoneIsNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LinkProfile.of(1000, millis(-1)))
        .withMessage("delay must not be negative, but is PT-0.001S");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LinkProfile.perfect().reorder(0.1, millis(-1)))
        .withMessageStartingWith("extra delay must not be negative");
  }
}
