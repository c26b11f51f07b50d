package org.mptcp4j.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** The one window of a connection, while the size of its buffer changes. */
class ReceiveWindowTest {

  private static int silly(int buffer) {
    return Math.min(buffer / 2, Math.max(buffer / 16, 1460));
  }

  /** RFC 9293 section 3.8.6.2.2: of a full buffer a little room is not offered. */
  @Property(tries = 300)
  void aSmallWindowIsNotOffered(@ForAll @IntRange(min = 512, max = 1 << 22) int size) {
    ReceiveWindow window = new ReceiveWindow(size, StackMemory.UNLIMITED);
    window.start(0);
    window.offer();
    window.promise();
    int full = window.offer();
    window.advance(full);
    window.consumed(full);
    window.offer();
    window.promise();
    int all = window.offer();
    assertThat(all).isEqualTo(size);
    window.advance(all);
    assertThat(window.offer()).isZero();
    window.promise();
    window.consumed(silly(size) - 1);
    assertThat(window.offer()).isZero();
    window.promise();
    window.consumed(1);
    assertThat(window.offer()).isEqualTo(silly(size));
  }

  /**
   * RFC 9293 section 3.8.6.2.1: whatever comes, is read or gives the buffer another size, a promise
   * stands; and no more is promised than the buffer beyond what was read, or what was before.
   */
  @Property(tries = 300)
  void theRightEdgeNeverMovesLeft(@ForAll long seed, @ForAll @IntRange(min = 4096) int initial) {
    int size = initial % (1 << 22) + 4096;
    SplittableRandom random = new SplittableRandom(seed);
    ReceiveWindow window = new ReceiveWindow(size, StackMemory.UNLIMITED);
    window.start(random.nextLong());
    long first = window.next();
    long received = 0;
    long read = 0;
    long told = Math.min(size, 65_535);
    long largest = size;
    for (int i = 0; i < 500; i++) {
      switch (random.nextInt(4)) {
        case 0 -> {
          int count = (int) random.nextLong(told - received + 1);
          window.advance(count);
          received += count;
        }
        case 1 -> {
          int count = (int) random.nextLong(received - read + 1);
          window.consumed(count);
          read += count;
        }
        case 2 -> {
          int bytes = 4096 + random.nextInt(2 * size);
          window.resize(bytes);
          largest = Math.max(largest, bytes);
        }
        default -> {
          int offered = window.offer();
          window.promise();
          long free = read + window.bufferBytes() - received;
          boolean silly = free < silly(window.bufferBytes());
          assertThat(received + offered)
              .isEqualTo(silly ? told : Math.max(told, read + window.bufferBytes()));
          told = received + offered;
        }
      }
      assertThat(received + window.available()).isGreaterThanOrEqualTo(told);
      assertThat(window.edge() - first).isBetween(told, Math.max(told, read + largest));
      assertThat(window.acceptableEnd() - first).isGreaterThanOrEqualTo(told);
    }
  }
}
