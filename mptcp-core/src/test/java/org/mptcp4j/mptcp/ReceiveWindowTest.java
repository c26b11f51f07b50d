package org.mptcp4j.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** The one window of a connection, while its buffer grows. */
class ReceiveWindowTest {

  /**
   * RFC 9293 section 3.8.6.2.1: whatever comes, is read or makes the buffer grow, a promise stands;
   * and what is promised is never more than the buffer beyond what was read.
   */
  @Property(tries = 300)
  void theRightEdgeNeverMovesLeft(@ForAll long seed, @ForAll @IntRange(min = 4096) int initial) {
    int size = initial % (1 << 22) + 4096;
    SplittableRandom random = new SplittableRandom(seed);
    ReceiveWindow window = new ReceiveWindow(size);
    window.start(random.nextLong());
    long first = window.next();
    long received = 0;
    long read = 0;
    long edge = 0;
    for (int i = 0; i < 500; i++) {
      switch (random.nextInt(4)) {
        case 0 -> {
          long count = random.nextLong(edge - received + 1);
          window.advance(count);
          received += count;
        }
        case 1 -> {
          long count = random.nextLong(received - read + 1);
          window.consumed(count);
          read += count;
        }
        case 2 -> window.grow(random.nextInt(2 * size));
        default -> window.promise(window.available());
      }
      long newEdge = window.edge() - first;
      assertThat(newEdge).isGreaterThanOrEqualTo(edge);
      assertThat(received + window.available()).isGreaterThanOrEqualTo(newEdge);
      assertThat(newEdge).isLessThanOrEqualTo(read + window.bufferBytes());
      edge = newEdge;
    }
  }
}
