package org.mptcp4j.cc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class CongestionControlsTest {
  @Test
  void eachNameMakesItsAlgorithm() {
    assertThat(new TestFlow().start("reno").control).isInstanceOf(NewReno.class);
    assertThat(new TestFlow().start("cubic").control).isInstanceOf(Cubic.class);
    assertThat(new TestFlow().start("lia").control).isInstanceOf(Lia.class);
    for (String name : CongestionControls.names()) {
      assertThat(CongestionControls.byName(name).name()).isEqualTo(name);
    }
  }

  @Test
  void anUnknownNameIsRefusedWithTheChoice() {
    assertThatThrownBy(() -> CongestionControls.byName("vegas"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'vegas'")
        .hasMessageContaining(CongestionControls.names().toString());
  }

  @Test
  void anInstanceHasTheNameItWasGiven() {
    CongestionControlFactory mine = CongestionControls.of("mine", Cubic::new);
    assertThat(mine.name()).isEqualTo("mine");
    assertThat(mine).hasToString("mine");
    TestFlow flow = new TestFlow();
    assertThat(mine.create(flow)).isInstanceOf(Cubic.class);
  }
}
