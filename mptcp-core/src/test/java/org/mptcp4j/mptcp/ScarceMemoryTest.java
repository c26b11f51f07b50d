package org.mptcp4j.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mptcp4j.mib.Mib;

/** Memory of the stack is scarce: what is not taken is counted, and comes again. */
class ScarceMemoryTest extends OneVictim {
  private static final class Memory implements StackMemory {
    boolean scarce;

    @Override
    public boolean isScarce() {
      return scarce;
    }

    @Override
    public long shareBytes() {
      return scarce ? 1 << 20 : Long.MAX_VALUE;
    }
  }

  @ParameterizedTest
  @MethodSource("settings")
  void whatLiesBeyondAHoleIsNotTaken(Setting setting) {
    Memory memory = new Memory();
    TestNet made = new TestNet(1, 1);
    made.client.memory = memory;
    made.server.memory = memory;
    start(setting, made);
    memory.scarce = true;
    peer.mapped(100, 100, 100, 100);
    assertThat(host.count(Mib.TCP_OFO_DROP)).isOne();
    assertThat(host.count(Mib.TCP_RCV_Q_DROP)).isZero();
    peer.mapped(0, 100, 0, 100);
    assertReceived(100);
    peer.mapped(100, 100, 100, 100);
    assertReceived(200);
    memory.scarce = false;
    peer.mapped(300, 100, 300, 100);
    peer.mapped(200, 100, 200, 100);
    assertReceived(400);
    assertThat(host.count(Mib.TCP_OFO_DROP)).isOne();
  }
}
