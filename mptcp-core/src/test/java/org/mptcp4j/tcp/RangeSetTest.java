package org.mptcp4j.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** A range set against a bit set, at an offset that wraps. */
class RangeSetTest {

  private static final long BASE = Long.MAX_VALUE - 100;

  record Edit(boolean add, int start, int length) {}

  @Provide
  Arbitrary<List<Edit>> edits() {
    return Combinators.combine(
            Arbitraries.of(true, true, false),
            Arbitraries.integers().between(0, 200),
            Arbitraries.integers().between(0, 40))
        .as(Edit::new)
        .list()
        .ofMaxSize(40);
  }

  @Property
  void isASetOfBytes(@ForAll("edits") List<Edit> edits) {
    RangeSet set = new RangeSet();
    BitSet model = new BitSet();
    for (Edit e : edits) {
      long start = BASE + e.start;
      int before = model.cardinality();
      if (e.add) {
        model.set(e.start, e.start + e.length);
        assertThat(set.add(start, start + e.length)).isEqualTo(model.cardinality() - before);
      } else {
        model.clear(e.start, e.start + e.length);
        set.remove(start, start + e.length);
      }
      assertThat(set.bytes()).isEqualTo(model.cardinality());
    }
    int ranges = 0;
    for (int i = model.nextSetBit(0); i >= 0; i = model.nextSetBit(model.nextClearBit(i))) {
      assertThat(set.start(ranges)).isEqualTo(BASE + i);
      assertThat(set.end(ranges)).isEqualTo(BASE + model.nextClearBit(i));
      ranges++;
    }
    assertThat(set.size()).isEqualTo(ranges);
    for (int i = 0; i < 250; i += 7) {
      assertThat(set.contains(BASE + i)).isEqualTo(model.get(i));
      assertThat(set.bytesFrom(BASE + i)).isEqualTo(model.get(i, 300).cardinality());
      assertThat(set.bytesWithin(BASE + i, BASE + i + 20))
          .isEqualTo(model.get(i, i + 20).cardinality());
    }
  }

  @Test
  void rangesAreCountedThatAreLookedAt() {
    RangeSet set = new RangeSet();
    for (int i = 1; i <= 5; i++) {
      set.add(10L * i, 10L * i + 5);
    }
    assertThat(set.steps()).isZero();
    set.bytesFrom(32);
    assertThat(set.steps()).isEqualTo(3);
    set.bytesWithin(12, 24);
    assertThat(set.steps()).isEqualTo(5);
    set.add(12, 24);
    assertThat(set.steps()).isEqualTo(7);
    set.remove(32, 45);
    assertThat(set.steps()).isEqualTo(9);
  }
}
