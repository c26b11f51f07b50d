package org.mptcp4j.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.mptcp4j.mptcp.JoinRequest;

class JoinTableTest {
  private final JoinTable table = new JoinTable();
  private final SplittableRandom random = new SplittableRandom(1);

  private JoinRequest any() {
    return new JoinRequest(
        random.nextInt(), random.nextInt(), random.nextInt(), random.nextInt(256), chance());
  }

  private boolean chance() {
    return random.nextBoolean();
  }

  @Test
  void whatIsNotedIsKnown() {
    assertThat(table.get(7)).isNull();
    for (int i = 0; i < 10_000; i++) {
      long hash = random.nextLong();
      JoinRequest join = any();
      table.put(hash, join);
      assertThat(table.get(hash)).isEqualTo(join);
    }
  }

  @Test
  void whatComesToTheSamePlaceTakesIt() {
    long hash = random.nextLong();
    long other = hash ^ 0x1000;
    table.put(hash, any());
    assertThat(table.get(other)).as("another join at this place").isNull();
    JoinRequest later = any();
    table.put(other, later);
    assertThat(table.get(other)).isEqualTo(later);
    assertThat(table.get(hash)).isNull();
    table.remove(hash);
    assertThat(table.get(other)).isEqualTo(later);
    table.remove(other);
    assertThat(table.get(other)).isNull();
  }

  @Test
  void itDoesNotGrow() {
    long[] hashes = new long[8 * JoinTable.PLACES];
    for (int i = 0; i < hashes.length; i++) {
      hashes[i] = random.nextLong();
      table.put(hashes[i], any());
    }
    int known = 0;
    for (long hash : hashes) {
      known += table.get(hash) == null ? 0 : 1;
    }
    assertThat(known).isBetween(JoinTable.PLACES * 9 / 10, JoinTable.PLACES);
  }
}
