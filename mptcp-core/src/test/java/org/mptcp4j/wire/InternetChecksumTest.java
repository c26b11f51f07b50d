package org.mptcp4j.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InternetChecksumTest {
  /** RFC 1071 section 4.1, one word at a time. */
  private static int naive(byte[] bytes, int from, int to) {
    long sum = 0;
    for (int i = from; i < to; i += 2) {
      sum += (bytes[i] & 0xff) << 8 | (i + 1 < to ? bytes[i + 1] & 0xff : 0);
    }
    while (sum >>> 16 != 0) {
      sum = (sum & 0xffff) + (sum >>> 16);
    }
    return (int) sum;
  }

  @Property(tries = 500)
  void sumsAreThoseOfTheNaiveMethod(
      @ForAll long seed,
      @ForAll @IntRange(max = 4000) int size,
      @ForAll @IntRange(max = 20) int offset) {
    byte[] bytes = new byte[size + offset];
    new Random(seed).nextBytes(bytes);
    int expected = naive(bytes, offset, bytes.length);
    ByteBuf heap = Unpooled.wrappedBuffer(new byte[3], bytes);
    ByteBuf direct = PooledByteBufAllocator.DEFAULT.directBuffer().writeBytes(bytes);
    ByteBuf slice = direct.slice(offset, size);
    assertThat(InternetChecksum.sum(bytes, offset, size)).isEqualTo(expected);
    assertThat(InternetChecksum.sum(heap, 3 + offset, size)).isEqualTo(expected);
    assertThat(InternetChecksum.sum(Unpooled.wrappedBuffer(bytes), offset, size))
        .isEqualTo(expected);
    assertThat(InternetChecksum.sum(direct, offset, size)).isEqualTo(expected);
    assertThat(InternetChecksum.sum(slice, 0, size)).isEqualTo(expected);
    assertThat(direct.readerIndex()).isZero();
    direct.release();
  }

  @Property(tries = 100)
  void longRangesOfAnyBufferHaveTheSumOfTheirBytes(
      @ForAll long seed,
      @ForAll @IntRange(min = 4000, max = 70_000) int size,
      @ForAll @IntRange(max = 20) int offset) {
    byte[] bytes = new byte[size + offset];
    new Random(seed).nextBytes(bytes);
    ByteBuf direct = PooledByteBufAllocator.DEFAULT.directBuffer().writeBytes(bytes);
    ByteBuf parts = Unpooled.wrappedBuffer(new byte[3], bytes);
    int expected = naive(bytes, offset, bytes.length);
    assertThat(InternetChecksum.sum(direct.slice(offset, size), 0, size)).isEqualTo(expected);
    assertThat(InternetChecksum.sum(parts, 3 + offset, size)).isEqualTo(expected);
    direct.release();
  }

  @Test
  void noSumOverflowsInTheLongestRun() {
    // 128 MiB of ones: their one's complement sum is minus zero.
    ByteBuf ones = Unpooled.directBuffer(1 << 27);
    for (int i = 0; i < 1 << 27; i += 8) {
      ones.setLong(i, -1L);
    }
    assertThat(InternetChecksum.sum(ones, 0, 1 << 27)).isEqualTo(0xffff);
    ones.setByte(0, 0xfe);
    assertThat(InternetChecksum.sum(ones, 0, 1 << 27)).isEqualTo(0xfeff);
    ones.release();
  }

  @Property(tries = 500)
  void partsCombineAtAnyOffset(@ForAll @Size(max = 300) byte[] bytes, @ForAll int cut) {
    int at = bytes.length == 0 ? 0 : Math.floorMod(cut, bytes.length);
    int head = InternetChecksum.sum(bytes, 0, at);
    int tail = InternetChecksum.sum(bytes, at, bytes.length - at);
    assertThat(InternetChecksum.combine(head, tail, at)).isEqualTo(naive(bytes, 0, bytes.length));
  }

  @Property(tries = 500)
  void anUpdateIsWhatComputingAgainGives(
      @ForAll @Size(min = 20, max = 40) byte[] bytes,
      @ForAll @IntRange(max = 7) int word,
      @ForAll int value) {
    ByteBuf buf = Unpooled.wrappedBuffer(bytes);
    buf.setByte(18, 1); // RFC 1624 section 5: the two zeros differ only for all-zero data
    int before = InternetChecksum.finish(InternetChecksum.sum(buf, 0, 20));
    int old = buf.getInt(2 * word);
    buf.setInt(2 * word, value);
    int after = InternetChecksum.finish(InternetChecksum.sum(buf, 0, 20));
    assertThat(InternetChecksum.update32(before, old, value)).isEqualTo(after);
  }

  @Test
  void theExampleOfRfc1624() {
    // RFC 1624 section 4: HC = 0xDD2F, m = 0x5555, m' = 0x3285 gives 0x0000.
    assertThat(InternetChecksum.update(0xdd2f, 0x5555, 0x3285)).isZero();
  }

  @Test
  void theExampleOfRfc1071() {
    byte[] bytes = {0, 1, (byte) 0xf2, 3, (byte) 0xf4, (byte) 0xf5, (byte) 0xf6, (byte) 0xf7};
    assertThat(InternetChecksum.sum(bytes, 0, 8)).isEqualTo(0xddf2);
  }

  @ParameterizedTest
  @CsvSource({
    "13442510424342599143, 1, 2, ok, 1, efac",
    "13442510424342599145, 3, 2, ok, 1, efa8",
    "14055268781920082490, 101, 3000, z, 3000, 1f7b",
    "14055268781920085490, 0, 1, '', 0, c584"
  })
  void dssChecksumsOfLinux(
      String dsn, int ssn, int length, String text, int repeat, String checksum) {
    byte[] payload = text.repeat(repeat).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    int sum = InternetChecksum.sum(payload, 0, payload.length);
    long number = Long.parseUnsignedLong(dsn);
    int value = Integer.parseInt(checksum, 16);
    // RFC 8684 section 3.3.1
    assertThat(DssChecksum.compute(number, ssn, length, sum)).isEqualTo(value);
    assertThat(DssChecksum.verify(number, ssn, length, sum, value)).isTrue();
    assertThat(DssChecksum.verify(number, ssn + 1, length, sum, value)).isFalse();
  }
}
