package org.mptcp4j.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.tcp.FourTuple;

class FlowTableTest {

  /** A flow, and the number under which the test knows it. */
  private record Numbered(FourTuple tuple, int number) implements FlowTable.Flow {}

  private static FourTuple tuple(int local, int localPort, int remote, int remotePort) {
    return new FourTuple(IpAddress.of(local, 7), localPort, IpAddress.of(remote, 7), remotePort);
  }

  private static Numbered find(FlowTable<Numbered> table, FourTuple t) {
    int ports = FlowTable.ports(t.localPort(), t.remotePort());
    return table.get(t.local().hi(), t.local().lo(), t.remote().hi(), t.remote().lo(), ports);
  }

  /** Few distinct keys, so that additions, replacements and removals meet each other. */
  @Property(tries = 200)
  void behavesLikeAMap(@ForAll long seed) {
    Random random = new Random(seed);
    FlowTable<Numbered> table = new FlowTable<>(random.nextLong(), random.nextLong());
    Map<FourTuple, Numbered> model = new HashMap<>();
    int range = 1 + random.nextInt(12);
    for (int step = 0; step < 2000; step++) {
      FourTuple t =
          tuple(
              random.nextInt(2),
              random.nextInt(range),
              random.nextInt(2),
              65_535 - random.nextInt(range));
      if (random.nextInt(3) == 0) {
        assertThat(table.remove(t)).isEqualTo(model.remove(t));
      } else {
        Numbered flow = new Numbered(t, step);
        assertThat(table.put(flow)).isEqualTo(model.put(t, flow));
      }
      assertThat(table.size()).isEqualTo(model.size());
    }
    model.forEach((t, flow) -> assertThat(find(table, t)).isEqualTo(flow));
    assertThat(table.values()).containsExactlyInAnyOrderElementsOf(model.values());
  }

  @Test
  void shrinksAgain() {
    FlowTable<Numbered> table = new FlowTable<>(1, 2);
    for (int port = 0; port < 10_000; port++) {
      table.put(new Numbered(tuple(1, 443, 3, port), port));
    }
    for (int port = 0; port < 9_990; port++) {
      assertThat(table.remove(tuple(1, 443, 3, port)).number()).isEqualTo(port);
    }
    assertThat(table.values()).hasSize(10);
    assertThat(find(table, tuple(1, 443, 3, 9_995)).number()).isEqualTo(9_995);
    assertThat(find(table, tuple(1, 443, 3, 5))).isNull();
  }
}
