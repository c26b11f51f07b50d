package org.mptcp4j.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A ring of mappings against a list, wherever it begins in its array. */
class MappingRingTest {
  private static final class Ring extends MappingRing {}

  private record Mapping(int seq, int length, long dsn, int checksum) {}

  private final Ring ring = new Ring();
  private final List<Mapping> model = new ArrayList<>();

  private static Mapping any(SplittableRandom random) {
    return new Mapping(random.nextInt(), random.nextInt(), random.nextLong(), random.nextInt());
  }

  private void replace(int from, int to, Mapping m) {
    ring.replace(from, to, m.seq, m.length, m.dsn, m.checksum);
    model.subList(from, to).clear();
    model.add(from, m);
  }

  private void compare() {
    assertThat(ring.size()).isEqualTo(model.size());
    for (int i = 0; i < model.size(); i++) {
      assertThat(new Mapping(ring.seq(i), ring.length(i), ring.dsn(i), ring.checksum(i)))
          .isEqualTo(model.get(i));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 8, 40})
  void keepsTheOrder(int most) {
    SplittableRandom random = new SplittableRandom(most);
    for (int step = 0; step < 5000; step++) {
      int from = random.nextInt(model.size() + 1);
      switch (random.nextInt(4)) {
        case 0 -> replace(from, from, any(random));
        case 1 -> replace(from, random.nextInt(from, model.size() + 1), any(random));
        case 2 -> {
          if (!model.isEmpty()) {
            ring.removeFirst();
            model.remove(0);
          }
        }
        default -> {
          if (model.size() > most) {
            ring.truncate(from);
            model.subList(from, model.size()).clear();
          }
        }
      }
      compare();
    }
  }
}
