package org.mptcp4j.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class FlowTableTest {

  private record Key(long localHi, long localLo, long remoteHi, long remoteLo, int ports) {}

  /** Few distinct keys, so that additions, replacements and removals meet each other. */
  @Property(tries = 200)
  void behavesLikeAMap(@ForAll long seed) {
    Random random = new Random(seed);
    FlowTable<Integer> table = new FlowTable<>(random.nextLong(), random.nextLong());
    Map<Key, Integer> model = new HashMap<>();
    int range = 1 + random.nextInt(12);
    for (int step = 0; step < 2000; step++) {
      Key k =
          new Key(
              random.nextInt(2),
              random.nextInt(2),
              random.nextInt(2),
              random.nextInt(range),
              FlowTable.ports(random.nextInt(range), 65_535 - random.nextInt(range)));
      if (random.nextInt(3) == 0) {
        assertThat(table.remove(k.localHi, k.localLo, k.remoteHi, k.remoteLo, k.ports))
            .isEqualTo(model.remove(k));
      } else {
        assertThat(table.put(k.localHi, k.localLo, k.remoteHi, k.remoteLo, k.ports, step))
            .isEqualTo(model.put(k, step));
      }
      assertThat(table.size()).isEqualTo(model.size());
    }
    model.forEach(
        (k, v) ->
            assertThat(table.get(k.localHi, k.localLo, k.remoteHi, k.remoteLo, k.ports))
                .isEqualTo(v));
    assertThat(table.values()).containsExactlyInAnyOrderElementsOf(model.values());
  }

  @Test
  void shrinksAgain() {
    FlowTable<String> table = new FlowTable<>(1, 2);
    for (int port = 0; port < 10_000; port++) {
      table.put(1, 2, 3, 4, FlowTable.ports(443, port), "x");
    }
    for (int port = 0; port < 9_990; port++) {
      assertThat(table.remove(1, 2, 3, 4, FlowTable.ports(443, port))).isEqualTo("x");
    }
    assertThat(table.values()).hasSize(10);
    assertThat(table.get(1, 2, 3, 4, FlowTable.ports(443, 9_995))).isEqualTo("x");
    assertThat(table.get(1, 2, 3, 4, FlowTable.ports(443, 5))).isNull();
  }
}
