package org.mptcp4j.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.mptcp4j.wire.DssChecksum;
import org.mptcp4j.wire.InternetChecksum;

class StagingTest {
  private static final int LONGEST = 65_535;

  private final Staging staging = new Staging();
  private long delivered;

  private boolean stage(int seq, int offset, int bytes) {
    boolean goesOn = staging.begin(seq, offset);
    staging.add(Unpooled.wrappedBuffer(new byte[bytes]));
    return goesOn;
  }

  private void deliver() {
    staging.deliver(
        0,
        (dsn, data) -> {
          delivered += data.readableBytes();
          data.release();
        });
  }

  @Test
  void bytesOfAMappingThatBeganBeforeTheLastOneEndedCannotBeVerified() {
    assertThat(stage(100, 0, LONGEST)).isTrue();
    deliver();
    assertThat(stage(100 + LONGEST - 27, 27, 30_000)).isFalse();
    assertThat(staging.waitingBytes()).isEqualTo(30_000);
    assertThat(stage(100 + LONGEST - 27, 30_027, 30_000)).isFalse();
    deliver();
    assertThat(delivered).isEqualTo(LONGEST + 60_000);
    assertThat(staging.waitingBytes()).isZero();
  }

  @Test
  void aMappingGoesOnWhereItsFirstBytesWereDelivered() {
    ByteBuf all = Unpooled.wrappedBuffer(new byte[] {1, 2, 3, 4, 5, 6});
    staging.begin(7, 0);
    staging.add(all.copy(0, 4));
    deliver();
    assertThat(staging.begin(7, 4)).isTrue();
    staging.add(all.copy(4, 2));
    int sum = InternetChecksum.sum(all, 0, 6);
    assertThat(staging.verify(9, 1, 6, DssChecksum.compute(9, 1, 6, sum))).isTrue();
    assertThat(staging.verify(9, 1, 6, DssChecksum.compute(9, 1, 6, sum) ^ 1)).isFalse();
    deliver();
    all.release();
  }
}
