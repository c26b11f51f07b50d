package org.mptcp4j.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RecentTest {
  private final Recent<String, Integer> notes = new Recent<>(2);

  @Test
  void theOldestIsForgottenBeyondTheLimit() {
    assertThat(notes.isEmpty()).isTrue();
    assertThat(notes.get("a")).isNull();
    notes.put("a", 1);
    notes.put("b", 2);
    assertThat(notes.isEmpty()).isFalse();
    notes.put("a", 3);
    notes.put("c", 4);
    assertThat(notes.get("b")).isNull();
    assertThat(notes.get("a")).isEqualTo(3);
    assertThat(notes.get("c")).isEqualTo(4);
    assertThat(notes.size()).isEqualTo(2);
  }

  @Test
  void whatIsTakenOutIsForgotten() {
    notes.put("a", 1);
    notes.put("b", 2);
    notes.remove("a");
    assertThat(notes.get("a")).isNull();
    assertThat(notes.size()).isEqualTo(1);
    notes.clear();
    assertThat(notes.isEmpty()).isTrue();
    assertThat(notes.get("b")).isNull();
    notes.remove("b");
    assertThat(notes.size()).isZero();
  }
}
