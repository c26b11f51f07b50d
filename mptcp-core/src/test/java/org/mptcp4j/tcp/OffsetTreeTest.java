package org.mptcp4j.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Offsets in order, against a map, at an offset that wraps. */
class OffsetTreeTest {
  private static final long BASE = Long.MAX_VALUE - 100;

  @Property(tries = 500)
  void isASortedMapOfOffsets(
      @ForAll @Size(max = 200) List<@IntRange(min = -255, max = 255) Integer> edits) {
    OffsetTree tree = new OffsetTree();
    TreeMap<Integer, Integer> model = new TreeMap<>();
    for (int edit : edits) {
      int offset = Math.abs(edit);
      Integer known = model.get(offset);
      if (known == null) {
        int slot = tree.add(BASE + offset);
        assertThat(slot).isBetween(1, tree.slots() - 1);
        assertThat(model).doesNotContainValue(slot);
        model.put(offset, slot);
      } else if (edit < 0) {
        tree.remove(known);
        model.remove(offset);
      } else if (edit == 255) {
        tree.clear();
        model.clear();
      } else if (!model.containsKey(offset + 1)) {
        tree.move(known, BASE + offset + 1);
        model.remove(offset);
        model.put(offset + 1, known);
      }
      compare(tree, model);
    }
  }

  private static void compare(OffsetTree tree, TreeMap<Integer, Integer> model) {
    assertThat(tree.size()).isEqualTo(model.size());
    assertThat(tree.isEmpty()).isEqualTo(model.isEmpty());
    model.forEach((offset, slot) -> assertThat(tree.offset(slot)).isEqualTo(BASE + offset));
    assertThat(tree.first()).isEqualTo(model.isEmpty() ? 0 : model.firstEntry().getValue());
    assertThat(tree.last()).isEqualTo(model.isEmpty() ? 0 : model.lastEntry().getValue());
    for (int i = 0; i < 260; i += 13) {
      var floor = model.floorEntry(i);
      var above = model.higherEntry(i);
      long before = tree.steps();
      assertThat(tree.atOrBefore(BASE + i)).isEqualTo(floor == null ? 0 : floor.getValue());
      assertThat(tree.steps() - before).isBetween(tree.isEmpty() ? 0L : 1L, deepest(tree));
      assertThat(tree.next()).isEqualTo(above == null ? 0 : above.getValue());
    }
  }

  /** The most levels of an AVL tree. */
  private static long deepest(OffsetTree tree) {
    return (long) (1.4405 * Math.log(tree.size() + 2) / Math.log(2));
  }

  @Test
  void slotsAreUsedAgain() {
    OffsetTree tree = new OffsetTree();
    int slots = tree.slots();
    for (int i = 0; i < 1000; i++) {
      int slot = tree.add(i);
      tree.remove(slot);
    }
    assertThat(tree.slots()).isEqualTo(slots);
  }

  @Test
  void staysBalancedWhenTheFirstGoAndTheLastCome() {
    OffsetTree tree = new OffsetTree();
    for (int i = 0; i < 4096; i++) {
      tree.add(i);
    }
    for (int i = 4096; i < 20_000; i++) {
      long[] steps = {tree.steps(), 0, 0, 0, 0, 0};
      int first = tree.first();
      steps[1] = tree.steps();
      tree.remove(first);
      steps[2] = tree.steps();
      tree.add(i);
      steps[3] = tree.steps();
      tree.atOrBefore(i - 1);
      steps[4] = tree.steps();
      tree.last();
      steps[5] = tree.steps();
      for (int operation = 1; operation < steps.length; operation++) {
        assertThat(steps[operation] - steps[operation - 1]).isBetween(1L, 18L);
      }
    }
  }

  @Test
  void takingOneOutOfTheMiddleLooksAtWhatFollowsIt() {
    OffsetTree tree = new OffsetTree();
    int[] slots = new int[7];
    for (int i : new int[] {3, 1, 5, 0, 2, 4, 6}) {
      slots[i] = tree.add(i);
    }
    long before = tree.steps();
    tree.remove(slots[3]);
    // The root, and on the way to the least above it 5 and 4.
    assertThat(tree.steps() - before).isEqualTo(3);
  }

  @Test
  void memoryThatHadGrownLargeIsGivenBack() {
    OffsetTree tree = new OffsetTree();
    int least = tree.slots();
    for (int i = 0; i < 4096; i++) {
      tree.add(i);
    }
    tree.clear();
    assertThat(tree.slots()).isEqualTo(least);
    for (int i = 0; i < 2 * least; i++) {
      tree.add(i);
    }
    int some = tree.slots();
    tree.clear();
    assertThat(tree.slots()).isEqualTo(some);
  }
}
