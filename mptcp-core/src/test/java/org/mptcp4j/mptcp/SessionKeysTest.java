package org.mptcp4j.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;

/** RFC 8684 section 3.1: keys, and the tokens that follow from them. */
class SessionKeysTest {
  private static Optional<SessionKeys> fresh(int attempts, IntPredicate isFree) {
    return SessionKeys.fresh(0, new SplittableRandom(1), new MptcpCrypto(), attempts, isFree);
  }

  // "check its list of connection tokens to ensure that there is no collision before sending its
  // key, and if there is, then it should generate a new key"
  @Test
  void aKeyWhoseTokenIsTakenIsDrawnAgain() {
    SessionKeys first = fresh(4, token -> true).orElseThrow();
    SessionKeys second = fresh(4, token -> token != first.localToken()).orElseThrow();
    assertThat(second.localKey()).isNotEqualTo(first.localKey());
    assertThat(second.localToken()).isNotEqualTo(first.localToken());
  }

  @Test
  void withoutAFreeTokenThereIsNoKey() {
    assertThat(fresh(4, token -> false)).isEmpty();
  }
}
