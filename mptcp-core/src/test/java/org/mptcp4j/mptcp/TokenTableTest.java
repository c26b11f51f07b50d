package org.mptcp4j.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** RFC 8684 section 3.2: tokens name connections. */
class TokenTableTest {
  private final TestNet net = new TestNet(1, 1);

  private Connection connection() {
    return net.client.connect(net.server, new TestApp(net)).connection;
  }

  @Test
  void behavesLikeAMap() {
    Connection[] some = {connection(), connection(), connection()};
    TokenTable table = new TokenTable(400);
    Map<Integer, Connection> model = new HashMap<>();
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 20_000; i++) {
      int token = random.nextInt(1, 600) * 0x01000040;
      Connection c = some[random.nextInt(3)];
      if (random.nextBoolean()) {
        boolean expected = model.size() < 400 && !model.containsKey(token);
        assertThat(table.add(token, c)).isEqualTo(expected);
        if (expected) {
          model.put(token, c);
        }
      } else {
        table.remove(token);
        model.remove(token);
      }
      assertThat(table.size()).isEqualTo(model.size());
    }
    for (int t = 1; t < 600; t++) {
      assertThat(table.get(t * 0x01000040)).isSameAs(model.get(t * 0x01000040));
    }
    net.close();
  }

  @Test
  void zeroAndDuplicatesAreRefused() {
    TokenTable table = new TokenTable(10);
    Connection c = connection();
    assertThat(table.add(0, c)).isFalse();
    assertThat(table.add(5, c)).isTrue();
    assertThat(table.add(5, c)).isFalse();
    net.close();
  }
}
