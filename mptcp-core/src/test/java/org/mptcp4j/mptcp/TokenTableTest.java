package org.mptcp4j.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** RFC 8684 section 3.2: tokens name connections. */
class TokenTableTest {
  @Test
  void behavesLikeAMap() {
    String[] some = {"a", "b", "c"};
    TokenTable<String> table = new TokenTable<>(400);
    Map<Integer, String> model = new HashMap<>();
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 20_000; i++) {
      int token = random.nextInt(1, 600) * 0x01000040;
      String c = some[random.nextInt(3)];
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
  }

  @Test
  void zeroAndDuplicatesAreRefused() {
    TokenTable<String> table = new TokenTable<>(10);
    assertThat(table.add(0, "a")).isFalse();
    assertThat(table.add(5, "a")).isTrue();
    assertThat(table.add(5, "a")).isFalse();
  }
}
