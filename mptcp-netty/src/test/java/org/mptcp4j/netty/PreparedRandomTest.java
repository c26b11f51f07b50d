package org.mptcp4j.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;

class PreparedRandomTest {
  private int fetched;

  private final SecureRandom counting =
      new SecureRandom() {
        private static final long serialVersionUID = 1;

        @Override
        public void nextBytes(byte[] bytes) {
          ByteBuffer into = ByteBuffer.wrap(bytes);
          while (into.hasRemaining()) {
            into.putLong(++fetched);
          }
        }
      };

  @Test
  void everyNumberIsGivenOutOnceAndInOrder() {
    PreparedRandom random = new PreparedRandom(counting);

    for (int i = 1; i <= 1000; i++) {
      assertThat(random.nextLong()).isEqualTo(i);
    }
  }

  @Test
  void numbersAreFetchedManyAtATime() {
    PreparedRandom random = new PreparedRandom(counting);
    assertThat(fetched).isZero();

    random.nextLong();

    assertThat(fetched).isEqualTo(256);
  }
}
